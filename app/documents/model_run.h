#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/model/model.h"

// One text through one model: what was asked and what came of it.
namespace qkv::documents {

struct HeadId {
  int layer = 0, head = 0;
  auto operator<=>(const HeadId&) const = default;
};

/// What the user sets in the Model workspace; undo goes over these.
struct ModelState {
  std::string text;  ///< for a model without a tokenizer: token ids, "12 7 301"
  bool special_tokens = true;
  std::vector<HeadId> ablated;  ///< sorted
  bool operator==(const ModelState&) const = default;
};

/// The tokens of a text as a reader sees them.
struct TokenLine {
  std::vector<int> ids;               ///< empty in a capture without them
  std::vector<std::string> spelled;   ///< as the vocabulary spells them
  std::vector<std::string> readable;  ///< "Ġdog" as " dog"
  std::vector<bool> special;
  std::vector<bool> apart;  ///< in the text a space that belongs to no token stands before it; special ones stand apart
  std::string unknown;      ///< what of the text is not in the vocabulary, as a sentence; empty: all is
  int cut = 0;  ///< tokens of the text beyond what the model takes, left out
};

/// What a checkpoint's folder proposes to look at first: its text.json, {"text", "query", "head"}, of which any may lack.
struct Sample {
  std::string text;            ///< never empty: without a text.json a sentence (or ids) for every model
  std::string query;           ///< the token or word that leads where the text has it; empty: none
  std::optional<HeadId> head;  ///< shown first; may be beyond the model's
};

/// Everything computed for one ModelState (or read from a capture file). Never changed once made.
struct ModelRun {
  std::shared_ptr<const model::Model> model;  ///< null: a capture file
  ModelState state;
  std::shared_ptr<const Sample> sample;           ///< null: a capture file
  TokenLine tokens, keys;                         ///< the same but in cross-attention
  std::shared_ptr<const model::Capture> capture;  ///< with the ablations
  std::shared_ptr<const model::Capture> intact;   ///< without; the same one when nothing is ablated
  double seconds = 0;                             ///< of the pass
};

/// The tokens of a text for this model: at most as many as it has positions. Throws Error for ids that are none.
TokenLine tokens_of(const model::Model& model, const std::string& text, bool special_tokens);
/// Most tokens the window shows at once.
inline constexpr int kMaxWindowTokens = 4096;

/// The pass of a state; the intact one is taken from `before` where it is of the same tokens. Throws Error.
std::shared_ptr<const ModelRun> run_pass(const std::shared_ptr<const model::Model>& model, const ModelState& state,
                                         const std::shared_ptr<const Sample>& sample, const std::shared_ptr<const ModelRun>& before, const model::Progress& progress,
                                         const std::stop_token& stop);
/// What a capture file holds. Throws Error.
std::shared_ptr<const ModelRun> run_of_capture(const std::filesystem::path& path);
/// What lies beside the model; what is not as it should be in its text.json is left out.
Sample sample_of(const model::Model& model, const std::filesystem::path& folder);

}  // namespace qkv::documents
