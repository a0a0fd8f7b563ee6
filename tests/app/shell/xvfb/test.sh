#!/usr/bin/env bash
# One real window on a virtual display, with real keys and a real mouse: test.sh QKVLAB WHERE_IS.
# What is on screen goes to the folder named last when something fails.
set -euo pipefail

program=$1 where_is=$2
work=$(mktemp -d "${TMPDIR:-/tmp}/qkvlab-xvfb-XXXXXX")
export HOME=$work XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state LIBGL_ALWAYS_SOFTWARE=1
unset WAYLAND_DISPLAY
app_pid=

for tool in Xvfb xdotool xclip import compare; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: run tests/run, which installs it" >&2; exit 1; }
done

Xvfb -displayfd 3 -screen 0 1500x960x24 -nolisten tcp 3>"$work/display" 2>/dev/null &
xvfb_pid=$!
finish() {
  local status=$?
  if [[ $status -ne 0 ]]; then
    import -window root "$work/failed.png" 2>/dev/null || true
    echo "FAILED; the screen and the log are in $work" >&2
    cat "$work"/log* >&2 || true
  fi
  [[ -z $app_pid ]] || kill -9 "$app_pid" 2>/dev/null || true
  kill "$xvfb_pid" 2>/dev/null || true
  wait 2>/dev/null || true
  [[ $status -ne 0 ]] || rm -rf "$work"
  exit "$status"
}
trap finish EXIT

step() { echo "-- $*"; }
fail() { echo "FAILED: $*" >&2; exit 1; }
wait_for() {  # wait_for WHAT COMMAND...: until the command succeeds, ten seconds at most
  local what=$1
  shift
  for _ in $(seq 100); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  fail "$what"
}
kept() { cat "$XDG_STATE_HOME"/qkvlab/autosave-*.json 2>/dev/null; }  # the unsaved work
kept_has() { kept | tr -d '\n' | grep -q -- "$1"; }
edited='"edits": *{ *"w_q\['
nothing_kept() { ! kept; }
gone() { ! kill -0 "$app_pid"; }
at() { "$where_is" "$@"; }
title_has() { xdotool getwindowname "$window" | grep -q -- "$1"; }

start() {  # start [ARGUMENTS]: the program, its window in front and drawn
  "$program" "$@" >"$work/log.$RANDOM" 2>&1 &
  app_pid=$!
  window=$(timeout 20 xdotool search --sync --onlyvisible --class qkvlab | head -1)
  xdotool windowmove "$window" 0 0 windowfocus --sync "$window" mousemove 1490 950
  wait_for "the window is drawn" drawn
}
drawn() { [[ $(import -window "$window" -depth 8 -format %k info:) -gt 50 ]]; }
drag() {  # drag X Y BY: press at X Y, move down by so many pixels, release
  xdotool mousemove "$1" "$2" mousedown 1
  for by in $(seq 4 4 "$3"); do xdotool mousemove "$1" $(($2 + by)); done
  xdotool mouseup 1
}

wait_for "Xvfb starts" test -s "$work/display"
export DISPLAY=:$(cat "$work/display")

step "the window shows what render draws, pixel for pixel but for the clock in the status bar"
start
"$program" render --out "$work/rendered.png"
import -window "$window" "$work/window.png"
differing=$(compare -metric AE "$work/rendered.png" "$work/window.png" null: 2>&1 || true)
[[ ${differing%%.*} -lt 3000 ]] || fail "$differing pixels differ between window and render"

step "idle, it draws nothing"
ticks() { cut -d' ' -f14,15 "/proc/$app_pid/stat" | tr ' ' +; }
before=$(($(ticks)))
sleep 2
[[ $(($(ticks) - before)) -le 2 ]] || fail "it uses the processor while nothing happens"

step "a click on a weight selects it"
xdotool mousemove $(at stage/weights 3 2) click 1 mousemove 1490 950
changed() {
  import -window "$window" "$work/now.png"
  [[ $(compare -metric AE "$work/window.png" "$work/now.png" null: 2>&1) -gt 3000 ]]
}
wait_for "the selection shows" changed

step "a drag on W_Q changes it, and one undo takes the whole drag back"
nothing_kept || fail "something is kept before any change"
drag $(at stage/w_q 1 2) 40
wait_for "the edit is kept" kept_has "$edited"
xdotool key ctrl+z
wait_for "the undo leaves nothing to keep" nothing_kept
xdotool key ctrl+shift+z
wait_for "the redo brings it back" kept_has "$edited"

step "a sentence is typed"
xdotool key ctrl+l
sleep 0.3
xdotool key ctrl+a
xdotool type --delay 50 'A horse, of course!'
xdotool key Return
wait_for "the sentence arrives" kept_has 'horse.*course'

step "another of any script is pasted"
printf 'der Hund schläft 日本 🐕' | xclip -selection clipboard -loops 0 >/dev/null 2>&1
xdotool key ctrl+l
sleep 0.3
xdotool key ctrl+a ctrl+v Return
wait_for "the pasted sentence arrives" kept_has 'Hund.*schläft.*日.*🐕'

step "it is saved by name"
xdotool key ctrl+s
sleep 0.5
xdotool key ctrl+a
xdotool type --delay 30 "$work/mine.json"
xdotool key Return
wait_for "the file is written" grep -q schläft "$work/mine.json"
wait_for "nothing is unsaved" nothing_kept
wait_for "the title names the file" title_has mine.json

step "a kill loses nothing"
xdotool key plus  # on the cell that was dragged
wait_for "the edit is kept" kept_has schläft
kill -9 "$app_pid"
wait_for "the program is gone" gone
wait "$app_pid" 2>/dev/null || true
lost=$(kept)
start
sleep 0.5
xdotool key Return
wait_for "the restored work is open" title_has mine.json
wait_for "it is unsaved" title_has '•'
restored_is_kept() { [[ $(kept | grep -c schläft) -ge 1 && $(ls "$XDG_STATE_HOME"/qkvlab/*.json | wc -l) -eq 1 ]]; }
wait_for "it is kept anew, once" restored_is_kept
[[ $(kept) == "$lost" ]] || fail "what was restored is not what was lost"

step "it ends when asked, saved, and leaves nothing behind"
xdotool key ctrl+s
wait_for "it is saved" nothing_kept
xdotool windowsize --sync "$window" 1200 800
xdotool key ctrl+q
wait_for "the program ends" gone
status=0
wait "$app_pid" || status=$?
app_pid=
[[ $status -eq 0 ]] || fail "it ended with $status"
[[ -z $(ls -A "$XDG_STATE_HOME/qkvlab") ]] || fail "files are left in the state folder"
grep -q '"window_width": 1200' "$XDG_CONFIG_HOME/qkvlab/settings.json" || fail "the window's size is not remembered"
echo "-- all of it works"
