#include "storage/request_store.h"

#include "storage/json_column.h"
#include "storage/sqlite/statement.h"
#include "storage/sqlite/transaction.h"

#include <fmt/format.h>

namespace retort::storage {
namespace {

constexpr const char* kAddRequest =
    "INSERT INTO requests (kind, arguments, created_ms) VALUES (?1, ?2, ?3)";

constexpr const char* kPendingRequests = R"sql(
SELECT request_id, kind, arguments, created_ms, is_done, error
  FROM requests WHERE is_done = 0 ORDER BY request_id)sql";

constexpr const char* kGetRequest = R"sql(
SELECT request_id, kind, arguments, created_ms, is_done, error
  FROM requests WHERE request_id = ?1)sql";

constexpr const char* kCompleteRequest =
    "UPDATE requests SET is_done = 1, error = ?2 WHERE request_id = ?1";

constexpr const char* kForgetDone = "DELETE FROM requests WHERE is_done = 1 AND created_ms < ?1";

Result<Request> readRequest(Statement& row) {
  Request request;
  request.request_id = row.takeInteger();
  request.kind = row.takeText();
  Result<Json> arguments = parseJsonColumn(row.takeText(), "request");
  if (!arguments) {
    return failWith(arguments.error());
  }
  request.arguments = std::move(*arguments);
  request.created_ms = row.takeInteger();
  request.is_done = row.takeBool();
  request.error = row.takeText();
  return request;
}

Error noSuchRequest(std::int64_t request_id) {
  return {ErrorCode::kNotFound, fmt::format("there is no request number {}", request_id)};
}

}  // namespace

RequestStore::RequestStore(Database& database) : database_(&database) {}

Result<std::int64_t> RequestStore::add(std::string_view kind,
                                       const Json& arguments,
                                       std::int64_t now_ms) {
  return inWrite(*database_, [&]() -> Result<std::int64_t> {
    Status done = run(*database_, kAddRequest, kind, canonicalJson(arguments), now_ms);
    if (!done) {
      return failWith(done.error());
    }
    return database_->lastInsertId();
  });
}

Result<std::vector<Request>> RequestStore::pending() {
  return readAll(*database_, kPendingRequests, readRequest);
}

Result<Request> RequestStore::get(std::int64_t request_id) {
  Result<std::vector<Request>> found = readAll(*database_, kGetRequest, readRequest, request_id);
  if (!found) {
    return failWith(found.error());
  }
  if (found->empty()) {
    return failWith(noSuchRequest(request_id));
  }
  return std::move(found->front());
}

Status RequestStore::complete(std::int64_t request_id, std::string_view error) {
  return inWrite(*database_, [&]() -> Status {
    Status done = run(*database_, kCompleteRequest, request_id, error);
    if (done && database_->changes() == 0) {
      return failWith(noSuchRequest(request_id));
    }
    return done;
  });
}

Status RequestStore::forgetDone(std::int64_t before_ms) {
  return inWrite(*database_, [&] { return run(*database_, kForgetDone, before_ms); });
}

}  // namespace retort::storage
