#pragma once

#include "core/agent/process_runner.h"
#include "core/plan/schedule.h"
#include "core/run/workspace_layout.h"

#include <string>

namespace retort {

/// The command of one attempt: `TRAINER --run DIR` in the run directory, output appended to
/// train.log, and
///   RETORT_ATTEMPT                    number of the attempt
///   RETORT_THREADS, OMP_NUM_THREADS, MKL_NUM_THREADS   granted threads
///   CUDA_VISIBLE_DEVICES              granted GPUs, "" for none; not set on a machine without GPUs
///   RETORT_RUN_DIR                    marks all processes of the run
[[nodiscard]] ProcessCommand makeTrainerCommand(const Argv& trainer,
                                                const RunPaths& paths,
                                                int attempt,
                                                const Grant& grant,
                                                bool machine_has_gpus);

}  // namespace retort
