#pragma once

#include "core/base/check.h"
#include "core/base/result.h"
#include "storage/sqlite/database.h"

#include <functional>
#include <type_traits>

namespace retort::storage {

/// An open transaction; rolled back when destroyed unless committed.
class Transaction {
 public:
  enum class Kind { kRead, kWrite };

  /// kWrite takes the write lock at once (BEGIN IMMEDIATE), so that no read inside can fail because
  /// of another writer; waits for it up to the busy timeout.
  [[nodiscard]] static Result<Transaction> begin(Database& database, Kind kind);

  ~Transaction();
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;

  /// On failure (disk full) everything is rolled back.
  Status commit();

 private:
  explicit Transaction(Database& database);
  Database* database_;
};

/// Runs `body` (returning Status or Result<T>) in a transaction, or in the one that is open
/// already. When it fails nothing of the outermost transaction is kept, even if the error is
/// swallowed on the way out. A write inside a read transaction is a programmer error.
template <class Body>
auto inTransaction(Database& database, Transaction::Kind kind, Body&& body)
    -> std::invoke_result_t<Body&> {
  bool is_write = kind == Transaction::Kind::kWrite;
  Database::TransactionState& state = database.transaction();
  if (state.depth > 0) {
    RETORT_CHECK(state.is_write || !is_write, "write inside a read transaction");
    auto result = body();
    state.is_doomed |= !result && is_write;
    return result;
  }
  Result<Transaction> transaction = Transaction::begin(database, kind);
  if (!transaction) {
    return failWith(transaction.error());
  }
  state = {1, is_write, false};
  auto result = body();
  bool is_doomed = state.is_doomed;
  state = {};
  if (!result) {
    return result;
  }
  if (is_doomed) {
    return fail(ErrorCode::kDatabase, "a part of this transaction failed; nothing was stored");
  }
  if (Status committed = transaction->commit(); !committed) {
    return failWith(committed.error());
  }
  return result;
}

template <class Body>
auto inWrite(Database& database, Body&& body) -> std::invoke_result_t<Body&> {
  return inTransaction(database, Transaction::Kind::kWrite, body);
}

template <class Body>
auto inRead(Database& database, Body&& body) -> std::invoke_result_t<Body&> {
  return inTransaction(database, Transaction::Kind::kRead, body);
}

}  // namespace retort::storage
