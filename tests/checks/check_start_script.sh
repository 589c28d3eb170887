#!/usr/bin/env bash
# Tests ./retort with stand-ins for apt, pip, CMake and Ninja that write down how they are called.
# Usage: check_start_script.sh ROOT
set -euo pipefail

root=$1
place=$(mktemp -d)
trap 'rm -rf -- "$place"' EXIT
tree="$place/mit Leerzeichen/Größe"
calls=$place/calls
failures=0
unset RETORT_TORCH CMAKE_PREFIX_PATH CI DISPLAY WAYLAND_DISPLAY

stand_in() { # name, body
  printf '#!/usr/bin/env bash\necho "%s $*" >>"%s"\n%s\n' "$1" "$calls" "$2" >"$place/bin/$1"
  chmod +x "$place/bin/$1"
}

set_up() {
  rm -rf -- "${place:?}/bin" "$place/mit Leerzeichen"
  mkdir -p "$place/bin" "$tree/cmake" "$tree/core"
  cp -- "$root/retort" "$tree/"
  cp -- "$root/cmake/pypi-packages.txt" "$tree/cmake/"
  printf '# a comment\nalpha\nbeta\n' >"$tree/cmake/debian-packages.txt"
  echo 1 >"$tree/core/text.cpp"
  stand_in dpkg-query 'printf "installed alpha\ninstalled beta\ninstalled beta\n"'
  stand_in apt-get ''
  stand_in sudo '"$@"'
  stand_in python3 '[ "$*" != "-m pip --version" ] || exit 0
    while [ $# -gt 0 ]; do if [ "$1" = --target ]; then new=$2; fi; shift; done
    mkdir -p "$new/torch/lib" "$new/torch/include/ATen" "$new/torch/nn" "$new/functorch"
    touch "$new/torch/include/ATen/ATen.h" "$new/torch/lib/libtorch_cpu.so" "$new/torch/lib/libtorch_cuda.so"'
  stand_in cmake 'while [ $# -gt 0 ]; do if [ "$1" = -S ]; then touch "$2/build/release/build.ninja"; fi; shift; done'
  stand_in ninja 'mkdir -p bin; printf "#!/bin/sh\npwd; printf \"<%%s>\" \"\$@\"\n" >bin/retort; chmod +x bin/retort'
  stand_in ctest 'pwd'
  : >"$calls"
}

run() { # where, arguments of ./retort; leaves output, errors and status
  local where=$1
  shift
  status=0
  output=$(cd -- "$where" && PATH="$place/bin:$PATH" "$start" "$@" 2>"$place/errors" </dev/null) || status=$?
}

expect() { # what should hold, command...
  local what=$1
  shift
  if ! "$@"; then
    printf 'not so: %s\n  status %s, output: %s\n  errors: %s\n  calls: %s\n' "$what" "$status" "$output" \
      "$(cat -- "$place/errors")" "$(cat -- "$calls")"
    failures=1
  fi
}

called() { grep -q -- "$1" "$calls"; }
not_called() { ! called "$1"; }
said() { grep -qF -- "$1" "$place/errors"; }

start=$tree/retort

set_up
run / build
expect "a first build ends well" [ "$status" = 0 ]
expect "it asks pip for hashes" called 'pip install .*--require-hashes'
expect "it leaves installed packages alone" not_called apt-get
expect "it builds the programs" called 'ninja -j [0-9]* programs'
expect "Python's part of torch is removed" [ ! -e "$tree/.retort/libtorch/torch/nn" ]
[ -e /proc/driver/nvidia/version ] || expect "CUDA's part of torch is removed" [ ! -e "$tree/.retort/libtorch/torch/lib/libtorch_cuda.so" ]

: >"$calls"
run "$place" ls 'a b' ''
expect "a second call builds nothing" [ ! -s "$calls" ]
expect "arguments and the working directory arrive unchanged" [ "$output" = "$place"$'\n'"<ls><a b><>" ]
expect "nothing else is written" [ ! -s "$place/errors" ]

ln -s -- "$tree/retort" "$place/link"
start=$place/link
run "$place" show --yes
expect "a symbolic link starts the same tree; options after the program's command are the program's" \
  [ "$output" = "$place"$'\n'"<show><--yes>" ]
start=$tree/retort

sleep 0.02
echo 2 >"$tree/core/text.cpp"
run "$tree" demo --yes out
expect "a changed source is built" called ninja
expect "without configuring again" not_called cmake
expect "options of the script are taken from its own commands" [ "$output" = "$tree"$'\n'"<demo><out>" ]
expect "without a display no desktop app is built" not_called 'ninja .*retort-gui'
DISPLAY=:9 run "$tree" demo
expect "with one it is, for the demo to open it" called 'ninja -j [0-9]* retort-gui'

: >"$calls"
run "$place" test -R storage
expect "test builds all" called 'ninja -j [0-9]* all'
expect "arguments go to ctest" called 'ctest .*-R storage'

mkdir -p "$place/own/include/ATen"
touch "$place/own/include/ATen/ATen.h"
: >"$calls"
RETORT_TORCH=$place/own run / build
expect "a LibTorch of the user's is used" called "cmake .*-DRETORT_TORCH=$place/own"
expect "and nothing is downloaded" not_called pip
RETORT_TORCH=$place/none run / build
expect "a wrong RETORT_TORCH is named" said "no include/ATen/ATen.h is in it"

set_up
stand_in dpkg-query 'echo "installed alpha"'
run / build
expect "a missing package is installed without a terminal" called 'apt-get .*install .* beta$'
expect "and announced" said "will be installed: beta"
stand_in apt-get 'echo "E: no network"; exit 100'
rm -rf -- "$tree/build"
run / build
expect "a failing apt-get ends the call" [ "$status" = 1 ]
expect "with its message" said "E: no network"

set_up
stand_in python3 '[ "$*" = "-m pip --version" ]'
run / build
expect "a failing pip ends the call" [ "$status" = 1 ]
expect "and leaves no LibTorch" [ ! -e "$tree/.retort/libtorch" ]

set_up
stand_in ninja 'echo "x.cpp: error"; exit 1'
run / ls
expect "a failing build starts nothing" [ "$status" = 1 ]
expect "the compiler's message is shown as an error, not as output" said "x.cpp: error"
expect "standard output stays empty" [ -z "$output" ]

run / --help
expect "--help needs no build" [ "$status" = 0 ]
exit $failures
