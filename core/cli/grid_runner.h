#pragma once

#include "core/base/result.h"
#include "core/cli/command.h"
#include "core/cli/run_progress.h"
#include "core/cli/workspace_access.h"
#include "experiments/experiment_file.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// From an experiment file to finished runs: what `retort run` and `retort demo` share.
namespace retort::cli {

struct GridOptions {
  std::filesystem::path file;
  std::vector<std::string> overrides;  ///< "key=value"
  std::uint64_t limit = 10000;
};

/// Reads and expands the file. An error's message holds all problems, "file:line:column: …" each;
/// kUsage when all of them are about `overrides`.
[[nodiscard]] Result<experiments::ExpandedExperiment> expandGrid(Catalogues& catalogues,
                                                                 const GridOptions& options);

/// Hands the grid to the agent unless exactly this was submitted last and nothing of it is left to
/// do. `jobs` 0: as many at once as the machine allows. Returns the ids of all its runs, in order.
[[nodiscard]] Result<std::vector<std::string>> submitGrid(storage::WorkspaceStore& store,
                                                          const Submission& submission,
                                                          std::int64_t jobs);

struct WaitResult {
  GridProgress progress;
  bool is_interrupted = false;  ///< the user pressed Ctrl-C; the runs go on
};

/// Shows the runs' progress until nothing of them runs or waits any more: a live block on a
/// terminal, plain lines elsewhere, nothing when `is_quiet`. Starts the agent again when it has
/// died.
[[nodiscard]] Result<WaitResult> waitForRuns(const Session& session,
                                             storage::WorkspaceStore& store,
                                             const std::string& title,
                                             const std::vector<std::string>& run_ids,
                                             bool is_quiet);

/// 0 when all finished or diverged (which is a result), 1 otherwise, 130 after an interruption.
[[nodiscard]] int waitExitCode(const WaitResult& result);

/// The runs that neither finished nor diverged, a line each with the reason; empty when there are
/// none.
[[nodiscard]] std::string failureText(const GridProgress& progress);

}  // namespace retort::cli
