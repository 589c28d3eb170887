#!/usr/bin/env bash
# Fails when a file holds a key, a token, or a path or host of the machine it was written on. Usage: check_contents.sh ROOT
set -euo pipefail
cd -- "$1"

# The documents of the world that comments and documents may point to.
known_hosts='((arxiv|gnu|json-schema|huggingface|pypi|debian|github|openreview|python|kernel|sqlite|w3|freedesktop|qt|fsf|example)\.(org|co|com|io|net)|git-lfs\b)'
status=0
refuse() { # what it is, extended regular expression, expression of what is fine
  local found
  found=$(grep -rInE --exclude-dir=.git --exclude-dir=build --exclude-dir=.retort --exclude-dir='retort-*' \
    --exclude=LICENSE --exclude=check_contents.sh -e "$2" . | grep -vE "${3:-^$}" || true)
  if [ -n "$found" ]; then
    printf '%s:\n%s\n' "$1" "$found"
    status=1
  fi
}

refuse "a private key" '-----BEGIN [A-Z ]*PRIVATE KEY'
refuse "a token" '\b(ghp_|gho_|github_pat_|hf_|sk-|xox[bp]-|AKIA)[A-Za-z0-9_-]{16,}'
refuse "a password" '(password|passwd|secret|api_?key)["'\'']?[[:space:]]*[:=][[:space:]]*["'\''][^"'\'']{6,}'
refuse "a path of one machine" '(^|[^A-Za-z0-9._/-])/(root|work|home/[a-z]{2,}|Users/[A-Za-z]{2,})/'
refuse "an unknown host (a mirror?)" 'https?://' "https?://([A-Za-z0-9-]+\.)*$known_hosts"
refuse "trailing white space" '[[:blank:]]$' '^\./(tests/data/|[^:]*\.(tsv|json|csv|txt|svg)):'
exit $status
