#pragma once

#include "core/base/json.h"
#include "trainers/training/analysis_request.h"

#include <filesystem>

namespace retort::train {

/// Measures a trained model with probes: loads the run's model (or a checkpoint), its teacher and
/// its evaluation rows, and runs the probes on batch after batch, in evaluation mode. The result of
/// each probe is the mean over the rows; it is written to DIR/analysis/PROBE-CHECKPOINT.json (and
/// .csv, where the probe has a table of its own), whole or not at all, in place of an earlier one.
/// Nothing else in the run directory changes. A request that names questions gets a whole
/// evaluation besides, as the run makes them: evaluation-CHECKPOINT.json, and
/// lm_eval_results-CHECKPOINT.json in lm-evaluation-harness's layout.
///
/// Returns {run, checkpoint, step, rows, batch, device, analyses: [{probe, file, csv?, results?,
/// settings, points}]}; `points` as point_means.h. Throws TrainError: kMissingInput when the run
/// has no such model (not finished, or removed) or an input is gone, kBadSpec for unknown probes
/// and settings, kBadData for a model that does not fit, kStopped when a signal ended it.
[[nodiscard]] Json analyzeRun(const std::filesystem::path& folder, const AnalysisRequest& request);

}  // namespace retort::train
