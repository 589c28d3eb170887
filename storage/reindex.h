#pragma once

#include "core/base/result.h"
#include "core/run/run_spec.h"
#include "core/run/workspace_layout.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace retort::storage {

/// Reads spec.yaml (storage knows no YAML).
using SpecReader = std::function<Result<RunSpec>(const std::filesystem::path& spec_file)>;

struct ReindexReport {
  std::int64_t experiments = 0;
  std::int64_t runs = 0;
  std::int64_t event_bytes = 0;  ///< read from event files
  std::vector<std::string>
      problems;  ///< what could not be read and was left out, one sentence each
  std::filesystem::path old_database;  ///< where the previous one was put; empty: there was none
};

/// Rebuilds the database from experiments/*.json (storage/submission_copy.h) and runs/*/. The new
/// one is made beside and takes the place of the old one only when it is complete; the old one is
/// kept as workspace.db.old-TIME.
///
/// A run's state follows from the "end" of its last attempt. What only the database knew (notes,
/// tags, priorities, attempts' processes, the state of runs without an "end") is taken from the old
/// one when it can still be read; without it, such runs are stopped and can be resumed. Requests
/// and the lease are not kept. Runs without a directory (removed ones) stay members of their
/// experiments only.
///
/// Nobody may write meanwhile: the caller has made sure that no agent is running.
[[nodiscard]] Result<ReindexReport> reindex(const WorkspacePaths& paths,
                                            const SpecReader& read_spec,
                                            std::int64_t now_ms);

}  // namespace retort::storage
