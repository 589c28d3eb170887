#pragma once

#include "core/base/result.h"
#include "core/run/run_record.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace retort::storage {

class Database;

/// Who is the agent of this workspace.
struct LeaseRecord {
  ProcessIdentity process;
  std::string host;
  std::int64_t heartbeat =
      0;  ///< grows with every `renew`; another host judges life by whether it moves
  std::int64_t acquired_ms = 0;

  bool operator==(const LeaseRecord&) const = default;
};

/// The right to be the agent: at most one holder. Whether a holder is still alive is the caller's
/// judgement (same host: the process; another host: a heartbeat that does not move); the store
/// makes the change atomic.
class LeaseStore {
 public:
  explicit LeaseStore(Database& database);

  [[nodiscard]] Result<std::optional<LeaseRecord>> holder();

  /// Takes the lease if it is free, or if it is still exactly as `dead` (whom the caller found
  /// dead) was seen. Returns false when somebody else was faster, or the dead one has moved.
  [[nodiscard]] Result<bool> acquire(const ProcessIdentity& self,
                                     std::string_view host,
                                     std::int64_t now_ms,
                                     const std::optional<LeaseRecord>& dead = std::nullopt);

  /// Adds one to the heartbeat; false when `self` does not hold the lease (any more): the agent
  /// must then stop writing.
  [[nodiscard]] Result<bool> renew(const ProcessIdentity& self);

  /// Gives it back; does nothing when `self` does not hold it.
  Status release(const ProcessIdentity& self);

 private:
  Database* database_;
};

}  // namespace retort::storage
