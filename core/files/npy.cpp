#include <utf8proc.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/error.h"
#include "core/files/advice.h"
#include "core/files/parse.h"
#include "core/files/wording.h"

// The format: numpy.lib.format, versions 1 to 3. Its header is a Python dict literal with three known keys.
namespace qkv::files {
namespace {

struct Header {
  std::string descr;
  bool fortran_order = false;
  std::vector<std::int64_t> shape;
};

/// Reads exactly the literals numpy writes: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& where) : text_(text), where_(where) {}

  Header parse() {
    std::optional<std::string> descr;
    std::optional<bool> fortran_order;
    std::optional<std::vector<std::int64_t>> shape;
    expect('{');
    while (!accept('}')) {
      const std::string key = string();
      expect(':');
      if (key == "descr" && !descr) {
        descr = string();
      } else if (key == "fortran_order" && !fortran_order) {
        fortran_order = boolean();
      } else if (key == "shape" && !shape) {
        shape = tuple();
      } else {
        throw Error(where_ + "the header has the key " + in_quotes(key) +
                    " twice or one that numpy does not write");
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_spaces();
    if (at_ != text_.size()) damaged();
    if (!descr || !fortran_order || !shape)
      throw Error(where_ + "the header must give descr, fortran_order and shape");
    return {*descr, *fortran_order, *shape};
  }

 private:
  [[noreturn]] void damaged() const {
    throw Error(where_ +
                "the header is not a Python dictionary of descr, fortran_order and shape (at character " +
                std::to_string(at_) + "); arrays of records and of objects cannot be read");
  }
  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
  }
  bool accept(char wanted) {
    skip_spaces();
    if (at_ == text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  void expect(char wanted) {
    if (!accept(wanted)) damaged();
  }
  bool accept_word(std::string_view word) {
    skip_spaces();
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  std::string string() {
    skip_spaces();
    const char quote = at_ < text_.size() ? text_[at_] : ' ';
    if (quote != '\'' && quote != '"') damaged();
    const auto end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) damaged();
    const auto inside = text_.substr(at_ + 1, end - at_ - 1);
    if (inside.find('\\') != std::string_view::npos) damaged();
    at_ = end + 1;
    return std::string(inside);
  }
  bool boolean() {
    if (accept_word("True")) return true;
    if (accept_word("False")) return false;
    damaged();
  }
  std::vector<std::int64_t> tuple() {
    constexpr std::size_t kMostAxes = 32;
    std::vector<std::int64_t> out;
    expect('(');
    while (!accept(')')) {
      skip_spaces();
      std::int64_t axis = -1;
      const auto [end, fault] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), axis);
      if (fault != std::errc() || axis < 0 || out.size() == kMostAxes) damaged();
      at_ = static_cast<std::size_t>(end - text_.data());
      out.push_back(axis);
      if (accept(',')) continue;
      if (out.size() < 2) damaged();  // (3) is a number in Python, not a tuple
      expect(')');
      break;
    }
    return out;
  }

  std::string_view text_;
  const std::string& where_;
  std::size_t at_ = 0;
};

/// "<f4" as a type of number; nothing when it is not one.
std::optional<Dtype> number_type(const std::string& descr) {
  if (descr.size() != 3) return std::nullopt;
  Dtype out{{}, descr[2] - '0', descr[0] == '>'};
  const bool one_byte = out.bytes == 1;
  if (descr[0] != '<' && descr[0] != '>' && !(descr[0] == '|' && one_byte)) return std::nullopt;
  const bool power = one_byte || out.bytes == 2 || out.bytes == 4 || out.bytes == 8;
  if (descr[1] == 'f' && power && !one_byte) {
    out.kind = Kind::ieee;
  } else if (descr[1] == 'i' && power) {
    out.kind = Kind::signed_integer;
  } else if (descr[1] == 'u' && power) {
    out.kind = Kind::unsigned_integer;
  } else if (descr[1] == 'b' && one_byte) {
    out.kind = Kind::boolean;
  } else {
    return std::nullopt;
  }
  return out;
}

/// "<U5" as the number of characters of one string; nothing when it is not text.
std::optional<std::int64_t> text_width(const std::string& descr) {
  if (descr.size() < 3 || (descr[0] != '<' && descr[0] != '>') || descr[1] != 'U') return std::nullopt;
  std::int64_t width = 0;
  const auto [end, fault] = std::from_chars(descr.data() + 2, descr.data() + descr.size(), width);
  constexpr std::int64_t kWidest = 1 << 20;
  if (fault != std::errc() || end != descr.data() + descr.size() || width < 1 || width > kWidest)
    return std::nullopt;
  return width;
}

std::vector<std::string> decode_texts(std::string_view bytes, std::int64_t width, bool big_endian,
                                      const std::string& where) {
  std::vector<std::string> out;
  const auto step = static_cast<std::size_t>(width) * 4;
  for (std::size_t begin = 0; begin < bytes.size(); begin += step) {
    std::string text;
    std::size_t used = 0;  // numpy pads with zeros, which are not part of the text
    for (std::size_t at = begin; at < begin + step; at += 4) {
      std::uint32_t code = 0;
      for (std::size_t i = 0; i < 4; ++i)
        code = code << 8 | static_cast<unsigned char>(bytes[at + (big_endian ? i : 3 - i)]);
      if (code > 0x10ffff || !utf8proc_codepoint_valid(static_cast<utf8proc_int32_t>(code)))
        throw Error(where + "text " + std::to_string(out.size()) + " holds " + std::to_string(code) +
                    ", which is no Unicode character");
      utf8proc_uint8_t utf8[4];
      const auto length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code), utf8);
      text.append(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(length));
      if (code != 0) used = text.size();
    }
    text.resize(used);
    out.push_back(std::move(text));
  }
  return out;
}

/// Column-major order (the first axis runs fastest) into C order.
std::vector<float> from_fortran_order(const std::vector<float>& values,
                                      const std::vector<std::int64_t>& shape) {
  std::vector<float> out(values.size());
  std::vector<std::int64_t> index(shape.size(), 0);
  for (float& value : out) {
    std::int64_t at = 0;
    for (std::size_t axis = shape.size(); axis-- > 0;) at = at * shape[axis] + index[axis];
    value = values[static_cast<std::size_t>(at)];
    for (std::size_t axis = shape.size(); axis-- > 0 && ++index[axis] == shape[axis];) index[axis] = 0;
  }
  return out;
}

}  // namespace

TensorFile parse_npy(std::string_view bytes, const std::string& file, const std::string& array) {
  const std::string where = file + ": array " + in_quotes(array) + ": ";
  constexpr std::string_view kMagic = "\x93NUMPY";
  constexpr std::size_t kVersion = 6;
  if (bytes.size() < 10 || !bytes.starts_with(kMagic))
    throw Error(where + "does not begin as a .npy file does, or is cut short");
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
  const int version = byte(kVersion);
  if (version < 1 || version > 3)
    throw Error(where + "is of .npy version " + std::to_string(version) + ", expected 1, 2 or 3");
  const std::size_t prefix = version == 1 ? 10 : 12;
  if (bytes.size() < prefix) throw Error(where + "is cut short");
  std::size_t length = 0;
  for (std::size_t at = prefix; at-- > kVersion + 2;) length = length << 8 | byte(at);
  constexpr std::size_t kLongestHeader = 1 << 20;
  if (length > kLongestHeader || length > bytes.size() - prefix)
    throw Error(where + "its header claims " + std::to_string(length) +
                " bytes: the file is damaged or cut short");

  const Header header = HeaderParser(bytes.substr(prefix, length), where).parse();
  const auto data = bytes.substr(prefix + length);
  const auto number = number_type(header.descr);
  const auto width = text_width(header.descr);
  if (!number && !width)
    throw Error(where + "numbers of type " + in_quotes(header.descr) +
                " cannot be read (expected f2 to f8, i1 to i8, u1 to u8, b1 or U)");
  const std::int64_t count = element_count(header.shape);
  if (count < 0 || count > kMaxElements)
    throw Error(where + "its shape " + shape_text(header.shape) + " is too large");
  const auto needed = static_cast<std::uint64_t>(count) * (number ? number->bytes : 4 * *width);
  if (needed != data.size())
    throw Error(where + "its shape " + shape_text(header.shape) + " needs " + std::to_string(needed) +
                " bytes, but " + std::to_string(data.size()) + " follow the header");
  TensorFile out;
  if (width) {
    out.texts[array] = decode_texts(data, *width, header.descr[0] == '>', where);
    return out;
  }
  Tensor& tensor = out.tensors[array];
  tensor.shape = header.shape;
  tensor.values = decode(*number, data);
  if (header.fortran_order && header.shape.size() > 1)
    tensor.values = from_fortran_order(tensor.values, tensor.shape);
  return out;
}

TensorFile read_npy(const std::filesystem::path& path) {
  return advised(kSaveWithNumpy,
                 [&] { return parse_npy(read_file(path, kMaxBytes), shown(path), path.stem().string()); });
}

}  // namespace qkv::files
