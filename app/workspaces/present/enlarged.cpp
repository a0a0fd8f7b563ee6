#include "app/workspaces/present/enlarged.h"

#include "app/drawing/scaled.h"

namespace qkv::workspaces {

using controls::Interaction;
using drawing::Point;
using drawing::Rect;

namespace {

bool is_key(const controls::Event& e) {
  return std::holds_alternative<controls::KeyPress>(e) || std::holds_alternative<controls::KeyRelease>(e) || std::holds_alternative<controls::TextInput>(e);
}

}  // namespace

Enlarged::Enlarged(Interaction& outer, std::string prefix, float factor, Rect place, Point corner)
    : outer_(outer), prefix_(std::move(prefix)), factor_(factor), place_(place), corner_(corner) {
  inner_.now = outer.now;
  inner_.hot_since = outer.hot_since;
  inner_.builds = outer.builds;
  inner_.mods = outer.mods;
  inner_.button = outer.button;
  inner_.pointer = inside(outer.pointer);
  inner_.press_at = inside(outer.press_at);
  inner_.moved = {outer.moved.x / factor, outer.moved.y / factor};
  inner_.hot = own(outer.hot);
  const bool left = outer.button == controls::Button::left;
  if (left) inner_.active = own(outer.active);
  inner_.dragging = outer.dragging && !inner_.active.empty();
  inner_.drag_position = outer.drag_position;
  if (!own(outer.edit.id).empty()) {
    inner_.edit = outer.edit;
    inner_.edit.id = own(outer.edit.id);
    inner_.focus = own(outer.focus);
  }
  if (!outer.event) return;
  const bool scrolled = std::holds_alternative<controls::Scroll>(*outer.event) && !inner_.hot.empty();
  told_ = inner_.editing() || (!is_key(*outer.event) && (!inner_.active.empty() || scrolled));
  if (!told_) return;
  inner_.event = outer.event;
  std::visit(
      [this](auto& e) {
        if constexpr (requires { e.at; }) e.at = inside(e.at);
      },
      *inner_.event);
}

std::string Enlarged::own(const std::string& id) const { return id.starts_with(prefix_) ? id.substr(prefix_.size()) : std::string(); }

Point Enlarged::inside(Point at) const { return {corner_.x + (at.x - place_.x) / factor_, corner_.y + (at.y - place_.y) / factor_}; }

void Enlarged::show(drawing::Drawing& screen, const drawing::Drawing& figure) {
  const std::size_t first = screen.regions.size();
  screen.commands.emplace_back(drawing::PushClip{place_});
  drawing::append_scaled(screen, figure, factor_, {place_.x, place_.y});
  screen.commands.emplace_back(drawing::PopClip{});
  for (std::size_t i = first; i < screen.regions.size(); ++i) {
    drawing::Region& r = screen.regions[i];
    r.id = prefix_ + r.id;
    r.clip = r.clip.intersection(place_);
    r.label.clear();  // a tooltip is for a desk
    r.hint.clear();
    r.focusable = false;
  }
  if (told_ && !inner_.event) outer_.event.reset();
  if (!inner_.active.empty()) outer_.drag_position = inner_.drag_position;
  if (inner_.editing()) {
    outer_.edit = inner_.edit;
    outer_.edit.id = prefix_ + inner_.edit.id;
    outer_.focus = prefix_ + inner_.focus;
  } else if (!own(outer_.edit.id).empty()) {
    controls::stop_editing(outer_);
    outer_.focus.clear();
  }
}

}  // namespace qkv::workspaces
