#!/usr/bin/env bash
# Fails when a source is not as clang-format 14 writes it. Exit 77 (skipped) without that version: others format
# differently. Usage: check_format.sh ROOT
set -euo pipefail
cd -- "$1"

for clang_format in clang-format-14 clang-format ''; do
  if [ -n "$clang_format" ] && "$clang_format" --version 2>/dev/null | grep -q 'version 14\.'; then break; fi
done
if [ -z "$clang_format" ]; then
  echo "skipped: clang-format 14 is not installed"
  exit 77
fi
find core storage experiments trainers gui tests \( -name '*.h' -o -name '*.cpp' -o -name '*.cu' \) -print0 |
  xargs -0 -r -n 20 -P 2 "$clang_format" --style=file --dry-run -Werror
