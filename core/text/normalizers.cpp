#include "core/text/normalizers.h"

#include <memory>

#include "core/files/wording.h"
#include "core/text/precompiled.h"
#include "core/text/regex.h"

namespace qkv::text {
namespace {

void lowercase(NormalizedString& s) {
  std::vector<Change> changes;
  changes.reserve(s.text().size());
  for (std::size_t at = 0; at < s.text().size(); at += utf8_length(s.text()[at]))
    append_lowercase(changes, character_at(s.text(), at));
  s.transform(changes);
}

void to_normal_form(NormalizedString& s, NormalForm form) {
  if (!is_ascii(s.text())) s.transform(normal_form(s.text(), form));
}

void clean(NormalizedString& s) {
  const auto is_space = [](char32_t c) { return c == '\t' || c == '\n' || c == '\r' || is_whitespace(c); };
  s.filter([](char32_t c) {
    if (c == '\t' || c == '\n' || c == '\r') return true;
    return c != 0 && c != 0xfffd && !is_other(c);
  });
  s.map([&](char32_t c) { return is_space(c) ? U' ' : c; });
}

void surround_chinese(NormalizedString& s) {
  std::vector<Change> changes;
  for (std::size_t at = 0; at < s.text().size(); at += utf8_length(s.text()[at])) {
    const char32_t c = character_at(s.text(), at);
    if (is_chinese(c)) {
      changes.insert(changes.end(), {{' ', 0}, {c, 1}, {' ', 1}});
    } else {
      changes.push_back({c, 0});
    }
  }
  s.transform(changes);
}

/// Of SentencePiece's nmt_nfkc: control characters go, others that look like spaces become one.
void nmt(NormalizedString& s) {
  s.filter([](char32_t c) {
    return !((c >= 1 && c <= 8) || c == 0x0b || (c >= 0x0e && c <= 0x1f) || c == 0x7f || c == 0x8f ||
             c == 0x9f);
  });
  s.map([](char32_t c) {
    const bool is_space = c == 9 || c == 10 || c == 12 || c == 13 || c == 0x1680 ||
                          (c >= 0x200b && c <= 0x200f) || c == 0x2028 || c == 0x2029 || c == 0x2581 ||
                          c == 0xfeff || c == 0xfffd;
    return is_space ? U' ' : c;
  });
}

Normalizer read_sequence(const Node& list) {
  std::vector<Normalizer> steps;
  for (std::size_t i = 0; i < list.list_size(); ++i)
    if (Normalizer step = read_normalizer(list.element(i))) steps.push_back(std::move(step));
  return [steps](NormalizedString& s) {
    for (const Normalizer& step : steps) step(s);
  };
}

}  // namespace

Normalizer bert_normalizer(const BertOptions& options) {
  return [options](NormalizedString& s) {
    if (options.clean_text) clean(s);
    if (options.handle_chinese) surround_chinese(s);
    if (options.strip_accents) {
      to_normal_form(s, NormalForm::nfd);
      s.filter([](char32_t c) { return !is_nonspacing_mark(c); });
    }
    if (options.lowercase) lowercase(s);
  };
}

Normalizer normal_form_normalizer(NormalForm form) {
  return [form](NormalizedString& s) { to_normal_form(s, form); };
}

std::function<std::vector<Match>(std::string_view)> read_pattern(const Node& node) {
  if (node.has("String")) {
    const std::string literal = node.at("String").text();
    if (!literal.empty()) return [literal](std::string_view text) { return matches_of(text, literal); };
  }
  const std::string pattern = node.has("String") ? std::string() : node.at("Regex").text();
  const auto regex = std::make_shared<const Regex>(pattern, node.where());
  return [regex](std::string_view text) { return regex->matches(text); };
}

Normalizer read_normalizer(const Node& node) {
  if (node.is_null()) return {};
  const std::string& type = node.at("type").text();
  if (type == "Sequence") return read_sequence(node.at("normalizers"));
  if (type == "NFC") return normal_form_normalizer(NormalForm::nfc);
  if (type == "NFD") return normal_form_normalizer(NormalForm::nfd);
  if (type == "NFKC") return normal_form_normalizer(NormalForm::nfkc);
  if (type == "NFKD") return normal_form_normalizer(NormalForm::nfkd);
  if (type == "Lowercase") return lowercase;
  if (type == "StripAccents") {
    return [](NormalizedString& s) { s.filter([](char32_t c) { return !is_mark(c); }); };
  }
  if (type == "Strip") {
    const bool left = node.boolean("strip_left", true), right = node.boolean("strip_right", true);
    return [left, right](NormalizedString& s) { s.strip(left, right); };
  }
  if (type == "Prepend") {
    const std::string before = node.at("prepend").text();
    return [before](NormalizedString& s) { s.prepend(before); };
  }
  if (type == "Replace") {
    const auto pattern = read_pattern(node.at("pattern"));
    const std::string content = node.at("content").text();
    return [pattern, content](NormalizedString& s) { s.replace(pattern(s.text()), content); };
  }
  if (type == "BertNormalizer") {
    BertOptions options;
    options.clean_text = node.boolean("clean_text", true);
    options.handle_chinese = node.boolean("handle_chinese_chars", true);
    options.lowercase = node.boolean("lowercase", true);
    options.strip_accents = node.boolean("strip_accents", options.lowercase);
    return bert_normalizer(options);
  }
  if (type == "Nmt") return nmt;
  if (type == "Precompiled") return read_precompiled(node);
  if (type == "ByteLevel") return [](NormalizedString& s) { s.to_byte_characters(); };
  node.refuse_type("normalizer", type);
}

}  // namespace qkv::text
