#pragma once

#include "core/base/result.h"
#include "core/run/run_record.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace retort::storage {

class Database;

/// Wishes of users to the agent, in order. Any process may add; only the agent completes.
class RequestStore {
 public:
  explicit RequestStore(Database& database);

  /// Returns the new request's id.
  [[nodiscard]] Result<std::int64_t> add(std::string_view kind,
                                         const Json& arguments,
                                         std::int64_t now_ms);

  /// Requests not done yet, oldest first.
  [[nodiscard]] Result<std::vector<Request>> pending();

  /// kNotFound when there is none (also after `forgetDone`).
  [[nodiscard]] Result<Request> get(std::int64_t request_id);

  /// Marks a request done; `error` empty: it was carried out. In the same `write` as its effects,
  /// so that it is done once.
  Status complete(std::int64_t request_id, std::string_view error);

  /// Deletes done requests created before `before_ms`.
  Status forgetDone(std::int64_t before_ms);

 private:
  Database* database_;
};

}  // namespace retort::storage
