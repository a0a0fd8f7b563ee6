#include <algorithm>
#include <cmath>
#include <utility>

#include "app/controls/text_editing.h"
#include "app/shell/chrome/overlay.h"
#include "app/shell/chrome/session.h"

namespace qkv::shell {

namespace fs = std::filesystem;
using controls::Key;
using controls::Ui;
using drawing::Align;
using drawing::Rect;

namespace {

constexpr float kWidth = 680, kHeight = 540, kToWindow = 24, kTitle = 24, kCrumbs = 26, kRow = 24,
                kControl = 30;
constexpr float kGap = 10, kSizeColumn = 116;
constexpr const char *kId = "file", *kFieldId = "file/name";

struct Words {
  const char *title, *button;
  std::vector<std::string_view> extensions;  ///< the first one is added where there is none
};

Words words(const FileDialogState& d) {
  if (d.purpose == FilePurpose::open) return {"Open", "Open", {".json", ".npz", ".npy", ".csv", ".safetensors", ".md"}};
  if (d.purpose == FilePurpose::save) return {"Save as", "Save", {".json"}};
  if (d.purpose == FilePurpose::save_talk) return {"Save the talk", "Save", {".md"}};
  return {"Export", "Export", {d.extension}};
}

// Marks what typing should replace: the name, without the extension where one is to be given.
void mark_name(Session& s) {
  const std::string& name = s.in.edit.text;
  const bool known = has_extension(name, words(s.file_dialog).extensions);
  s.in.edit.anchor = 0;
  s.in.edit.caret = known && s.file_dialog.purpose != FilePurpose::open ? name.rfind('.') : name.size();
}

void set_name(Session& s, std::string name) {
  s.file_dialog.name = std::move(name);
  s.file_dialog.trouble.clear();
  if (s.in.edit.id != kFieldId) return;
  controls::begin_editing(s.in, kFieldId, s.file_dialog.name);
  mark_name(s);
}

const FolderEntry* highlighted(const FileDialogState& d) {
  const auto at = static_cast<std::size_t>(d.highlighted);
  return d.highlighted >= 0 && at < d.listing.entries.size() ? &d.listing.entries[at] : nullptr;
}

void highlight(Session& s, int at, float room) {
  FileDialogState& d = s.file_dialog;
  d.highlighted = std::clamp(at, -1, static_cast<int>(d.listing.entries.size()) - 1);
  const FolderEntry* e = highlighted(d);
  if (!e) return;
  if (!e->is_folder) set_name(s, e->name);
  scroll_to(d.scroll, kRow * static_cast<float>(d.highlighted), kRow, room);
}

// Another folder. Where one is to be opened it stays highlighted on the way out; where a name is to be given,
// Enter gives it.
void go_to(Session& s, fs::path folder) {
  FileDialogState& d = s.file_dialog;
  const fs::path before = std::exchange(d.folder, std::move(folder));
  d.listing = list_folder(d.folder, words(d).extensions);
  d.highlighted = -1;
  d.scroll = 0;
  d.trouble.clear();
  if (d.purpose != FilePurpose::open) return;
  set_name(s, "");
  if (before.parent_path() != d.folder) return;
  const auto& all = d.listing.entries;
  const auto at =
      std::find_if(all.begin(), all.end(), [&](const FolderEntry& e) { return e.name == before.filename(); });
  if (at == all.end()) return;
  d.highlighted = static_cast<int>(at - all.begin());
  d.scroll = std::max(0.f, kRow * static_cast<float>(d.highlighted - 4));
}

void finish(Session& s, const fs::path& path) {
  close_overlay(s.in, kId);
  use_file(s, s.file_dialog.purpose, path);
}

void ask_to_replace(Session& s, const fs::path& path) {
  controls::stop_editing(s.in);
  s.message = Message{.title = "Replace the file?",
                      .text = "'" + controls::one_line(path.filename().string()) + "' is there already.",
                      .buttons = {"Replace", "Cancel"},
                      .answered = [path](Session& t, int chosen) {
                        if (chosen == 0) finish(t, path);
                      }};
  controls::open_popup(s.in, "message");
}

// What Enter means for a path: a folder is shown, a file is used.
void accept(Session& s, fs::path path) {
  FileDialogState& d = s.file_dialog;
  std::error_code error;
  if (fs::is_directory(path, error)) {
    if (d.purpose == FilePurpose::open && is_model_folder(path)) return finish(s, path);
    return go_to(s, std::move(path));
  }
  const auto extensions = words(d).extensions;
  const bool found = fs::exists(path, error);
  if (d.purpose == FilePurpose::open ? !found : !has_extension(path, extensions)) path += extensions.front();
  const std::string name = controls::one_line(path.filename().string());
  if (fs::is_directory(path, error)) {
    d.trouble = "'" + name + "' is a folder.";
  } else if (d.purpose == FilePurpose::open) {
    if (found || fs::exists(path, error)) return finish(s, path);
    d.trouble = "There is no file '" + controls::one_line(d.name) + "'.";
  } else if (!fs::is_directory(path.parent_path(), error)) {
    d.trouble = "There is no folder '" + controls::one_line(path.parent_path().string()) + "'.";
  } else if (fs::exists(path, error)) {
    ask_to_replace(s, path);
  } else {
    finish(s, path);
  }
}

// Enter and the button: the highlighted entry, or else what was typed.
void accept_choice(Session& s) {
  const FileDialogState& d = s.file_dialog;
  if (const FolderEntry* e = highlighted(d)) {
    accept(s, e->name == ".." ? d.folder.parent_path() : d.folder / e->name);
  } else if (!d.name.empty()) {
    accept(s, typed_path(d.folder, d.name));
  }
}

// The path of the folder, each part a way back to it; from the left as much is left out as does not fit.
void crumbs(Ui& ui, Session& s, Rect r) {
  const drawing::Theme& t = ui.p.theme();
  std::vector<fs::path> parts;
  for (fs::path p = s.file_dialog.folder; parts.empty() || p != parts.back(); p = p.parent_path())
    parts.push_back(p);
  const auto name = [](const fs::path& p) {
    return controls::one_line(p.has_filename() ? p.filename().string() : "/");
  };
  const auto width = [&](const fs::path& p) { return std::min(180.f, controls::button_width(ui, name(p))); };
  constexpr float kArrow = 8;

  std::size_t shown = 0;
  for (float taken = 0; shown < parts.size(); ++shown) {
    taken += width(parts[shown]) + kArrow;
    const bool all = shown + 1 == parts.size();
    if (shown > 0 && taken + (all ? 0 : 40) > r.w) break;
  }
  float x = r.x;
  const auto part = [&](std::size_t i, const std::string& label, float w) {
    const Rect cell{x, r.y, w, r.h};
    if (i == 0) {
      const drawing::TextStyle style{.color = t.text, .size = 12, .weight = 600};
      ui.p.text_middle(x + 8, r.y + r.h / 2, ui.p.text_engine().elided(label, style, r.right() - x - 8),
                       style);
    } else {
      if (controls::button(ui, "file/crumb/" + std::to_string(parts.size() - 1 - i), cell, label,
                           {.flat = true})) {
        go_to(s, parts[i]);
      }
      ui.p.text_middle(cell.right() + kArrow / 2, r.y + r.h / 2, "›", {.color = t.text3, .size = 12},
                       Align::center);
    }
    x = cell.right() + kArrow;
  };
  if (shown < parts.size()) part(shown, "…", 32);
  for (std::size_t i = shown; i-- > 0;) part(i, name(parts[i]), width(parts[i]));
}

void draw_entry(Ui& ui, Rect row, const FolderEntry& e, bool lit) {
  const drawing::Theme& t = ui.p.theme();
  const drawing::TextStyle quiet{.color = t.text3, .size = 11};
  const drawing::TextStyle style{.color = t.text, .size = 12, .weight = e.is_folder ? 500 : 400};
  if (lit) ui.p.fill(row, t.hover, 4);
  const float middle = row.y + row.h / 2, left = row.x + kGap, right = row.right() - kGap;
  const std::string name = controls::one_line(e.name) + (e.is_folder && e.name != ".." ? "/" : "");
  ui.p.text_middle(left, middle, ui.p.text_engine().elided(name, style, right - kSizeColumn - 70 - left),
                   style);
  if (e.name == "..") return;
  if (!e.is_folder) ui.p.text_middle(right - kSizeColumn, middle, size_text(e.size), quiet, Align::right);
  if (e.is_model) ui.p.text_middle(right - kSizeColumn, middle, "model", quiet, Align::right);
  ui.p.text_middle(right, middle, date_text(e.changed), quiet, Align::right);
}

void draw_list(Ui& ui, Session& s, Rect frame) {
  FileDialogState& d = s.file_dialog;
  const drawing::Theme& t = ui.p.theme();
  ui.p.stroke(frame, t.border, 1, 6);
  const Rect list = frame.inset(4);
  const auto count = static_cast<int>(d.listing.entries.size());
  const float content = kRow * static_cast<float>(count);
  controls::scrollbar(ui, "file/scroll", list, content, d.scroll);
  const float width = list.w - (content > list.h ? controls::kScrollbarWidth : 0);
  std::optional<int> opened;
  ui.p.push_clip(list);
  const int first = static_cast<int>(d.scroll / kRow), last = static_cast<int>((d.scroll + list.h) / kRow);
  for (int i = first; i <= last && i < count; ++i) {
    const Rect row{list.x, std::round(list.y + kRow * static_cast<float>(i) - d.scroll), width, kRow};
    const std::string id = "file/row/" + std::to_string(i);
    if (ui.double_clicked(id)) {
      opened = i;
    } else if (ui.pressed(id)) {
      highlight(s, i, list.h);
    }
    const FolderEntry& e = d.listing.entries[static_cast<std::size_t>(i)];
    draw_entry(ui, row, e, d.highlighted == i);
    ui.p.region({.id = id, .rect = row, .label = controls::one_line(e.name)});
  }
  ui.p.pop_clip();
  if (count <= 1 && d.listing.trouble.empty()) {
    ui.p.text_middle(list.center().x, list.y + 1.5f * kRow, "Nothing to show here",
                     {.color = t.text3, .size = 12}, Align::center);
  }
  if (!opened) return;
  highlight(s, *opened, list.h);
  accept_choice(s);
}

// While typing, the first entry that begins so is highlighted where one is to be opened.
void follow_typing(Session& s, float room) {
  FileDialogState& d = s.file_dialog;
  if (s.in.edit.id != kFieldId || s.in.edit.text == d.name) return;
  d.name = s.in.edit.text;
  d.trouble.clear();
  d.highlighted = -1;
  if (d.purpose != FilePurpose::open || d.name.empty()) return;
  const auto& all = d.listing.entries;
  const auto at = std::find_if(all.begin(), all.end(), [&](const FolderEntry& e) {
    return e.name != ".." && e.name.size() >= d.name.size() &&
           std::equal(d.name.begin(), d.name.end(), e.name.begin(),
                      [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
  });
  if (at == all.end()) return;
  d.highlighted = static_cast<int>(at - all.begin());
  scroll_to(d.scroll, kRow * static_cast<float>(d.highlighted), kRow, room);
}

void complete(Session& s) {
  FileDialogState& d = s.file_dialog;
  const std::string longer = completed(d.folder, d.name, words(d).extensions);
  if (longer == d.name) return;  // Tab goes on to the next control
  s.in.focus = kFieldId;
  s.in.focus_visible = false;
  s.in.event.reset();
  controls::begin_editing(s.in, kFieldId, longer);
  s.in.edit.anchor = s.in.edit.caret;
}

// The name and its keys; true when Enter was pressed for the dialog as a whole.
bool name_row(Ui& ui, Session& s, Rect r, float room) {
  FileDialogState& d = s.file_dialog;
  const bool in_field = s.in.edit.id == kFieldId;
  if (in_field && d.name.empty() && take_key(ui, Key::backspace)) go_to(s, d.folder.parent_path());
  if (take_key(ui, Key::up, {.alt = true})) go_to(s, d.folder.parent_path());
  const ListRows rows{.count = static_cast<int>(d.listing.entries.size()), .row = kRow, .room = room};
  if (take_list_keys(ui, rows, d.highlighted, d.scroll)) highlight(s, d.highlighted, room);
  const auto* press = ui.in.event ? std::get_if<controls::KeyPress>(&*ui.in.event) : nullptr;
  if (in_field && press && press->key == Key::tab && press->mods == controls::Mods{}) complete(s);
  const bool enter = in_field && take_key(ui, Key::enter);
  if (keep_editing(ui, kFieldId, d.name)) mark_name(s);
  overlay_field(ui, kFieldId, r, d.name, "Name", "Name, or a path from / or ~");
  follow_typing(s, room);
  return enter;
}

}  // namespace

void file_dialog(Ui& below, Session& s) {
  controls::PopupUi popup = begin_overlay(below, kId);
  if (!popup.open) return;
  Ui& ui = popup.ui;
  FileDialogState& d = s.file_dialog;
  const drawing::Theme& t = ui.p.theme();
  if (d.listing.folder.empty()) {
    std::error_code error;
    d.folder = typed_path(fs::absolute(d.folder, error), "");
    if (error) d.folder = "/";
    d.listing = list_folder(d.folder, words(d).extensions);
  }

  const Rect bounds = ui.p.drawing().bounds;
  const float w = std::min(kWidth, bounds.w - 2 * kToWindow), h = std::min(kHeight, bounds.h - 2 * kToWindow);
  const Rect panel{std::round((bounds.w - w) / 2), std::round((bounds.h - h) / 2), w, h};
  overlay_panel(ui, kId, panel, true);
  const Rect body = panel.inset(kOverlayPadding);
  ui.p.text_middle(body.x + 4, body.y + kTitle / 2, words(d).title,
                   {.color = t.text, .size = 14, .weight = 600});
  crumbs(ui, s, {body.x - 4, body.y + kTitle + 6, body.w + 4, kCrumbs});

  const Rect bottom{body.x, body.bottom() - kControl, body.w, kControl};
  const Rect name = bottom.moved(0, -kControl - kGap);
  const float top = body.y + kTitle + kCrumbs + kGap;
  const Rect list{body.x, top, body.w, name.y - kGap - top};
  bool use = name_row(ui, s, name, list.h - 8);
  draw_list(ui, s, list);

  const std::string action = words(d).button;
  const float first = std::max(92.f, controls::button_width(ui, action)), second = 92;
  const Rect accept_at{bottom.right() - first, bottom.y, first, kControl};
  const Rect cancel_at{accept_at.x - kGap - second, bottom.y, second, kControl};
  const bool ready = highlighted(d) || !d.name.empty();
  use |= controls::button(ui, "file/accept", accept_at, action, {.enabled = ready, .primary = true});
  const bool cancel = controls::button(ui, "file/cancel", cancel_at, "Cancel");
  const std::string& trouble = d.trouble.empty() ? d.listing.trouble : d.trouble;
  const drawing::TextStyle warning{.color = t.error, .size = 12};
  const float room = cancel_at.x - kGap - body.x - 4;
  ui.p.text_middle(body.x + 4, bottom.center().y, ui.p.text_engine().elided(trouble, warning, room), warning);
  if (cancel) return close_overlay(s.in, kId);
  if (use || take_key(ui, Key::enter)) accept_choice(s);
}

}  // namespace qkv::shell
