#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/model/capture.h"
#include "core/text/tokenizer.h"

// A transformer checkpoint as it lies in a Hugging Face folder, and its forward pass.
namespace qkv::model {

enum class Head { none, next_token, masked_token };

/// What the configuration says, in one form for every family and dialect.
struct Summary {
  std::string name;    ///< the folder's name
  std::string family;  ///< "gpt2", "llama", …: the row of the table (families.h)
  int layers = 0, heads = 0, kv_heads = 0, head_dim = 0;
  int width = 0;          ///< d_model, of the residual stream
  int vocabulary = 0;     ///< rows of the embedding
  int max_positions = 0;  ///< 0: no limit
  bool causal = true;
  Head head = Head::none;
  std::vector<Scoring> scoring;  ///< [layers]
  std::int64_t parameters = 0;   ///< numbers in the tensors that are used
  std::vector<std::string>
      unused;  ///< names of tensors in the files that nothing reads, mask buffers left out
  /// Empty, or a sentence on the first layer, head and tensor whose weights hold NaN or infinities: the pass
  /// runs all the same, and its numbers follow.
  std::string warning;
  /// Empty, or why the folder's tokenizer cannot be used: tokenizer() is then nullptr, and ids still work.
  std::string tokenizer_problem;
};

/// 0 … 1, and what is being done ("reading layer 3 of 12"). Called between layers, on the worker's thread.
using Progress = std::function<void(double fraction, const std::string& what)>;

/// Immutable once opened; shared between threads.
class Model {
 public:
  /// Reads config.json and the tensors of a folder. Throws Error: an unknown family (with the list of those
  /// there are), missing tensors by name, shapes that disagree with the configuration, a model that will not
  /// fit in memory (with the two sizes, before it is read), weights of a kind that is not read (pickles,
  /// GGUF), cancelled.
  static std::shared_ptr<const Model> open(const std::filesystem::path& folder, const Progress& progress = {},
                                           std::stop_token stop = {});
  ~Model();
  const Summary& summary() const;
  /// The folder's tokenizer; nullptr when it has none: its tokens are then the ids.
  const text::Tokenizer* tokenizer() const;

  struct Parts;
  const Parts& parts() const { return *parts_; }

 private:
  explicit Model(std::unique_ptr<const Parts> parts);
  std::unique_ptr<const Parts> parts_;
};

/// One change made while the pass runs. Editing, ablation, patching and comparison are all a list of these.
struct Intervention {
  enum class Kind {
    ablate_zero,      ///< z of the head becomes 0
    ablate_mean,      ///< z of the head becomes its mean over the tokens
    replace_pattern,  ///< weights of the head become `values` [n, n]
    patch_q,
    patch_k,
    patch_v,
    patch_z,  ///< of the head (k, v: of the key-value head) become `values` [n, D]
  };
  Kind kind{};
  int layer = 0, head = 0;
  Matrix values;
};

/// What to compute and keep.
struct Keep {
  bool attention = true;  ///< q, k, v, z, row maxima and sums of every layer
  bool hidden = true;
  bool logits = true;             ///< only where the model has a head
  bool last_logits_only = false;  ///< [1, vocabulary]: of the last token
};

struct Request {
  std::vector<int> token_ids;
  std::vector<Intervention> interventions;
  Keep keep;
};

/// The pass, in float32 on all cores. Throws Error: ids outside the embedding, more tokens than positions, an
/// intervention that does not fit, cancelled through `stop`. NaN in a result is not an error, but
/// Capture::notes says where it arose.
Capture forward(const Model& model, const Request& request, const Progress& progress = {},
                std::stop_token stop = {});

}  // namespace qkv::model
