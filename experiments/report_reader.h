#pragma once

#include "experiments/diagnostic_sink.h"
#include "experiments/experiment_document.h"
#include "experiments/yaml_tree.h"

namespace retort::experiments {

/// Reads `report: {metric, better, at, by}`; `node` may be null. `by` must name axes of the
/// document.
[[nodiscard]] ReportRequest readReport(const YamlNode* node,
                                       const ExperimentDocument& document,
                                       DiagnosticSink& sink);

/// Reads `alarms:`, a list of {metric: glob, above and/or below: number, for: points, do: warn |
/// stop}, and returns it as JSON with `for` (default 1) and `do` (default warn) filled in; `node`
/// may be null.
[[nodiscard]] Json readAlarms(const YamlNode* node, DiagnosticSink& sink);

}  // namespace retort::experiments
