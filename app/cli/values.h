#pragma once
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/attention/stage.h"
#include "core/experiment/sweep.h"

// What options' texts mean. Each throws CLI::ValidationError (wrong usage) naming what was expected.
namespace qkv::cli {

/// "1440x900": logical pixels, each from 320 to 16384.
std::pair<int, int> parse_size(const std::string& text);
/// "1.5": from 0.25 to 8.
float parse_scale(const std::string& text);
/// "0.3": layer and head, from 0.
std::pair<int, int> parse_head(const std::string& text);
/// "weights[2,1]", "0.1:w_q[2,3]".
attention::Cell parse_select(const std::string& text);
/// "d_k=1..64".
experiment::Sweep parse_sweep(const std::string& text);
/// "pattern,q,k": names of the parts of a capture file.
std::set<std::string> parse_parts(const std::string& text);
/// "1,2,3": token ids, none negative.
std::vector<int> parse_ids(const std::string& text);
/// The extension must be one of these.
void check_extension(const std::string& option, const std::filesystem::path& file,
                     const std::vector<std::string>& extensions);

}  // namespace qkv::cli
