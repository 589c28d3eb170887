#pragma once

#include "core/base/result.h"
#include "storage/run_store.h"

#include <cstdint>
#include <vector>

namespace retort::storage {

class Database;

/// The numbers (rowids) of the runs that a filter describes, in the order of the queue.
[[nodiscard]] Result<std::vector<std::int64_t>> findRuns(Database& database,
                                                         const RunFilter& filter);

}  // namespace retort::storage
