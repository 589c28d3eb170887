#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>

/// A trainer writes to train.log itself, so that it needs nobody to read what it says; the agent
/// keeps the file from filling the disk.
namespace retort {

/// What a train.log may grow to. Beyond it the middle is left out.
inline constexpr std::int64_t kTrainLogLimit = 64LL << 20;

/// Shortens `log` when it has more than `limit` bytes (at least 4096): its first eighth of `limit`
/// and its last three eighths stay, with a line between them that says so. The file is changed in
/// place, so a trainer that has it open for appending goes on writing to its end and never waits;
/// what it writes in the moment of the change may be lost. Symbolic links and what is no regular
/// file are left alone. Returns true when the file was shortened; kIo when it cannot be.
[[nodiscard]] Result<bool> capTrainLog(const std::filesystem::path& log,
                                       std::int64_t limit = kTrainLogLimit);

}  // namespace retort
