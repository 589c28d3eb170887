#include "storage/workspace_store.h"

#include "storage/file_system.h"
#include "storage/open_database.h"
#include "storage/sqlite/statement.h"
#include "storage/sqlite/transaction.h"

namespace retort::storage {
namespace {

constexpr const char* kDataVersion = "PRAGMA data_version";
constexpr const char* kQuickCheck = "PRAGMA quick_check(20)";
constexpr const char* kTruncateLog = "PRAGMA wal_checkpoint(TRUNCATE)";

}  // namespace

struct WorkspaceStore::State {
  State(WorkspacePaths workspace, OpenedDatabase opened)
      : paths(std::move(workspace)),
        identity(opened.identity),
        warnings(std::move(opened.warnings)),
        database(std::move(opened.database)),
        runs(*database),
        experiments(*database),
        requests(*database),
        lease(*database),
        ingest(*database),
        metrics(*database),
        events(*database) {}

  WorkspacePaths paths;
  FileIdentity identity;
  std::vector<std::string> warnings;
  std::unique_ptr<Database> database;
  RunStore runs;
  ExperimentStore experiments;
  RequestStore requests;
  LeaseStore lease;
  IngestStore ingest;
  MetricStore metrics;
  EventStore events;
};

Result<WorkspaceStore> WorkspaceStore::open(const std::filesystem::path& workspace,
                                            Access access,
                                            const OpenOptions& options) {
  WorkspacePaths paths{std::filesystem::absolute(workspace).lexically_normal()};
  Result<OpenedDatabase> opened = openWorkspaceDatabase(paths, access, options);
  if (!opened) {
    return failWith(opened.error());
  }
  return WorkspaceStore(std::make_unique<State>(std::move(paths), std::move(*opened)));
}

Result<WorkspaceStore> WorkspaceStore::openInMemory() {
  Result<std::unique_ptr<Database>> database = openMemoryDatabase();
  if (!database) {
    return failWith(database.error());
  }
  OpenedDatabase opened;
  opened.database = std::move(*database);
  return WorkspaceStore(std::make_unique<State>(WorkspacePaths{}, std::move(opened)));
}

WorkspaceStore::WorkspaceStore(std::unique_ptr<State> state) : state_(std::move(state)) {}

WorkspaceStore::~WorkspaceStore() = default;
WorkspaceStore::WorkspaceStore(WorkspaceStore&&) noexcept = default;
WorkspaceStore& WorkspaceStore::operator=(WorkspaceStore&&) noexcept = default;

RunStore& WorkspaceStore::runs() {
  return state_->runs;
}

ExperimentStore& WorkspaceStore::experiments() {
  return state_->experiments;
}

RequestStore& WorkspaceStore::requests() {
  return state_->requests;
}

LeaseStore& WorkspaceStore::lease() {
  return state_->lease;
}

IngestStore& WorkspaceStore::ingest() {
  return state_->ingest;
}

MetricStore& WorkspaceStore::metrics() {
  return state_->metrics;
}

EventStore& WorkspaceStore::events() {
  return state_->events;
}

Status WorkspaceStore::write(const std::function<Status()>& body) {
  return inWrite(*state_->database, body);
}

Status WorkspaceStore::read(const std::function<Status()>& body) {
  return inRead(*state_->database, body);
}

Result<std::int64_t> WorkspaceStore::dataVersion() {
  return readInteger(*state_->database, kDataVersion);
}

bool WorkspaceStore::isReplaced() const {
  return fileIdentity(state_->paths.database()) != state_->identity;
}

Result<std::vector<std::string>> WorkspaceStore::quickCheck(int limit_ms) {
  Database& database = *state_->database;
  std::vector<std::string> problems;
  Result<Statement> statement = database.prepare(kQuickCheck);
  if (!statement) {
    return failWith(statement.error());
  }
  database.setTimeLimitMs(limit_ms);
  Result<bool> has_row = statement->step();
  while (has_row && *has_row) {
    std::string line = statement->takeText();
    if (line != "ok") {
      problems.push_back(std::move(line));
    }
    has_row = statement->step();
  }
  bool is_cut_off = !has_row && database.isInterrupted();
  bool is_busy = !has_row && database.isBusy();
  database.setTimeLimitMs(0);
  if (is_busy) {
    return failWith(has_row.error());
  }
  if (!has_row && !is_cut_off) {
    problems.push_back(has_row.error().message);  // damage that stops the check itself
  }
  return problems;
}

Status WorkspaceStore::backupTo(const std::filesystem::path& file) {
  return backupDatabase(*state_->database, file);
}

Status WorkspaceStore::truncateLog() {
  Database& database = *state_->database;
  int timeout_ms = database.busyTimeoutMs();
  database.setBusyTimeoutMs(0);
  Status done = run(database, kTruncateLog);
  bool is_busy = !done && database.isBusy();
  database.setBusyTimeoutMs(timeout_ms);
  return is_busy ? Status() : done;
}

std::int64_t WorkspaceStore::logBytes() const {
  std::error_code error;
  auto size = std::filesystem::file_size(state_->paths.database().string() + "-wal", error);
  return error ? 0 : static_cast<std::int64_t>(size);
}

const std::vector<std::string>& WorkspaceStore::warnings() const {
  return state_->warnings;
}

const WorkspacePaths& WorkspaceStore::paths() const {
  return state_->paths;
}

}  // namespace retort::storage
