#include <algorithm>
#include <map>
#include <set>

#include "core/error.h"
#include "core/files/tensors.h"
#include "core/files/wording.h"
#include "core/text/bpe.h"
#include "core/text/pipeline.h"
#include "core/text/whole_words.h"

namespace qkv::text {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMostBytes = std::uintmax_t{256} << 20;
/// The expression of Qwen2's tokenizer, from its model card's tokenizer.json.
constexpr const char* kQwen2 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

/// Whatever it is: what cannot be read as a file is then refused with a sentence, not passed over.
bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

std::string read(const fs::path& path) { return files::read_file(path, kMostBytes); }

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return lines;
}

/// What tokenizer_config.json says, or nothing.
struct Config {
  explicit Config(const fs::path& folder)
      : path(folder / "tokenizer_config.json"),
        file(files::shown(path)),
        json(is_there(path) ? parse_json(read(path), file) : nlohmann::json::object()),
        node(json, file) {
    if (!json.is_object()) node.must_be("an object");
  }
  /// A special token, which is a text or an object with its content.
  std::string token(std::string_view key, const std::string& otherwise) const {
    if (!node.has(key)) return otherwise;
    const Node value = node.at(key);
    return value.json().is_object() ? value.at("content").text() : value.text();
  }
  /// "GPT2" of GPT2Tokenizer and GPT2TokenizerFast.
  std::string tokenizer_class(const std::string& otherwise) const {
    std::string name = node.text("tokenizer_class", otherwise);
    for (const std::string_view ending : {"Fast", "Tokenizer"})
      if (name.ends_with(ending)) name.resize(name.size() - ending.size());
    return name;
  }
  /// The tokens of added_tokens_decoder in the order of their ids, then `specials` that the vocabulary has.
  std::vector<AddedToken> added(const Vocabulary& vocabulary, const std::vector<AddedToken>& specials) const {
    std::vector<AddedToken> tokens;
    if (node.has("added_tokens_decoder")) {
      const Node decoder = node.at("added_tokens_decoder");
      if (!decoder.json().is_object()) decoder.must_be("an object");
      std::map<int, AddedToken> by_id;
      for (const auto& [key, value] : decoder.json().items()) {
        const Node entry(value, file, "added_tokens_decoder " + files::in_quotes(key));
        if (key.empty() || key.size() > 8 || key.find_first_not_of("0123456789") != key.npos)
          entry.refuse("is not filed under an id.");
        AddedToken token;
        token.content = entry.at("content").text();
        token.special = entry.boolean("special", false);
        token.normalized = entry.boolean("normalized", !token.special);
        token.single_word = entry.boolean("single_word", false);
        token.lstrip = entry.boolean("lstrip", false);
        token.rstrip = entry.boolean("rstrip", false);
        by_id[std::stoi(key)] = token;
      }
      for (auto& [id, token] : by_id) tokens.push_back(std::move(token));
    }
    for (const AddedToken& special : specials) {
      const auto same = [&](const AddedToken& token) { return token.content == special.content; };
      if (vocabulary.id_of(special.content) && std::ranges::none_of(tokens, same)) tokens.push_back(special);
    }
    return tokens;
  }

  fs::path path;
  std::string file;
  nlohmann::json json;
  Node node;
};

AddedToken special(const std::string& content, bool lstrip = false) {
  return {content, false, lstrip, false, false, true};
}

NamedToken named(const std::string& token, const Vocabulary& vocabulary, const std::string& file) {
  const auto id = vocabulary.id_of(token);
  if (!id) throw Error(file + " has no token " + files::in_quotes(token) + ", which goes around every text.");
  return {token, *id};
}

Bpe::Merges read_merges(const fs::path& path) {
  Bpe::Merges merges;
  const std::string text = read(path);
  if (!files::is_utf8(text)) throw Error(files::shown(path) + " is not UTF-8.");
  std::size_t number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    if (line.empty() || line.starts_with("#version")) continue;
    auto pair = Bpe::parse_merge(line);
    if (!pair)
      throw Error(files::shown(path) + ": line " + std::to_string(number) +
                  " must be two tokens with a space between, but is " + files::in_quotes(line) + ".");
    merges.push_back(std::move(*pair));
  }
  return merges;
}

/// GPT-2's defaults, and what RoBERTa and Qwen2 have otherwise.
Pipeline read_byte_level(const fs::path& folder) {
  const Config config(folder);
  const std::string kind = config.tokenizer_class("GPT2Tokenizer");
  const bool is_roberta = kind == "Roberta" || kind == "Bart" || kind == "Longformer" || kind == "LED";
  const bool is_qwen = kind == "Qwen2";
  if (!is_roberta && !is_qwen && kind != "GPT2")
    throw Error(config.file + ": how a " + files::in_quotes(kind) +
                " tokenizer uses vocab.json and merges.txt is not known; it needs its tokenizer.json.");
  const std::string file = files::shown(folder / "vocab.json");
  const nlohmann::json json = parse_json(read(folder / "vocab.json"), file);
  Pipeline pipeline;
  pipeline.is_byte_level = true;
  auto model =
      std::make_unique<Bpe>(Vocabulary::from_object(Node(json, file)), read_merges(folder / "merges.txt"),
                            BpeOptions{}, files::shown(folder / "merges.txt"));
  const Vocabulary& vocabulary = model->vocabulary();
  const bool add_prefix_space = config.node.boolean("add_prefix_space", false);
  PreTokenizer bytes = byte_level_pre_tokenizer(add_prefix_space, !is_qwen);
  std::vector<AddedToken> specials;
  if (is_qwen) {
    pipeline.normalizer = normal_form_normalizer(NormalForm::nfc);
    pipeline.pre_tokenizer = [split = isolating_pre_tokenizer(kQwen2),
                              bytes](std::vector<Stretch>& stretches) {
      split(stretches);
      bytes(stretches);
    };
    specials = {special("<|endoftext|>"), special("<|im_start|>"), special("<|im_end|>")};
  } else {
    pipeline.pre_tokenizer = bytes;
    const std::string around = is_roberta ? "" : "<|endoftext|>";
    const std::string bos = config.token("bos_token", is_roberta ? "<s>" : around);
    const std::string eos = config.token("eos_token", is_roberta ? "</s>" : around);
    const std::string unknown = config.token("unk_token", is_roberta ? "<unk>" : around);
    specials = {special(bos), special(eos), special(unknown)};
    if (is_roberta) {
      const std::string cls = config.token("cls_token", bos), sep = config.token("sep_token", eos);
      for (const std::string& token : {cls, sep, config.token("pad_token", "<pad>")})
        specials.push_back(special(token));
      specials.push_back(special(config.token("mask_token", "<mask>"), true));  // takes the space before it
      const bool trims = config.node.boolean("trim_offsets", true);
      pipeline.post_processor =
          in_sequence({trims ? trimming(add_prefix_space) : in_sequence({}),
                       surrounding(named(cls, vocabulary, file), named(sep, vocabulary, file))});
    } else if (config.node.boolean("add_bos_token", false)) {
      pipeline.post_processor = surrounding(named(bos, vocabulary, file), {});
    }
  }
  pipeline.added = std::make_unique<AddedTokens>(config.added(vocabulary, specials), vocabulary,
                                                 pipeline.normalizer, config.file);
  pipeline.model = std::move(model);
  return pipeline;
}

/// BERT's defaults.
Pipeline read_word_pieces(const fs::path& folder) {
  const Config config(folder);
  const std::string file = files::shown(folder / "vocab.txt");
  const std::string text = read(folder / "vocab.txt");
  if (!files::is_utf8(text)) throw Error(file + " is not UTF-8.");
  std::vector<std::string> tokens = lines_of(text);
  if (tokens.empty() || tokens.size() > static_cast<std::size_t>(kLargestId))
    throw Error(file + " must list one token a line, but has " + std::to_string(tokens.size()) + " lines.");
  const std::string unknown = config.token("unk_token", "[UNK]");
  const std::string cls = config.token("cls_token", "[CLS]"), sep = config.token("sep_token", "[SEP]");
  Pipeline pipeline;
  pipeline.model = std::make_unique<WordPiece>(Vocabulary::from_list(std::move(tokens)), unknown, "##",
                                               std::size_t{100}, file);
  const Vocabulary& vocabulary = pipeline.model->vocabulary();
  BertOptions options;
  options.lowercase = config.node.boolean("do_lower_case", true);
  options.handle_chinese = config.node.boolean("tokenize_chinese_chars", true);
  options.strip_accents = config.node.boolean("strip_accents", options.lowercase);
  pipeline.normalizer = bert_normalizer(options);
  pipeline.pre_tokenizer = bert_pre_tokenizer();
  pipeline.post_processor = surrounding(named(cls, vocabulary, file), named(sep, vocabulary, file));
  const std::vector<AddedToken> specials = {special(unknown), special(sep),
                                            special(config.token("pad_token", "[PAD]")), special(cls),
                                            special(config.token("mask_token", "[MASK]"))};
  pipeline.added = std::make_unique<AddedTokens>(config.added(vocabulary, specials), vocabulary,
                                                 pipeline.normalizer, config.file);
  return pipeline;
}

}  // namespace

Pipeline read_tokenizer_files(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) throw Error(files::shown(path) + ": there is no such file; check the path.");
  const bool is_folder = fs::is_directory(path, error);
  const fs::path folder = is_folder ? path : path.parent_path();
  const std::string name = is_folder ? "" : path.filename().string();
  const bool any = is_folder || !(name == "vocab.json" || name == "merges.txt" || name == "vocab.txt");
  const fs::path json = is_folder ? folder / "tokenizer.json" : path;
  if (any && (!is_folder || is_there(json))) return read_tokenizer_json(read(json), files::shown(json));
  const bool has_merges = is_there(folder / "vocab.json") && is_there(folder / "merges.txt");
  if (name != "vocab.txt" && has_merges) return read_byte_level(folder);
  if ((is_folder || name == "vocab.txt") && is_there(folder / "vocab.txt")) return read_word_pieces(folder);
  throw Error(files::shown(path) +
              ": there is no tokenizer.json, no vocab.json with merges.txt and no vocab.txt" +
              std::string(is_folder ? "" : " beside it") + ", so the text cannot be made tokens.");
}

bool has_tokenizer(const fs::path& folder) {
  return is_there(folder / "tokenizer.json") ||
         (is_there(folder / "vocab.json") && is_there(folder / "merges.txt")) || is_there(folder / "vocab.txt");
}

}  // namespace qkv::text
