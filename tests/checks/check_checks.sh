#!/usr/bin/env bash
# Tests the checks themselves: each must accept a small sound tree and refuse what is wrong in it, by name.
# Usage: check_checks.sh FOLDER-OF-THE-CHECKS
set -euo pipefail

checks=$(cd -- "$1" && pwd)
tree=$(mktemp -d)
trap 'rm -rf -- "$tree"' EXIT
failures=0

reset_tree() {
  rm -rf -- "$tree"
  mkdir -p "$tree"/{core/agent,core/cli,storage/sqlite,experiments,trainers,gui/models,gui/plots,tests}
  cp -- "$checks/../../.clang-format" "$tree/"
  printf '#include "storage/store.h"\n' >"$tree/core/agent/agent.cpp"
  printf '#include <sqlite3.h>\n' >"$tree/storage/sqlite/database.cpp"
  printf '#include <ATen/ATen.h>\n' >"$tree/trainers/loss.cpp"
}

accepts() { # check
  if ! "$checks/$1" "$tree" >"$tree.out" 2>&1; then
    echo "$1 refuses a sound tree:"
    cat -- "$tree.out"
    failures=1
  fi
}

refuses() { # check, file, contents, what its message must hold
  reset_tree
  mkdir -p "$(dirname "$tree/$2")"
  printf '%b' "$3" >"$tree/$2"
  local status=0
  "$checks/$1" "$tree" >"$tree.out" 2>&1 || status=$?
  [ $status -ne 77 ] || return 0
  if [ $status -eq 0 ] || ! grep -qF -- "$4" "$tree.out"; then
    echo "$1 does not refuse $2 ($3); it ended with $status and said:"
    cat -- "$tree.out"
    failures=1
  fi
}

reset_tree
accepts check_includes.sh
accepts check_sizes.sh
accepts check_contents.sh
printf '// %s\n' "$(printf 'ä%.0s' {1..97})" >"$tree/core/text.cpp"
accepts check_sizes.sh
refuses check_includes.sh core/text.h '#include "storage/store.h"\n' core/text.h:1
refuses check_includes.sh core/plan/text.h '  #  include <yaml-cpp/yaml.h>\n' core/plan/text.h:1
refuses check_includes.sh core/agent/text.h '#include "core/cli/x.h"\n' core/agent/text.h:1
refuses check_includes.sh storage/store.cpp '#include <sqlite3.h>\n' storage/store.cpp:1
refuses check_includes.sh storage/store.cpp '#include "experiments/grid.h"\n' storage/store.cpp:1
refuses check_includes.sh experiments/grid.cpp '#include <ATen/ATen.h>\n' experiments/grid.cpp:1
refuses check_includes.sh trainers/x.cpp '#include "storage/store.h"\n' trainers/x.cpp:1
refuses check_includes.sh trainers/x.cpp '#include <torch/torch.h>\n' trainers/x.cpp:1
refuses check_includes.sh gui/page.cpp '#include "trainers/x.h"\n' gui/page.cpp:1
refuses check_includes.sh gui/models/x.cpp '#include <QWidget>\n' gui/models/x.cpp:1
refuses check_includes.sh gui/pages/x.cpp '#include <qcustomplot.h>\n' gui/pages/x.cpp:1
refuses check_format.sh core/text.cpp 'int  a;\n' core/text.cpp:1
refuses check_sizes.sh core/text.h "$(printf '//\\n%.0s' {1..251})" "251 lines; at most 250"
refuses check_sizes.sh core/text.cpp "$(printf '//\\n%.0s' {1..501})" "501 lines; at most 500"
refuses check_sizes.sh core/text.cpp "int f() {\n$(printf ' \\n%.0s' {1..59})}\n" "core/text.cpp:1: a function of 61"
refuses check_sizes.sh core/text.cpp "// $(printf 'x%.0s' {1..98})\n" "core/text.cpp:1:// xxx"
refuses check_contents.sh README.md 'see http''s://mirror.internal/x\n' README.md:1
refuses check_contents.sh README.md 'hf''_abcdefghijklmnop0123\n' README.md:1
refuses check_contents.sh README.md 'cd /''root/retort\n' README.md:1
refuses check_contents.sh README.md 'a \n' README.md:1
rm -f -- "$tree.out"
exit $failures
