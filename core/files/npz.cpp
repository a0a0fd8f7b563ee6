#include <zip.h>

#include <algorithm>
#include <memory>

#include "core/error.h"
#include "core/files/advice.h"
#include "core/files/parse.h"
#include "core/files/wording.h"

// The format: numpy.savez and savez_compressed, a zip archive of .npy files.
namespace qkv::files {
namespace {

using Archive = std::unique_ptr<zip_t, decltype(&zip_discard)>;
using Entry = std::unique_ptr<zip_file_t, decltype(&zip_fclose)>;

Archive open_archive(std::string_view bytes, const std::string& file) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  zip_t* archive = source ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error) : nullptr;
  const std::string reason = archive ? "" : zip_error_strerror(&error);
  zip_error_fini(&error);
  if (archive) return {archive, zip_discard};
  if (source) zip_source_free(source);
  throw Error(file + ": is not an .npz archive or is damaged (" + reason + ")");
}

/// Unpacks in steps, so that memory follows what the archive holds and not what it claims.
std::string unpack(zip_t* archive, zip_uint64_t index, std::uint64_t size, const std::string& where) {
  const Entry entry(zip_fopen_index(archive, index, 0), zip_fclose);
  if (!entry) throw Error(where + "cannot be unpacked (" + zip_strerror(archive) + ")");
  constexpr std::size_t kStep = 1 << 20;
  std::string out;
  for (;;) {
    const std::size_t had = out.size();
    out.resize(had + kStep);
    const zip_int64_t got = zip_fread(entry.get(), out.data() + had, kStep);
    if (got < 0) throw Error(where + "is damaged (" + zip_file_strerror(entry.get()) + ")");
    out.resize(had + static_cast<std::size_t>(got));
    if (out.size() > size || (got == 0 && out.size() < size))
      throw Error(where + "does not unpack to the " + std::to_string(size) + " bytes the archive claims");
    if (got == 0) return out;
  }
}

}  // namespace

TensorFile parse_npz(std::string_view bytes, const std::string& file, std::uintmax_t max_bytes) {
  const Archive archive = open_archive(bytes, file);
  const zip_int64_t entries = zip_get_num_entries(archive.get(), 0);
  TensorFile out;
  std::uintmax_t total = 0;
  for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(std::max<zip_int64_t>(entries, 0)); ++i) {
    zip_stat_t stat;
    if (zip_stat_index(archive.get(), i, 0, &stat) != 0 || !(stat.valid & ZIP_STAT_NAME) ||
        !(stat.valid & ZIP_STAT_SIZE) || !(stat.valid & ZIP_STAT_COMP_METHOD))
      throw Error(file + ": entry " + std::to_string(i) + " of the archive is damaged");
    std::string name = stat.name;
    if (!name.ends_with(".npy")) continue;  // numpy ignores what it did not write, and so do we
    name.resize(name.size() - 4);
    const std::string where = file + ": array " + in_quotes(name) + ": ";
    if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE)
      throw Error(where + "is packed in a way numpy does not use (expected stored or deflate)");
    if (stat.size > max_bytes - total)
      throw Error(file + ": unpacks to more than the " + std::to_string(max_bytes) +
                  " bytes that can be opened");
    total += stat.size;
    if (out.tensors.contains(name) || out.texts.contains(name)) throw Error(where + "is there twice");
    TensorFile one = parse_npy(unpack(archive.get(), i, stat.size, where), file, name);
    out.tensors.merge(one.tensors);
    out.texts.merge(one.texts);
  }
  if (out.tensors.empty() && out.texts.empty())
    throw Error(file + ": is not an .npz archive: it holds no .npy file");
  return out;
}

TensorFile read_npz(const std::filesystem::path& path) {
  return advised(kSaveWithNumpy, [&] { return parse_npz(read_file(path, kMaxBytes), shown(path)); });
}

}  // namespace qkv::files
