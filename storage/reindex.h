#pragma once

#include "core/base/result.h"
#include "core/run/run_spec.h"
#include "core/run/submission.h"
#include "core/run/workspace_layout.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace retort::storage {

/// Writes WORKSPACE/experiments/NAME-HASH.json, the copy from which `reindex` knows the
/// experiments. The agent does it before ExperimentStore::add. Returns the file; writing the same
/// submission again changes nothing.
[[nodiscard]] Result<std::filesystem::path> saveSubmissionCopy(const WorkspacePaths& paths,
                                                               const Submission& submission,
                                                               std::int64_t now_ms);

/// Reads spec.yaml (storage knows no YAML).
using SpecReader = std::function<Result<RunSpec>(const std::filesystem::path& spec_file)>;

struct ReindexReport {
  std::int64_t experiments = 0;
  std::int64_t runs = 0;
  std::int64_t points_bytes = 0;  ///< of event files read
  std::vector<std::string>
      problems;  ///< what could not be read and was left out, one sentence each
  std::filesystem::path
      old_database;  ///< where the previous database file was put; empty: there was none
};

/// Rebuilds the database from experiments/*.json and runs/*/. The new database is made beside and
/// replaces the old one only when it is complete; the old one is kept as workspace.db.old-TIME.
/// Requests and the lease are not kept; notes, tags and priorities are taken from the old database
/// when it can still be read. A run's state follows from its last attempt's "end" event; without
/// one it is stopped. No agent may be running (the caller holds none and has checked the lease).
[[nodiscard]] Result<ReindexReport> reindex(const WorkspacePaths& paths,
                                            const SpecReader& read_spec,
                                            std::int64_t now_ms);

}  // namespace retort::storage
