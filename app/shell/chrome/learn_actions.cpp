#include "app/shell/chrome/actions.h"
#include "app/workspaces/lab/commands.h"
#include "app/workspaces/learn/learn.h"

// What can be done in the Learn workspace, and the way to the Lab and back.
namespace qkv::shell {

using controls::Key;

namespace {

constexpr controls::Mods kShift{true, false, false}, kCtrl{false, true, false};

bool is_open(const Session& s) { return s.learn && s.learn->is_open(); }
bool asks(const Session& s) { return is_open(s) && s.learn->step().question.has_value(); }
bool is_unanswered(const Session& s) { return asks(s) && !s.learn->answered(); }

bool draws(const Session& s) { return is_open(s) && s.learn->may_use("new-draw"); }
bool measures(const Session& s) { return is_open(s) && s.learn->step().figure.name == "cost"; }
bool has_cell(const Session& s) { return is_open(s) && s.learn_view.main.selected.has_value(); }
bool editable(const Session& s) {
  return has_cell(s) && workspaces::can_edit(s.learn->document(), *s.learn_view.main.selected) && s.learn->may_change(*s.learn_view.main.selected);
}

std::function<void(Session&)> walk(int rows, int columns) {
  return [=](Session& s) { workspaces::move_selection(s.learn->document(), s.learn_view.main, rows, columns); };
}
std::function<void(Session&)> nudge(int steps, bool fine) {
  return [=](Session& s) { workspaces::nudge(s.learn->document(), s.learn_view.main, steps, fine, false); };
}

/// The live experiment goes to the Lab exactly as it is; the lesson waits.
void open_step_in_lab(Session& s) {
  try {
    s.lab.replace(s.learn->document().experiment(), {});  // not unsaved: the lesson has it too
    s.lab.wait();
    s.workspace = Workspace::lab;
    s.view = {};
    workspaces::show_first_target(s.lab, s.view);
    if (s.learn_view.main.selected) workspaces::select(s.view, *s.lab.trace(), *s.learn_view.main.selected);
    s.back_to_lesson = true;
    s.view.notice = "Opened from lesson " + std::to_string(s.learn->lesson().number) + ", step " + std::to_string(s.learn->step_index() + 1) + ". L returns to it.";
  } catch (const std::exception& e) {
    show_message(s, "This step could not be opened in the Lab", e.what());
  }
}

Action answer(int number, Key key) {
  const std::string n = std::to_string(number);
  return {"learn.answer" + n, "Learn", "Choose answer " + n, "Of the question beside the figure", {{key, {}}},
          [=](Session& s) { workspaces::choose_answer(*s.learn, s.learn_view, number - 1); },
          [=](const Session& s) { return asks(s) && number <= static_cast<int>(s.learn->step().question->options.size()); }};
}

}  // namespace

std::vector<Action> learn_actions() {
  const std::string m = "Learn";
  return {
      {"learn.next", m, "Next step", "After the last one, the next lesson", {{Key::right, {}}}, [](Session& s) { workspaces::next_step(*s.learn, s.learn_view); }, is_open},
      {"learn.previous", m, "Previous step", "", {{Key::left, {}}}, [](Session& s) { workspaces::previous_step(*s.learn, s.learn_view); }, is_open},
      {"learn.lessons", m, "All lessons", "And how far you are in each", {{Key::l, kCtrl}}, [](Session& s) { workspaces::open_lesson_list(s.in, s.learn_view); }, is_open},
      answer(1, Key::n1),
      answer(2, Key::n2),
      answer(3, Key::n3),
      answer(4, Key::n4),
      answer(5, Key::n5),
      {"learn.hint", m, "Hint", "A word that helps with the question", {{Key::h, {}}}, [](Session& s) {
         s.learn_view.hint = s.learn_view.to_end = true;
       }, is_unanswered},
      {"learn.reveal", m, "Show the answer", "Without answering; it does not count", {{Key::y, {}}}, [](Session& s) {
         s.learn->reveal();
         s.learn_view.to_end = true;
       }, is_unanswered},
      {"learn.again", m, "Start the step again", "Takes back what was changed in it", {{Key::r, kShift}}, [](Session& s) { s.learn->start_again(); }, is_open},
      {"learn.new_draw", m, "New draw", "Other random numbers", {{Key::r, {}}}, [](Session& s) { workspaces::draw_again(*s.learn, s.learn_view); }, draws},
      {"learn.measure", m, "Measure on this machine", "What attention costs, n doubling", {}, [](Session& s) { s.studies->start_cost(s.learn_view.seed); }, measures},
      {"learn.stop_measuring", m, "Stop measuring", "What was measured stays", {}, [](Session& s) { s.studies->stop_cost(); }, measures},
      {"learn.cell_left", m, "Select the cell to the left", "Walk the matrix", {{Key::left, kShift}}, walk(0, -1), is_open},
      {"learn.cell_right", m, "Select the cell to the right", "Walk the matrix", {{Key::right, kShift}}, walk(0, 1), is_open},
      {"learn.cell_up", m, "Select the cell above", "Walk the matrix", {{Key::up, kShift}}, walk(-1, 0), is_open},
      {"learn.cell_down", m, "Select the cell below", "Walk the matrix", {{Key::down, kShift}}, walk(1, 0), is_open},
      {"learn.unselect", m, "Unselect", "", {{Key::escape, {}}}, [](Session& s) {
         s.learn_view.main.selected.reset();
         s.learn_view.main.chain.clear();
       }, has_cell},
      {"learn.increase", m, "Increase by 0.1", "Changes the selected cell", {{Key::plus, {}}}, nudge(1, false), editable},
      {"learn.decrease", m, "Decrease by 0.1", "Changes the selected cell", {{Key::minus, {}}}, nudge(-1, false), editable},
      {"learn.increase_fine", m, "Increase by 0.01", "Changes the selected cell", {{Key::plus, kShift}}, nudge(1, true), editable},
      {"learn.decrease_fine", m, "Decrease by 0.01", "Changes the selected cell", {{Key::minus, kShift}}, nudge(-1, true), editable},
      {"learn.type", m, "Type a value", "Enter commits, Esc cancels", {{Key::enter, {}}}, [](Session& s) {
         controls::begin_editing(s.in, "cell", workspaces::exact_text(attention::value(*s.learn->document().trace(), *s.learn_view.main.selected)));
       }, editable},
      {"learn.open_in_lab", m, "Open in the Lab", "The experiment exactly as it stands here", {{Key::l, {}}}, [](Session& s) { when_saved(s, open_step_in_lab); }, is_open},
  };
}

std::vector<Action> lesson_return_actions() {
  return {{"learn.back", "View", "Back to the lesson", "To the step this experiment was opened from", {{Key::l, {}}},
           [](Session& s) { s.workspace = Workspace::learn; }, [](const Session& s) { return s.back_to_lesson; }}};
}

}  // namespace qkv::shell
