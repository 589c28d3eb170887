#pragma once

#include "core/base/result.h"
#include "core/run/submission.h"
#include "core/run/workspace_layout.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace retort::storage {

/// A submission as WORKSPACE/experiments/NAME-HASH.json keeps it.
struct SubmissionCopy {
  Submission submission;
  std::int64_t created_ms = 0;    ///< first submitted
  std::int64_t submitted_ms = 0;  ///< last submitted

  bool operator==(const SubmissionCopy&) const = default;
};

/// Writes the copy from which `reindex` knows the experiments. The agent does it before
/// ExperimentStore::add. Submitting the same again changes only submitted_ms. Returns the file. The
/// experiment's name is reduced to letters, digits, '.', '_' and '-'.
[[nodiscard]] Result<std::filesystem::path> saveSubmissionCopy(const WorkspacePaths& paths,
                                                               const Submission& submission,
                                                               std::int64_t now_ms);

[[nodiscard]] Result<SubmissionCopy> readSubmissionCopy(const std::filesystem::path& file);

/// All copies of a workspace in the order in which they were last submitted. Unreadable ones are
/// left out, with a sentence each in `problems`.
[[nodiscard]] std::vector<SubmissionCopy> readSubmissionCopies(const WorkspacePaths& paths,
                                                               std::vector<std::string>& problems);

}  // namespace retort::storage
