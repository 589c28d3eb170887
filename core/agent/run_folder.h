#pragma once

#include "core/base/result.h"
#include "core/run/run_spec.h"
#include "core/run/workspace_layout.h"

#include <string>

/// Run directories. Only ids that satisfy isRunId become paths, and symbolic links are never
/// followed out of the workspace.
namespace retort {

/// Makes WORKSPACE/runs/ID and its spec.yaml unless they are there. kIo when they cannot be
/// written, or the folder is a symbolic link.
[[nodiscard]] Status makeRunFolder(const WorkspacePaths& workspace, const RunSpec& spec);

/// Moves the folder to WORKSPACE/trash/ID-TIME: a wrong word must not cost a day of training.
/// Nothing to do when there is none.
[[nodiscard]] Status removeRunFolder(const WorkspacePaths& workspace, const std::string& run_id);

/// Deletes the checkpoints, so that the next attempt begins at the first step.
[[nodiscard]] Status removeCheckpoints(const WorkspacePaths& workspace, const std::string& run_id);

/// The last line of train.log that is not blank, safe to print; "" when there is none.
[[nodiscard]] std::string lastLogLine(const RunPaths& paths);

/// Bytes in events.jsonl; -1 when there is none.
[[nodiscard]] std::int64_t eventFileBytes(const RunPaths& paths);

}  // namespace retort
