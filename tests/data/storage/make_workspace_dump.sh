#!/bin/sh
# Writes workspace_vN.sql, the dump of a small workspace of the current schema version N, beside this script. Run it
# once for each released version, never again for an old one: tests open every dump and migrate it.
#   make_workspace_dump.sh BUILD_FOLDER        (needs the sqlite3 program)
set -eu
here=$(dirname "$0")
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
STORED_WORKSPACE="$folder" "$1/tests/storage_tests" --gtest_also_run_disabled_tests \
  --gtest_filter='StoredWorkspace.*' > /dev/null
database="$folder/workspace.db"
version=$(sqlite3 "$database" 'PRAGMA user_version')
dump="$here/workspace_v$version.sql"
sqlite3 "$database" .dump > "$dump"
# .dump leaves these out.
echo "PRAGMA application_id = $(sqlite3 "$database" 'PRAGMA application_id');" >> "$dump"
echo "PRAGMA user_version = $version;" >> "$dump"
