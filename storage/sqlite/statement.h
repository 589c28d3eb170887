#pragma once

#include "core/base/result.h"
#include "storage/sqlite/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace retort::storage {

/// A compiled statement, borrowed from its Database until destroyed. Parameters are bound and
/// columns are taken in their order, so that no index is ever written down.
class Statement {
 public:
  Statement(Database& database, const char* sql, sqlite3_stmt* handle);
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  Statement(const Statement&) = delete;

  /// Starts over with these parameters: ?1, ?2, … Texts are copied. NaN becomes NULL (SQLite has
  /// none).
  template <class... Values>
  void bind(const Values&... values) {
    rewind();
    (bindNext(values), ...);
  }

  /// Advances: true on a row, false at the end.
  [[nodiscard]] Result<bool> step();
  /// Steps to the end, ignoring rows.
  Status finish();

  /// The row's next column.
  [[nodiscard]] std::int64_t takeInteger();

  [[nodiscard]] bool takeBool() { return takeInteger() != 0; }

  [[nodiscard]] double takeReal();  ///< NULL: NaN
  [[nodiscard]] std::string takeText();
  [[nodiscard]] std::optional<std::int64_t> takeOptionalInteger();
  [[nodiscard]] std::optional<double> takeOptionalReal();

  /// takeInteger as int. Values beyond its range come only from a file that somebody edited; they
  /// are clamped.
  [[nodiscard]] int takeInt();
  [[nodiscard]] std::optional<int> takeOptionalInt();

 private:
  void rewind();
  void bindNext(std::int64_t value);

  void bindNext(int value) { bindNext(static_cast<std::int64_t>(value)); }

  void bindNext(bool value) { bindNext(static_cast<std::int64_t>(value ? 1 : 0)); }

  void bindNext(double value);
  void bindNext(std::string_view value);

  void bindNext(const std::string& value) { bindNext(std::string_view(value)); }

  void bindNext(const char* value) { bindNext(std::string_view(value)); }

  void bindNext(std::nullopt_t);

  template <class T>
  void bindNext(const std::optional<T>& value) {
    value ? bindNext(*value) : bindNext(std::nullopt);
  }

  Database* database_;
  const char* sql_;
  sqlite3_stmt* handle_;
  int parameter_ = 0;
  int column_ = 0;
  bool is_bad_binding_ = false;
};

namespace internal {
template <class T>
struct RowValue {
  using Type = T;
};

template <class T>
struct RowValue<Result<T>> {
  using Type = T;
};
}  // namespace internal

/// Runs one statement to its end.
template <class... Values>
Status run(Database& database, const char* sql, const Values&... values) {
  Result<Statement> statement = database.prepare(sql);
  if (!statement) {
    return failWith(statement.error());
  }
  statement->bind(values...);
  return statement->finish();
}

/// Calls `read(statement)` for each row, which takes the columns in order and returns a T or a
/// Result<T>.
template <class Read, class... Values>
auto readAll(Database& database, const char* sql, Read&& read, const Values&... values) -> Result<
    std::vector<typename internal::RowValue<std::invoke_result_t<Read&, Statement&>>::Type>> {
  using Row = std::invoke_result_t<Read&, Statement&>;
  using Value = typename internal::RowValue<Row>::Type;
  Result<Statement> statement = database.prepare(sql);
  if (!statement) {
    return failWith(statement.error());
  }
  statement->bind(values...);
  std::vector<Value> rows;
  while (true) {
    Result<bool> has_row = statement->step();
    if (!has_row) {
      return failWith(has_row.error());
    }
    if (!*has_row) {
      return rows;
    }
    if constexpr (std::is_same_v<Row, Value>) {
      rows.push_back(read(*statement));
    } else {
      Row row = read(*statement);
      if (!row) {
        return failWith(row.error());
      }
      rows.push_back(std::move(*row));
    }
  }
}

/// The first row, or none.
template <class Read, class... Values>
auto readFirst(Database& database, const char* sql, Read&& read, const Values&... values)
    -> Result<std::optional<std::invoke_result_t<Read&, Statement&>>> {
  using Value = std::optional<std::invoke_result_t<Read&, Statement&>>;
  Result<Statement> statement = database.prepare(sql);
  if (!statement) {
    return failWith(statement.error());
  }
  statement->bind(values...);
  Result<bool> has_row = statement->step();
  if (!has_row) {
    return failWith(has_row.error());
  }
  return *has_row ? Value(read(*statement)) : Value();
}

/// The first column of the first row as an integer; 0 when there is no row.
template <class... Values>
Result<std::int64_t> readInteger(Database& database, const char* sql, const Values&... values) {
  auto row = readFirst(
      database, sql, [](Statement& s) { return s.takeInteger(); }, values...);
  if (!row) {
    return failWith(row.error());
  }
  return row->value_or(0);
}

}  // namespace retort::storage
