#include "core/agent/agent_lease.h"

#include "core/agent/process_identity.h"

#include <array>
#include <filesystem>
#include <utility>

#include <unistd.h>

namespace retort {
namespace {

std::string hostName() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) {
    return "unknown";
  }
  return name.data();
}

}  // namespace

AgentIdentity ownIdentity() {
  AgentIdentity self;
  self.process = identifyProcess(::getpid()).value_or(ProcessIdentity{::getpid(), 0, bootId()});
  std::error_code error;
  const auto pid_namespace = std::filesystem::read_symlink("/proc/self/ns/pid", error);
  self.host = hostName() + " " + pid_namespace.string();
  return self;
}

bool isHolderGone(const storage::LeaseRecord& holder, const AgentIdentity& self) {
  return holder.host == self.host && !isAlive(holder.process);
}

LeaseContest::LeaseContest(storage::LeaseStore& store, const Clock& clock, AgentIdentity self)
    : store_(&store),
      clock_(&clock),
      self_(std::move(self)) {}

Result<LeaseAttempt> LeaseContest::attempt() {
  const auto holder = store_->holder();
  if (!holder) {
    return failWith(holder.error());
  }
  if (!*holder) {
    return take(std::nullopt);
  }
  if ((*holder)->process == self_.process && (*holder)->host == self_.host) {
    return LeaseAttempt::kAcquired;
  }
  if (isHolderGone(**holder, self_)) {
    return take(*holder);
  }
  const std::int64_t now_ms = clock_->steadyMs();
  if (!watched_) {
    watched_ = *holder;
    watched_since_ms_ = now_ms;
    return LeaseAttempt::kUndecided;
  }
  if (*watched_ != **holder) {
    return LeaseAttempt::kHeldByOther;
  }
  if (now_ms - watched_since_ms_ >= kGraceMs) {
    return take(watched_);
  }
  return LeaseAttempt::kUndecided;
}

Result<LeaseAttempt> LeaseContest::take(const std::optional<storage::LeaseRecord>& dead) {
  const auto taken = store_->acquire(self_.process, self_.host, clock_->wallMs(), dead);
  if (!taken) {
    return failWith(taken.error());
  }
  return *taken ? LeaseAttempt::kAcquired : LeaseAttempt::kHeldByOther;
}

}  // namespace retort
