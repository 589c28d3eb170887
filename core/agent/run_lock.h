#pragma once

#include <cstdint>
#include <filesystem>

namespace retort {

/// Who works on a run directory: the trainer holds flock on the file `lock` while it lives and
/// writes its pid into it.
struct RunLock {
  bool is_held = false;
  std::int64_t pid = 0;  ///< 0: not known
};

/// Looks without keeping the lock. For the moment of looking a trainer that starts at the same time
/// would be refused, so ask only about runs that this agent is not just starting.
[[nodiscard]] RunLock readRunLock(const std::filesystem::path& file);

}  // namespace retort
