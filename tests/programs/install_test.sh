#!/usr/bin/env bash
# Installs what was built into a temporary folder and uses it from there.
# Usage: install_test.sh BUILD-FOLDER
set -euo pipefail

place=$(mktemp -d)
trap 'rm -rf -- "$place"' EXIT
fail() {
  echo "FAILED: $*"
  exit 1
}

cmake --install "$1" --prefix "$place" >"$place/log" || fail "it cannot be installed: $(tail -n 3 "$place/log")"
bin=$place/bin
for program in "$1"/bin/retort*; do
  [ -x "$bin/${program##*/}" ] || fail "${program##*/} was not installed"
done
[ ! -e "$bin/fake_trainer" ] || fail "a program of the tests was installed"
"$bin/retort" --version | grep -q '^retort ' || fail "retort does not start"
[ -s "$place/share/retort/grids/demo.yaml" ] || fail "the grids that ship were not installed"
if [ -x "$bin/retort-train" ]; then
  "$bin/retort" run "$place/share/retort/grids/demo.yaml" --workspace "$place/workspace" --dry-run >"$place/plan" ||
    fail "the installed trainer is not found"
  grep -q teacher "$place/plan" || fail "the demo has no teacher"
fi
if [ -x "$bin/retort-gui" ]; then
  "$bin/retort-gui" --version | grep -q . || fail "retort-gui does not start"
  entry=$place/share/applications/retort.desktop
  grep -q '^Exec=retort-gui ' "$entry" || fail "the desktop entry starts another program"
  icon=$(sed -n 's/^Icon=//p' "$entry")
  [ -s "$place/share/icons/hicolor/scalable/apps/$icon.svg" ] || fail "the desktop entry's icon is missing"
fi
echo "all steps done"
