#pragma once

#include "core/base/result.h"
#include "core/run/run_record.h"

#include <string>
#include <vector>

namespace retort::storage {
class WorkspaceStore;
}

namespace retort::cli {

/// The run that a user means: the beginning of its id, its exact name, or EXPERIMENT:POSITION as
/// `retort ls` shows them. kNotFound with the nearest; kUsage with the candidates when several fit.
[[nodiscard]] Result<RunRecord> resolveRun(storage::WorkspaceStore& store, const std::string& text);

/// The runs that several words mean; a word may also be the name of an experiment: all of its runs
/// that exist. In the order given, each once.
[[nodiscard]] Result<std::vector<RunRecord>> resolveRuns(storage::WorkspaceStore& store,
                                                         const std::vector<std::string>& texts);

}  // namespace retort::cli
