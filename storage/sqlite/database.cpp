#include "storage/sqlite/database.h"

#include "storage/sqlite/lock_holder.h"
#include "storage/sqlite/statement.h"

#include <sqlite3.h>

#include <chrono>
#include <utility>

#include <fmt/format.h>

namespace retort::storage {
namespace {

// Everything that a stranger's database file could abuse is off; see sqlite.org/security.html.
constexpr const char* kConfigureConnection =
    "PRAGMA trusted_schema = OFF;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA cell_size_check = ON;"
    "PRAGMA mmap_size = 0;"
    "PRAGMA synchronous = NORMAL;";

constexpr int kOpcodesBetweenClockChecks = 2000;

int openFlags(OpenMode mode) {
  switch (mode) {
    case OpenMode::kReadOnly:
      return SQLITE_OPEN_READONLY;
    case OpenMode::kImmutable:
      return SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
    case OpenMode::kReadWrite:
      return SQLITE_OPEN_READWRITE;
    case OpenMode::kCreate:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  }
  return SQLITE_OPEN_READONLY;
}

std::string immutableUri(const std::filesystem::path& file) {
  std::string uri = "file:";
  for (char c : std::filesystem::absolute(file).string()) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02X}", static_cast<unsigned>(c));
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

}  // namespace

struct Database::TimeLimit {
  std::chrono::steady_clock::time_point end;
};

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file,
                                                 OpenMode mode,
                                                 int busy_timeout_ms) {
  sqlite3* handle = nullptr;
  // The path may begin with "file:" only when it is meant as a URI; an absolute path never does.
  std::string name =
      mode == OpenMode::kImmutable ? immutableUri(file) : std::filesystem::absolute(file).string();
  int code = sqlite3_open_v2(name.c_str(), &handle, openFlags(mode) | SQLITE_OPEN_NOMUTEX, nullptr);
  if (handle == nullptr) {
    return fail(ErrorCode::kDatabase, "SQLite is out of memory");
  }
  std::unique_ptr<Database> database(new Database(handle, file, busy_timeout_ms));
  if (code != SQLITE_OK) {
    return failWith(database->lastError());
  }
  if (Status configured = database->configure(); !configured) {
    return failWith(configured.error());
  }
  return database;
}

Result<std::unique_ptr<Database>> Database::openInMemory() {
  sqlite3* handle = nullptr;
  int code = sqlite3_open_v2(":memory:",
                             &handle,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                             nullptr);
  if (handle == nullptr) {
    return fail(ErrorCode::kDatabase, "SQLite is out of memory");
  }
  std::unique_ptr<Database> database(new Database(handle, ":memory:", 0));
  if (code != SQLITE_OK) {
    return failWith(database->lastError());
  }
  if (Status configured = database->configure(); !configured) {
    return failWith(configured.error());
  }
  return database;
}

Database::Database(sqlite3* handle, std::filesystem::path file, int busy_timeout_ms)
    : handle_(handle),
      file_(std::move(file)),
      busy_timeout_ms_(busy_timeout_ms) {}

Database::~Database() {
  for (auto& [sql, statement] : idle_statements_) {
    sqlite3_finalize(statement);
  }
  sqlite3_close_v2(handle_);
}

Status Database::configure() {
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, busy_timeout_ms_);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  return execute(kConfigureConnection);
}

Status Database::execute(const char* script) {
  if (sqlite3_exec(handle_, script, nullptr, nullptr, nullptr) != SQLITE_OK) {
    return failWith(lastError());
  }
  return {};
}

Result<Statement> Database::prepare(const char* sql) {
  auto idle = idle_statements_.find(sql);
  if (idle != idle_statements_.end()) {
    sqlite3_stmt* statement = idle->second;
    idle_statements_.erase(idle);
    return Statement(*this, sql, statement);
  }
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) !=
      SQLITE_OK) {
    return failWith(lastError());
  }
  return Statement(*this, sql, statement);
}

void Database::giveBack(const char* sql, sqlite3_stmt* statement) {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  if (!idle_statements_.emplace(sql, statement).second) {
    sqlite3_finalize(statement);
  }
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(handle_);
}

std::int64_t Database::lastInsertId() const {
  return sqlite3_last_insert_rowid(handle_);
}

bool Database::isInTransaction() const {
  return sqlite3_get_autocommit(handle_) == 0;
}

bool Database::isWritable() const {
  return sqlite3_db_readonly(handle_, "main") == 0;
}

void Database::setBusyTimeoutMs(int timeout_ms) {
  busy_timeout_ms_ = timeout_ms;
  sqlite3_busy_timeout(handle_, timeout_ms);
}

void Database::setTimeLimitMs(int limit_ms) {
  if (limit_ms == 0) {
    sqlite3_progress_handler(handle_, 0, nullptr, nullptr);
    time_limit_.reset();
    return;
  }
  time_limit_ = std::make_unique<TimeLimit>();
  time_limit_->end = std::chrono::steady_clock::now() + std::chrono::milliseconds(limit_ms);
  auto is_over = [](void* limit) -> int {
    return std::chrono::steady_clock::now() > static_cast<TimeLimit*>(limit)->end ? 1 : 0;
  };
  sqlite3_progress_handler(handle_, kOpcodesBetweenClockChecks, is_over, time_limit_.get());
}

Error Database::lastError() const {
  int code = sqlite3_extended_errcode(handle_);
  std::string file = file_.string();
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {ErrorCode::kIo, fmt::format("{}: the disk is full; nothing was stored", file)};
    case SQLITE_READONLY:
      return {ErrorCode::kIo, fmt::format("{}: the file or its folder is read-only", file)};
    case SQLITE_CANTOPEN:
      return {ErrorCode::kIo,
              fmt::format("{}: cannot be opened; check the permissions of file and folder", file)};
    case SQLITE_IOERR:
      return {ErrorCode::kIo,
              fmt::format("{}: reading or writing failed ({}, error {})",
                          file,
                          sqlite3_errmsg(handle_),
                          sqlite3_system_errno(handle_))};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kDatabase,
              fmt::format("{}: locked by another process for more than {} s{}; try again",
                          file,
                          static_cast<double>(busy_timeout_ms_) / 1000,
                          describeLockHolder(file_))};
    case SQLITE_NOTADB:
      return {ErrorCode::kDatabase, fmt::format("{}: not a database", file)};
    case SQLITE_CORRUPT:
      return {ErrorCode::kDatabase,
              fmt::format("{}: the database is damaged ({}); rebuild it with 'retort reindex'",
                          file,
                          sqlite3_errmsg(handle_))};
    default:
      return {ErrorCode::kDatabase, fmt::format("{}: {}", file, sqlite3_errmsg(handle_))};
  }
}

bool Database::isBusy() const {
  int code = sqlite3_errcode(handle_) & 0xff;
  return code == SQLITE_BUSY || code == SQLITE_LOCKED;
}

bool Database::isInterrupted() const {
  return (sqlite3_errcode(handle_) & 0xff) == SQLITE_INTERRUPT;
}

}  // namespace retort::storage
