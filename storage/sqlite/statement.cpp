#include "storage/sqlite/statement.h"

#include <sqlite3.h>

#include <algorithm>
#include <limits>

namespace retort::storage {
namespace {

int clampToInt(std::int64_t value) {
  return static_cast<int>(std::clamp<std::int64_t>(
      value, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()));
}

}  // namespace

Statement::Statement(Database& database, const char* sql, sqlite3_stmt* handle)
    : database_(&database),
      sql_(sql),
      handle_(handle) {}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      sql_(other.sql_),
      handle_(std::exchange(other.handle_, nullptr)),
      parameter_(other.parameter_),
      column_(other.column_),
      is_bad_binding_(other.is_bad_binding_) {}

Statement::~Statement() {
  if (handle_ != nullptr) {
    database_->giveBack(sql_, handle_);
  }
}

void Statement::rewind() {
  sqlite3_reset(handle_);
  parameter_ = 0;
  is_bad_binding_ = false;
}

void Statement::bindNext(std::int64_t value) {
  is_bad_binding_ |= sqlite3_bind_int64(handle_, ++parameter_, value) != SQLITE_OK;
}

void Statement::bindNext(double value) {
  is_bad_binding_ |= sqlite3_bind_double(handle_, ++parameter_, value) != SQLITE_OK;
}

void Statement::bindNext(std::string_view value) {
  // An empty view may have no address, which SQLite would take for NULL.
  const char* data = value.data() == nullptr ? "" : value.data();
  is_bad_binding_ |= sqlite3_bind_text64(handle_,
                                         ++parameter_,
                                         data,
                                         value.size(),
                                         SQLITE_TRANSIENT,  // NOLINT: the macro is a C cast
                                         SQLITE_UTF8) != SQLITE_OK;
}

void Statement::bindNext(std::nullopt_t) {
  is_bad_binding_ |= sqlite3_bind_null(handle_, ++parameter_) != SQLITE_OK;
}

Result<bool> Statement::step() {
  if (is_bad_binding_) {
    return failWith(database_->lastError());
  }
  column_ = 0;
  switch (sqlite3_step(handle_)) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      return false;
    default:
      return failWith(database_->lastError());
  }
}

Status Statement::finish() {
  while (true) {
    Result<bool> has_row = step();
    if (!has_row) {
      return failWith(has_row.error());
    }
    if (!*has_row) {
      return {};
    }
  }
}

std::int64_t Statement::takeInteger() {
  return sqlite3_column_int64(handle_, column_++);
}

double Statement::takeReal() {
  int column = column_++;
  return sqlite3_column_type(handle_, column) == SQLITE_NULL
             ? std::numeric_limits<double>::quiet_NaN()
             : sqlite3_column_double(handle_, column);
}

std::string Statement::takeText() {
  int column = column_++;
  const unsigned char* text = sqlite3_column_text(handle_, column);
  if (text == nullptr) {
    return {};
  }
  auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  return std::string(reinterpret_cast<const char*>(text), size);
}

std::optional<std::int64_t> Statement::takeOptionalInteger() {
  bool is_null = sqlite3_column_type(handle_, column_) == SQLITE_NULL;
  std::int64_t value = takeInteger();
  return is_null ? std::nullopt : std::optional(value);
}

std::optional<double> Statement::takeOptionalReal() {
  bool is_null = sqlite3_column_type(handle_, column_) == SQLITE_NULL;
  double value = takeReal();
  return is_null ? std::nullopt : std::optional(value);
}

int Statement::takeInt() {
  return clampToInt(takeInteger());
}

std::optional<int> Statement::takeOptionalInt() {
  std::optional<std::int64_t> value = takeOptionalInteger();
  return value ? std::optional(clampToInt(*value)) : std::nullopt;
}

}  // namespace retort::storage
