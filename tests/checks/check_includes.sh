#!/usr/bin/env bash
# Fails when a folder includes something that its layer may not see. The table below IS the dependency rule
# (ARCHITECTURE.md, code map). Usage: check_includes.sh ROOT
set -euo pipefail
cd -- "$1"

torch='<torch/|<ATen|<c10/'
status=0
check() { # where, what it may not include (an extended regular expression), folders left out of it
  local found exclude=()
  local folder
  for folder in ${3:-}; do exclude+=(--exclude-dir="$folder"); done
  [ -d "$1" ] || return 0
  found=$(grep -rnE "${exclude[@]}" --include='*.h' --include='*.cpp' --include='*.cu' \
    "^[[:space:]]*#[[:space:]]*include[[:space:]]*.*($2)" "$1" || true)
  if [ -n "$found" ]; then
    printf '%s may not include these:\n%s\n' "$1" "$found"
    status=1
  fi
}

check core "core/(agent|cli|comparison)/|\"(storage|experiments|trainers|gui|tests)/|<Q|$torch|sqlite3|yaml-cpp|qcustomplot" "agent cli comparison"
check core/agent "core/(cli|comparison)/|\"(trainers|gui|tests)/|<Q|$torch|sqlite3|yaml-cpp|qcustomplot"
check core/comparison "core/cli/|\"(experiments|trainers|gui|tests)/|<Q|$torch|sqlite3|yaml-cpp|qcustomplot"
check core/cli "\"(trainers|gui|tests)/|<Q|$torch|sqlite3|yaml-cpp|qcustomplot"
check storage "core/(agent|cli|comparison)/|\"(experiments|trainers|gui|tests)/|<Q|$torch|yaml-cpp|qcustomplot"
check storage 'sqlite3\.h' sqlite
check experiments "core/(agent|cli|comparison)/|\"(storage|trainers|gui|tests)/|<Q|$torch|sqlite3|qcustomplot"
check trainers "core/(agent|cli|comparison)/|\"(storage|gui|tests)/|<Q|sqlite3|qcustomplot"
check trainers '<torch/torch\.h>'
check gui "core/cli/|\"(trainers|tests)/|$torch|sqlite3|yaml-cpp"
check gui/models 'QWidget|QtWidgets|QApplication|qcustomplot'
check gui 'qcustomplot' plots
exit $status
