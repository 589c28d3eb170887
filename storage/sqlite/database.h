#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace retort::storage {

class Statement;

enum class OpenMode {
  kReadOnly,
  kReadWrite,
  kCreate,     ///< kReadWrite; a missing file is made
  kImmutable,  ///< read without any lock or log: only when nobody can be writing
};

/// One SQLite connection. Every connection has foreign keys on, an untrusted schema, the defensive
/// switch, no double-quoted strings, synchronous NORMAL and the busy timeout. Belongs to one
/// thread.
class Database {
 public:
  /// kIo when it cannot be opened. A file that is no database may be noticed only by the first
  /// statement.
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::filesystem::path& file,
                                                              OpenMode mode,
                                                              int busy_timeout_ms);
  [[nodiscard]] static Result<std::unique_ptr<Database>> openInMemory();

  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Runs a script of statements without parameters; rows are ignored.
  Status execute(const char* script);

  /// Compiles `sql`, or takes it from the cache (by address: pass a constant). A statement in use
  /// is compiled a second time, so that recursion is safe.
  [[nodiscard]] Result<Statement> prepare(const char* sql);

  /// Rows changed by the last statement; the rowid it inserted.
  [[nodiscard]] std::int64_t changes() const;
  [[nodiscard]] std::int64_t lastInsertId() const;

  [[nodiscard]] bool isInTransaction() const;
  /// False for kReadOnly and kImmutable.
  [[nodiscard]] bool isWritable() const;

  [[nodiscard]] int busyTimeoutMs() const { return busy_timeout_ms_; }

  void setBusyTimeoutMs(int timeout_ms);

  /// Stops statements that run longer than `limit_ms` from now on with `isInterrupted`; 0 takes the
  /// limit away.
  void setTimeLimitMs(int limit_ms);

  /// What the last failed call says. kIo: disk full, not writable, cannot open. kDatabase:
  /// everything else.
  [[nodiscard]] Error lastError() const;
  [[nodiscard]] bool isBusy() const;         ///< it failed because of another connection's lock
  [[nodiscard]] bool isInterrupted() const;  ///< it failed because of the time limit

  /// Bookkeeping of inTransaction (storage/sqlite/transaction.h).
  struct TransactionState {
    int depth = 0;
    bool is_write = false;
    bool is_doomed = false;  ///< an inner body failed: the outermost must roll back
  };

  [[nodiscard]] TransactionState& transaction() { return transaction_; }

 private:
  friend class Statement;
  struct TimeLimit;

  Database(sqlite3* handle, std::filesystem::path file, int busy_timeout_ms);
  Status configure();
  void giveBack(const char* sql, sqlite3_stmt* statement);

  sqlite3* handle_;
  std::filesystem::path file_;
  int busy_timeout_ms_;
  std::map<const char*, sqlite3_stmt*> idle_statements_;
  std::unique_ptr<TimeLimit> time_limit_;
  TransactionState transaction_;
};

}  // namespace retort::storage
