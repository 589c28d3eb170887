#!/usr/bin/env bash
# Fails when README.md or ARCHITECTURE.md show a command that does not exist or name a file that is not there.
# Usage: check_readme.sh ROOT FOLDER-OF-THE-PROGRAMS
set -euo pipefail
cd -- "$1"
programs=$2
status=0

while read -r word; do
  case $word in
    demo | test | build | gui | --yes | --cuda | --help) continue ;;
  esac
  if ! "$programs/retort" "$word" --help >/dev/null 2>&1; then
    echo "README.md or ARCHITECTURE.md show './retort $word', but the program has no such command"
    status=1
  fi
done < <(grep -ohE '\./retort [a-z-]+' README.md ARCHITECTURE.md | cut -d ' ' -f 2 | sort -u)

while read -r file; do
  if [ ! -e "$file" ]; then
    echo "README.md or ARCHITECTURE.md name '$file', which does not exist"
    status=1
  fi
done < <(grep -ohE '\b(core|storage|experiments|trainers|gui|tests|resources|cmake)/[A-Za-z0-9_./-]*[A-Za-z0-9_]' \
  README.md ARCHITECTURE.md | sort -u)

for document in README.md ARCHITECTURE.md; do
  lines=$(wc -l <"$document")
  if [ "$lines" -gt 150 ]; then
    echo "$document: $lines lines; at most 150"
    status=1
  fi
done
exit $status
