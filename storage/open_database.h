#pragma once

#include "core/base/result.h"
#include "core/run/workspace_layout.h"
#include "storage/file_system.h"
#include "storage/sqlite/database.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace retort::storage {

enum class Access;
struct OpenOptions;

struct OpenedDatabase {
  std::unique_ptr<Database> database;
  FileIdentity identity;
  std::vector<std::string> warnings;
};

/// Opens, checks and migrates workspace.db as WorkspaceStore::open says. Nothing is written to a
/// file that is not ours.
[[nodiscard]] Result<OpenedDatabase> openWorkspaceDatabase(const WorkspacePaths& paths,
                                                           Access access,
                                                           const OpenOptions& options);

/// A current, empty database in memory.
[[nodiscard]] Result<std::unique_ptr<Database>> openMemoryDatabase();

/// Makes a new current database in `file`, which must not exist.
[[nodiscard]] Result<std::unique_ptr<Database>> createDatabase(const std::filesystem::path& file);

/// Copies a database of schema `version` to FILE.backup-vVERSION, unless that is there already.
Status backupBeforeMigration(Database& database,
                             const std::filesystem::path& file,
                             std::int64_t version);

/// A consistent copy in `file`, which must not exist.
Status backupDatabase(Database& database, const std::filesystem::path& file);

}  // namespace retort::storage
