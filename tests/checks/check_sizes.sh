#!/usr/bin/env bash
# Fails when a file or a function outgrows its budget, and when a part has too few tests. Function bodies are found by
# their braces in the first column, as clang-format writes them. Tests may be longer: they are read one case at a time.
# Usage: check_sizes.sh ROOT
set -euo pipefail
cd -- "$1"

header_limit=250
source_limit=500
test_limit=800
function_limit=60
line_limit=100
tests_per_source_line=0.7
status=0
parts=(core storage experiments trainers gui)

sources() { # folders
  find "$@" \( -name '*.h' -o -name '*.cpp' -o -name '*.cu' \) -print0
}

# grep and not awk: Debian's awk counts bytes. Raw strings cannot be wrapped.
if sources "${parts[@]}" tests | LC_ALL=C.UTF-8 xargs -0 -r grep -nE "^.{$((line_limit + 1)),}" | grep -v 'R"('; then
  echo "these lines are longer than $line_limit columns"
  status=1
fi

if ! sources "${parts[@]}" tests | xargs -0 -r awk \
  -v header_limit=$header_limit -v source_limit=$source_limit -v function_limit=$function_limit \
  -v test_limit=$test_limit '
  function fail(message) { print message; bad = 1 }
  function checkFile() {
    limit = name ~ /^tests\// ? test_limit : name ~ /\.h$/ ? header_limit : source_limit
    if (lines > limit) fail(name ": " lines " lines; at most " limit)
  }
  FNR == 1 { if (NR > 1) checkFile(); name = FILENAME; start = 0 }
  { lines = FNR }
  /^[A-Za-z]/ && !/^(namespace|class|struct|enum|union|using|typedef|constexpr|const|static const|inline constexpr|extern)/ {
    start = FNR
  }
  /^}/ {
    if (start && /^}$/ && name !~ /^tests\// && FNR - start + 1 > function_limit)
      fail(name ":" start ": a function of " FNR - start + 1 " lines; at most " function_limit)
    start = 0
  }
  END { checkFile(); exit bad }'; then
  status=1
fi

code_lines() { # folders: lines that are neither empty nor comment
  sources "$@" | xargs -0 -r cat | grep -cvE '^[[:space:]]*(//.*)?$' || true
}
for part in core storage experiments trainers; do
  [ -d "tests/$part" ] || continue
  source_lines=$(code_lines "$part")
  test_lines=$(code_lines "tests/$part")
  awk -v part="$part" -v source="$source_lines" -v test="$test_lines" -v limit=$tests_per_source_line 'BEGIN {
    ratio = source > 0 ? test / source : 1
    printf "%s: %d lines of code, %d of tests: %.2f tests per source line\n", part, source, test, ratio
    exit ratio < limit }' || { echo "$part: at least $tests_per_source_line are asked for"; status=1; }
done
exit $status
