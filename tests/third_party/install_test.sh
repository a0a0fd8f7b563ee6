#!/usr/bin/env bash
# third_party/install on machines that this one is not: install_test.sh SOURCE_FOLDER.
set -euo pipefail

install=$1/third_party/install
work=$(mktemp -d "${TMPDIR:-/tmp}/qkvlab-install-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
for tool in bash env sed dirname cat; do ln -s "$(command -v "$tool")" "$work/bin/$tool"; done

pretend() {  # pretend TOOL SCRIPT: a tool of this machine
  printf '#!/bin/bash\n%s\n' "$2" >"$work/bin/$1"
  chmod +x "$work/bin/$1"
}
run() {  # run GROUP...: into $output and $status
  status=0
  output=$(PATH=$work/bin "$install" "$@" 2>&1 </dev/null) || status=$?
}
expect() {  # expect STATUS TEXT
  [[ $status -eq $1 ]] || { echo "left with $status instead of $1: $output" >&2; exit 1; }
  [[ $output == *"$2"* ]] || { echo "said nothing of '$2': $output" >&2; exit 1; }
}

echo "-- not Debian and no CMake: the list"
run build
expect 1 "libeigen3-dev"
[[ $output != *xdotool* ]] || { echo "packages of another group are listed" >&2; exit 1; }

echo "-- not Debian but with CMake: it may have everything"
pretend cmake true
run build
expect 0 ""

echo "-- Debian with everything: silence"
pretend apt-get 'echo "$@" >>"$LOG"; exit 0'
pretend id 'echo 0'
export LOG=$work/log
# $* is: --show --showformat=… PACKAGE...
pretend dpkg-query 'for package in "${@:3}"; do printf "%s=installed " "$package"; done'
run build run test
[[ $status -eq 0 && -z $output && ! -e $LOG ]] || { echo "not silent: $output" >&2; exit 1; }

echo "-- one is missing: only that one is installed, and said"
pretend dpkg-query 'for package in "${@:3}"; do [[ $package == libcairo2-dev ]] || printf "%s=installed " "$package"; done'
run build
expect 0 "libcairo2-dev"
grep -q 'install --no-install-recommends libcairo2-dev$' "$LOG" || { cat "$LOG" >&2; exit 1; }

echo "-- unknown to apt at first: the lists are fetched"
pretend apt-get 'echo "$@" >>"$LOG"; [[ -e $LOG.updated || $* == *update* ]] && : >"$LOG.updated"'
: >"$LOG"
run build
expect 0 ""
grep -q update "$LOG" || { echo "no update" >&2; exit 1; }

echo "-- apt fails: it says so and goes on"
pretend apt-get 'exit 100'
run build
expect 0 "could not install"

echo "-- neither root nor sudo: what to ask for"
pretend id 'echo 1000'
run build
expect 0 "apt-get install libcairo2-dev"

echo "-- sudo without a terminal never waits for a password"
pretend sudo 'printf "%s\\n" "$*" >>"$LOG"; exit 1'
: >"$LOG"
run build
expect 0 "could not install"
grep -q '^-n env' "$LOG" || { cat "$LOG" >&2; exit 1; }
echo "-- all as it should be"
