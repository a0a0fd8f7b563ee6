#include "app/prose/prose.h"

#include <md4c.h>

#include <algorithm>
#include <exception>

#include "app/prose/held.h"
#include "core/error.h"

namespace qkv::prose {
namespace {

constexpr std::size_t kLargestText = 1 << 20, kDeepestList = 8;

/// &amp; and its like; unknown ones stay as they are.
std::string entity(std::string_view source) {
  if (source == "&amp;") return "&";
  if (source == "&lt;") return "<";
  if (source == "&gt;") return ">";
  if (source == "&quot;") return "\"";
  if (source == "&nbsp;") return "\u00a0";
  return std::string(source);
}

/// No blanks at the ends of a block: they are left where a formula stood on a line of its own.
void trim(std::vector<Span>& spans) {
  const auto is_text = [](const Span& span) { return span.kind <= Span::Kind::emphasis; };
  while (!spans.empty() && is_text(spans.back())) {
    std::string& text = spans.back().text;
    text.resize(text.find_last_not_of(" \n") + 1);
    if (!text.empty()) break;
    spans.pop_back();
  }
  while (!spans.empty() && is_text(spans.front())) {
    std::string& text = spans.front().text;
    text.erase(0, text.find_first_not_of(" \n"));
    if (!text.empty()) break;
    spans.erase(spans.begin());
  }
}

/// Makes blocks of what md4c reports. What a callback throws must not cross md4c: it is kept, and thrown
/// behind it.
class Builder {
 public:
  Builder(const HeldText& source, const std::string& file)
      : source_(source), file_(file), line_(source.line_numbers.front()) {}

  Text build() {
    MD_PARSER parser{};
    parser.flags = MD_FLAG_TABLES | MD_FLAG_NOINDENTEDCODEBLOCKS;
    parser.enter_block = [](MD_BLOCKTYPE type, void* detail, void* self) {
      return of(self).guarded([&] { of(self).enter(type, detail); });
    };
    parser.leave_block = [](MD_BLOCKTYPE type, void*, void* self) {
      return of(self).guarded([&] { of(self).leave(type); });
    };
    parser.enter_span = [](MD_SPANTYPE type, void* detail, void* self) {
      return of(self).guarded([&] { of(self).enter_span(type, detail); });
    };
    parser.leave_span = [](MD_SPANTYPE type, void*, void* self) {
      return of(self).guarded([&] { of(self).leave_span(type); });
    };
    parser.text = [](MD_TEXTTYPE type, const MD_CHAR* text, MD_SIZE size, void* self) {
      return of(self).guarded([&] { of(self).text(type, {text, size}); });
    };
    const int result =
        md_parse(source_.markdown.data(), static_cast<MD_SIZE>(source_.markdown.size()), &parser, this);
    if (error_) std::rethrow_exception(error_);
    if (result != 0) fail("The Markdown cannot be read.");
    return std::move(blocks_);
  }

 private:
  static Builder& of(void* self) { return *static_cast<Builder*>(self); }

  template <typename Work>
  int guarded(Work work) {
    try {
      work();
      return 0;
    } catch (...) {
      error_ = std::current_exception();
      return 1;
    }
  }

  [[noreturn]] void fail(const std::string& why) const {
    throw Error(file_ + ":" + std::to_string(line_) + ": " + why);
  }

  void note_line(std::string_view text) {
    const std::string_view all = source_.markdown;
    if (text.data() >= all.data() && text.data() < all.data() + all.size())
      line_ = source_.line_of(static_cast<std::size_t>(text.data() - all.data()));
  }

  // Blocks

  Block& add_block(Block::Kind kind) {
    Block block;
    block.kind = kind;
    block.level = static_cast<int>(lists_.size());
    block.line = line_;
    blocks_.push_back(std::move(block));
    return blocks_.back();
  }

  /// The item whose mark has been read but none of its text.
  void begin_item() {
    if (!item_pending_) return;
    item_pending_ = false;
    Block& item = add_block(Block::Kind::item);
    item.level = static_cast<int>(lists_.size()) - 1;
    item.number = lists_.back().number;
    open_ = true;
  }

  std::vector<Span>& spans() {
    if (in_cell_) return blocks_.back().rows.back().back();
    if (item_pending_) begin_item();
    if (!open_) {
      add_block(Block::Kind::paragraph);
      open_ = true;
    }
    return blocks_.back().spans;
  }

  void close() {
    if (!open_) return;
    open_ = false;
    Block& block = blocks_.back();
    trim(block.spans);
    if (block.spans.empty() && block.kind == Block::Kind::paragraph) blocks_.pop_back();
  }

  void enter(MD_BLOCKTYPE type, void* detail) {
    switch (type) {
      case MD_BLOCK_QUOTE:
        fail("A quotation (>) is not shown here; write it as a paragraph.");
      case MD_BLOCK_HR:
        fail("A rule (---) is not shown here; leave it out.");
      case MD_BLOCK_HTML:
        return;  // its text says where
      case MD_BLOCK_UL:
        return begin_list(0);
      case MD_BLOCK_OL:
        return begin_list(static_cast<int>(std::max(1u, static_cast<MD_BLOCK_OL_DETAIL*>(detail)->start)));
      case MD_BLOCK_LI:
        item_pending_ = true;
        return;
      case MD_BLOCK_H:
        close();
        begin_item();
        close();
        add_block(Block::Kind::heading).level =
            static_cast<int>(static_cast<MD_BLOCK_H_DETAIL*>(detail)->level);
        open_ = true;
        is_new_ = true;
        return;
      case MD_BLOCK_CODE: {
        close();
        begin_item();
        close();
        const MD_ATTRIBUTE& info = static_cast<MD_BLOCK_CODE_DETAIL*>(detail)->lang;
        note_line({info.text, info.size});
        add_block(Block::Kind::code).info = restored({info.text, info.size});
        in_code_ = is_new_ = true;
        return;
      }
      case MD_BLOCK_TABLE:
        close();
        begin_item();
        close();
        add_block(Block::Kind::table);
        is_new_ = true;
        return;
      case MD_BLOCK_TR:
        blocks_.back().rows.emplace_back();
        return;
      case MD_BLOCK_TH:
      case MD_BLOCK_TD:
        blocks_.back().rows.back().emplace_back();
        in_cell_ = true;
        return;
      default:
        return;
    }
  }

  void begin_list(int number) {
    close();
    begin_item();
    close();
    if (lists_.size() >= kDeepestList) fail("Lists are nested deeper than eight levels.");
    lists_.push_back({number, number > 0});
  }

  void leave(MD_BLOCKTYPE type) {
    switch (type) {
      case MD_BLOCK_UL:
      case MD_BLOCK_OL:
        lists_.pop_back();
        return;
      case MD_BLOCK_LI:
        begin_item();
        close();
        if (lists_.back().is_ordered) ++lists_.back().number;
        return;
      case MD_BLOCK_CODE:
        in_code_ = false;
        return;
      case MD_BLOCK_TH:
      case MD_BLOCK_TD:
        in_cell_ = false;
        return;
      case MD_BLOCK_P:
      case MD_BLOCK_H:
        return close();
      default:
        return;
    }
  }

  // Spans

  void enter_span(MD_SPANTYPE type, void* detail) {
    switch (type) {
      case MD_SPAN_EM:
        ++emphasis_;
        return;
      case MD_SPAN_STRONG:
        ++strong_;
        return;
      case MD_SPAN_CODE:
        is_code_ = is_new_span_ = true;
        return;
      case MD_SPAN_IMG: {
        const MD_ATTRIBUTE& src = static_cast<MD_SPAN_IMG_DETAIL*>(detail)->src;
        note_line({src.text, src.size});
        fail("A lesson's pictures are its figures; images cannot be shown.");
      }
      case MD_SPAN_A: {
        const MD_ATTRIBUTE& href = static_cast<MD_SPAN_A_DETAIL*>(detail)->href;
        address_ = restored({href.text, href.size});
        link_text_.clear();
        return;
      }
      default:
        return;
    }
  }

  void leave_span(MD_SPANTYPE type) {
    switch (type) {
      case MD_SPAN_EM:
        --emphasis_;
        return;
      case MD_SPAN_STRONG:
        --strong_;
        return;
      case MD_SPAN_CODE:
        is_code_ = false;
        is_new_span_ = true;
        return;
      case MD_SPAN_A:
        if (link_text_ != address_ && "mailto:" + link_text_ != address_) append(" (" + address_ + ")");
        return;
      default:
        return;
    }
  }

  Span::Kind kind() const {
    if (is_code_) return Span::Kind::code;
    if (strong_ > 0) return Span::Kind::strong;
    return emphasis_ > 0 ? Span::Kind::emphasis : Span::Kind::text;
  }

  void append(std::string_view text) {
    if (text.empty()) return;
    std::vector<Span>& all = spans();
    if (!is_new_span_ && !all.empty() && all.back().kind == kind())
      all.back().text += text;
    else if (!all.empty() || is_code_ || text != " ")
      all.push_back({kind(), std::string(text)});
    is_new_span_ = false;
    link_text_ += text;
  }

  void append(const Held& held) {
    const bool in_heading = open_ && blocks_.back().kind == Block::Kind::heading;
    if (held.is_display && !in_cell_ && !in_heading) {
      begin_item();
      close();
      add_block(Block::Kind::formula).spans = {held.span};
    } else {
      spans().push_back(held.span);
    }
    is_new_span_ = false;
  }

  /// A text with what was taken out of it put back as it was written.
  std::string restored(std::string_view text) const {
    std::string all;
    for (std::size_t i = 0; i < text.size();) {
      const Held* held = source_.at(text, i);
      all += held ? std::string_view(held->source) : text.substr(i, 1);
      i += held ? kHeldBytes : 1;
    }
    return all;
  }

  void text(MD_TEXTTYPE type, std::string_view text) {
    note_line(text);
    if (is_new_) blocks_.back().line = line_;
    is_new_ = false;
    if (in_code_) {
      blocks_.back().code += restored(text);
      return;
    }
    switch (type) {
      case MD_TEXT_HTML:
        fail("HTML is not shown here; write Markdown.");
      case MD_TEXT_NULLCHAR:
        return append("\ufffd");
      case MD_TEXT_BR:
        return append("\n");
      case MD_TEXT_SOFTBR:
        return append(" ");
      case MD_TEXT_ENTITY:
        return append(entity(text));
      case MD_TEXT_CODE:
        return append(restored(text));
      default:
        break;
    }
    for (std::size_t i = 0, begin = 0; i <= text.size();) {
      const Held* held = i < text.size() ? source_.at(text, i) : nullptr;
      if (!held && i < text.size()) {
        ++i;
        continue;
      }
      append(text.substr(begin, i - begin));
      if (held) append(*held);
      begin = i += held ? kHeldBytes : 1;
    }
  }

  struct List {
    int number;
    bool is_ordered;
  };

  const HeldText& source_;
  const std::string& file_;
  int line_;
  Text blocks_;
  std::vector<List> lists_;
  bool open_ = false, item_pending_ = false, in_cell_ = false, in_code_ = false;
  bool is_new_ = false;  // the block has no text yet
  int emphasis_ = 0, strong_ = 0;
  bool is_code_ = false, is_new_span_ = false;
  std::string address_, link_text_;
  std::exception_ptr error_;
};

}  // namespace

Text parse(std::string_view markdown, const std::string& file, int first_line) {
  if (markdown.size() > kLargestText)
    throw Error(file + ":" + std::to_string(first_line) + ": This text is larger than 1 MB; divide it.");
  const HeldText source = hold(markdown, file, first_line);
  return Builder(source, file).build();
}

}  // namespace qkv::prose
