#include "storage/open_database.h"

#include "storage/schema.h"
#include "storage/sqlite/statement.h"
#include "storage/sqlite/transaction.h"
#include "storage/workspace_store.h"

#include <chrono>
#include <system_error>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace retort::storage {
namespace {

constexpr const char* kUseWal = "PRAGMA journal_mode = WAL";
constexpr const char* kUseRollbackJournal = "PRAGMA journal_mode = DELETE";
constexpr const char* kVacuumInto = "VACUUM INTO ?1";

constexpr std::chrono::milliseconds kRetryPause(10);

bool hasContent(const fs::path& folder) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  return !error && entries != fs::directory_iterator();
}

// What is at the database's path before SQLite touches it. `is_there` false: to be created.
Status checkFile(const WorkspacePaths& paths, Access access) {
  fs::path file = paths.database();
  std::error_code error;
  fs::file_status status = fs::status(file, error);
  if (status.type() == fs::file_type::none) {
    return fail(ErrorCode::kIo, fmt::format("{}: {}", file.string(), error.message()));
  }
  bool is_missing = status.type() == fs::file_type::not_found;
  if (!is_missing && status.type() != fs::file_type::regular) {
    return fail(ErrorCode::kIo, fmt::format("{}: not a regular file", file.string()));
  }
  if (!is_missing && fs::file_size(file, error) > 0) {
    return {};
  }
  const char* what = is_missing ? "missing" : "empty";
  if (hasContent(paths.runs())) {
    return fail(ErrorCode::kDatabase,
                fmt::format("{} is {} but there are runs in {}; rebuild it with 'retort reindex'",
                            file.string(),
                            what,
                            paths.runs().string()));
  }
  if (access != Access::kCreate) {
    return fail(ErrorCode::kNotFound,
                fmt::format("no workspace in {}: workspace.db is {}", paths.folder.string(), what));
  }
  return {};
}

Status createFolder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return fail(ErrorCode::kIo,
                fmt::format("cannot create the folder {}: {}", folder.string(), error.message()));
  }
  return {};
}

// Changing the mode needs the file alone for a moment, and SQLite does not wait for that by itself.
Status setJournalMode(Database& database, bool use_wal) {
  auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(database.busyTimeoutMs());
  while (true) {
    Status status = run(database, use_wal ? kUseWal : kUseRollbackJournal);
    if (status || !database.isBusy() || std::chrono::steady_clock::now() >= end) {
      return status;
    }
    std::this_thread::sleep_for(kRetryPause);
  }
}

Status prepareForWriting(OpenedDatabase& opened,
                         const WorkspacePaths& paths,
                         const SchemaState& state,
                         const OpenOptions& options) {
  bool is_network = isOnNetworkFileSystem(paths.folder);
  if (is_network) {
    opened.warnings.push_back(fmt::format(
        "{} is on a network file system: writing is slower, and readers may have to wait",
        paths.folder.string()));
  }
  Database& database = *opened.database;
  if (Status mode = setJournalMode(database, options.allow_wal && !is_network); !mode) {
    return mode;
  }
  if (state.version == static_cast<std::int64_t>(migrations().size())) {
    return {};  // without taking the write lock, which another process may be holding
  }
  if (!state.isBlank()) {
    Status copied = backupBeforeMigration(database, paths.database(), state.version);
    if (!copied) {
      return copied;
    }
  }
  return migrate(database, migrations());
}

struct CheckedDatabase {
  std::unique_ptr<Database> database;
  SchemaState state;
  std::vector<std::string> warnings;
};

Result<CheckedDatabase> openInMode(const fs::path& file, OpenMode mode, int busy_timeout_ms) {
  auto database = Database::open(file, mode, busy_timeout_ms);
  if (!database) {
    return failWith(database.error());
  }
  Result<SchemaState> state = readSchemaState(**database);
  if (!state) {
    return failWith(state.error());
  }
  return CheckedDatabase{std::move(*database), *state, {}};
}

// A reader that may write neither file nor folder cannot take part in the locking of the log. If
// there is no log nobody is writing at the moment, and the file can be read as it is.
Result<CheckedDatabase> openImmutable(const WorkspacePaths& paths, const OpenOptions& options) {
  fs::path file = paths.database();
  std::error_code error;
  auto log_size = fs::file_size(file.string() + "-wal", error);
  if (!error && log_size > 0) {
    return fail(ErrorCode::kIo,
                fmt::format("{}: no permission to read it while another user is writing (or was "
                            "killed); ask for write permission on {}",
                            file.string(),
                            paths.folder.string()));
  }
  auto checked = openInMode(file, OpenMode::kImmutable, options.busy_timeout_ms);
  if (checked) {
    checked->warnings.push_back(
        fmt::format("{} cannot be written by this user: showing it as it was when it was opened",
                    paths.folder.string()));
  }
  return checked;
}

Result<CheckedDatabase> openReadable(const WorkspacePaths& paths,
                                     OpenMode mode,
                                     const OpenOptions& options) {
  auto checked = openInMode(paths.database(), mode, options.busy_timeout_ms);
  bool needs_immutable = !checked && mode == OpenMode::kReadOnly &&
                         checked.error().code == ErrorCode::kIo &&
                         ::access(paths.database().c_str(), R_OK) == 0;
  return needs_immutable ? openImmutable(paths, options) : std::move(checked);
}

OpenMode modeFor(Access access) {
  switch (access) {
    case Access::kReadOnly:
      return OpenMode::kReadOnly;
    case Access::kReadWrite:
      return OpenMode::kReadWrite;
    case Access::kCreate:
      return OpenMode::kCreate;
  }
  return OpenMode::kReadOnly;
}

}  // namespace

Result<OpenedDatabase> openWorkspaceDatabase(const WorkspacePaths& paths,
                                             Access access,
                                             const OpenOptions& options) {
  if (Status folder = access == Access::kCreate ? createFolder(paths.folder) : Status(); !folder) {
    return failWith(folder.error());
  }
  if (Status file = checkFile(paths, access); !file) {
    return failWith(file.error());
  }
  Result<CheckedDatabase> checked = openReadable(paths, modeFor(access), options);
  if (!checked) {
    return failWith(checked.error());
  }
  OpenedDatabase opened;
  opened.database = std::move(checked->database);
  opened.warnings = std::move(checked->warnings);
  bool is_writing = access != Access::kReadOnly;
  if (is_writing && !opened.database->isWritable()) {
    return fail(ErrorCode::kIo,
                fmt::format("{}: the workspace is read-only for this user", paths.folder.string()));
  }
  Status ours = checkSchemaState(checked->state, paths.database(), is_writing);
  if (!ours) {
    return failWith(ours.error());
  }
  if (checked->state.isBlank() && access != Access::kCreate) {
    return fail(
        ErrorCode::kNotFound,
        fmt::format("no workspace in {}: workspace.db has no tables", paths.folder.string()));
  }
  if (is_writing) {
    Status ready = prepareForWriting(opened, paths, checked->state, options);
    if (!ready) {
      return failWith(ready.error());
    }
  }
  if (Status objects = checkSchemaObjects(*opened.database, paths.database()); !objects) {
    return failWith(objects.error());
  }
  opened.identity = fileIdentity(paths.database());
  return opened;
}

Result<std::unique_ptr<Database>> openMemoryDatabase() {
  Result<std::unique_ptr<Database>> database = Database::openInMemory();
  if (!database) {
    return failWith(database.error());
  }
  if (Status migrated = migrate(**database, migrations()); !migrated) {
    return failWith(migrated.error());
  }
  return database;
}

Result<std::unique_ptr<Database>> createDatabase(const fs::path& file) {
  std::error_code error;
  if (fs::exists(file, error)) {
    return fail(ErrorCode::kAlreadyExists, fmt::format("{} exists", file.string()));
  }
  auto database = Database::open(file, OpenMode::kCreate, 0);
  if (!database) {
    return failWith(database.error());
  }
  if (Status migrated = migrate(**database, migrations()); !migrated) {
    return failWith(migrated.error());
  }
  return database;
}

Status backupBeforeMigration(Database& database, const fs::path& file, std::int64_t version) {
  fs::path backup = fmt::format("{}.backup-v{}", file.string(), version);
  std::error_code error;
  if (fs::exists(backup, error)) {
    return {};
  }
  fs::path temporary = fmt::format("{}.{}.tmp", backup.string(), ::getpid());
  fs::remove(temporary, error);
  Status copied = backupDatabase(database, temporary);
  if (copied) {
    fs::rename(temporary, backup, error);
    if (error) {
      copied = fail(ErrorCode::kIo, fmt::format("{}: {}", backup.string(), error.message()));
    }
  }
  if (!copied) {
    fs::remove(temporary, error);
    return failWith(withContext(copied.error(), "copying the database before its migration"));
  }
  return {};
}

Status backupDatabase(Database& database, const fs::path& file) {
  std::error_code error;
  if (fs::exists(file, error)) {
    return fail(ErrorCode::kAlreadyExists,
                fmt::format("{} exists; choose another name for the copy", file.string()));
  }
  return run(database, kVacuumInto, file.string());
}

}  // namespace retort::storage
