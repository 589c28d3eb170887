#pragma once

#include "core/agent/clock.h"
#include "core/run/run_record.h"
#include "storage/lease_store.h"

#include <cstdint>
#include <optional>
#include <string>

namespace retort {

/// Who asks for the lease, and where. The host is named with its process namespace: the pids of two
/// containers mean nothing to each other.
struct AgentIdentity {
  ProcessIdentity process;
  std::string host;
};

[[nodiscard]] AgentIdentity ownIdentity();

enum class LeaseAttempt {
  kAcquired,
  kHeldByOther,  ///< another agent is alive
  kUndecided,    ///< the holder gives no sign of life yet; ask again
};

/// Acquires the right to be the agent of a workspace. A holder on this host that is gone is
/// replaced at once; one that exists, or is on another host, is replaced only when its heartbeat
/// has not moved for `kGraceMs` of this process's own steady clock. A holder that wakes up later
/// finds the lease lost before it writes anything.
class LeaseContest {
 public:
  static constexpr std::int64_t kGraceMs = 15'000;

  LeaseContest(storage::LeaseStore& store, const Clock& clock, AgentIdentity self);

  /// One look; to be repeated every some 100 ms while undecided.
  [[nodiscard]] Result<LeaseAttempt> attempt();

 private:
  [[nodiscard]] Result<LeaseAttempt> take(const std::optional<storage::LeaseRecord>& dead);

  storage::LeaseStore* store_;
  const Clock* clock_;
  AgentIdentity self_;
  std::optional<storage::LeaseRecord> watched_;
  std::int64_t watched_since_ms_ = 0;
};

/// True when the holder is on this host and its process is gone: nobody needs to wait for it.
[[nodiscard]] bool isHolderGone(const storage::LeaseRecord& holder, const AgentIdentity& self);

}  // namespace retort
