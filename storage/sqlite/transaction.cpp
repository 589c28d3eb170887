#include "storage/sqlite/transaction.h"

#include <chrono>
#include <thread>
#include <utility>

namespace retort::storage {
namespace {

constexpr const char* kBeginRead = "BEGIN";
constexpr const char* kBeginWrite = "BEGIN IMMEDIATE";
constexpr const char* kCommit = "COMMIT";
constexpr const char* kRollback = "ROLLBACK";

constexpr std::chrono::milliseconds kRetryPause(10);

// SQLite does not call its busy handler where waiting could be a deadlock (recovery of another
// process, the last connection closing); those last milliseconds, so asking again is right.
Status executeWithRetry(Database& database, const char* sql) {
  auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(database.busyTimeoutMs());
  while (true) {
    Status status = database.execute(sql);
    if (status || !database.isBusy() || std::chrono::steady_clock::now() >= end) {
      return status;
    }
    std::this_thread::sleep_for(kRetryPause);
  }
}

}  // namespace

Result<Transaction> Transaction::begin(Database& database, Kind kind) {
  Status begun = executeWithRetry(database, kind == Kind::kWrite ? kBeginWrite : kBeginRead);
  if (!begun) {
    return failWith(begun.error());
  }
  return Transaction(database);
}

Transaction::Transaction(Database& database) : database_(&database) {}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // SQLite has rolled back by itself after some errors (disk full, I/O).
  if (database_ != nullptr && database_->isInTransaction()) {
    (void)database_->execute(kRollback);
  }
}

Status Transaction::commit() {
  Status committed = executeWithRetry(*database_, kCommit);
  if (!committed && database_->isInTransaction()) {
    (void)database_->execute(kRollback);
  }
  database_ = nullptr;
  return committed;
}

}  // namespace retort::storage
