#pragma once

#include "experiments/diagnostic_sink.h"
#include "experiments/experiment_document.h"
#include "experiments/yaml_tree.h"

#include <vector>

namespace retort::experiments {

/// The tables of a report, `- {name: …, title: …, by: […], columns: […], metric: … or […], at: …,
/// baseline: {axis: label} or none}`; all but the name may be missing. The name is a word of
/// lower-case letters, digits and dashes, unique in the report: files are called so.
[[nodiscard]] std::vector<ReportPart> readReportTables(const YamlNode& node,
                                                       const ExperimentDocument& document,
                                                       DiagnosticSink& sink);

/// The figures of a report: as tables, with `kind`, `spread` and `log`, one metric, and for a
/// profile by depth `reference`, a metric that the baseline's runs have to be compared with.
[[nodiscard]] std::vector<ReportPart> readReportFigures(const YamlNode& node,
                                                        const ExperimentDocument& document,
                                                        DiagnosticSink& sink);

}  // namespace retort::experiments
