#pragma once

#include "core/base/result.h"
#include "storage/workspace_store.h"

#include <chrono>

/// What an agent does to its workspace before it begins to work.
namespace retort {

/// How long clients may still ask what became of a request that is done.
inline constexpr std::chrono::hours kRequestMemory{24 * 7};

/// kDatabase, in one sentence that names the file, the first damage and `retort reindex`, when
/// SQLite finds damage within `limit`. Writes nothing. A database that is busy counts as sound.
[[nodiscard]] Status checkDatabase(storage::WorkspaceStore& store, std::chrono::milliseconds limit);

/// Deletes the requests that were done and are older than kRequestMemory, which nobody asks for any
/// more. Only for the holder of the lease.
[[nodiscard]] Status forgetOldRequests(storage::WorkspaceStore& store, std::int64_t now_ms);

}  // namespace retort
