#pragma once

#include "experiments/catalogue_scope.h"
#include "experiments/diagnostic_sink.h"
#include "experiments/experiment_document.h"

#include <string>
#include <utility>
#include <vector>

namespace retort::experiments {

/// The label of an axis that does not exist in a cell.
inline constexpr const char* kNoLabel = "-";

/// One combination of axis values, before seeds and references.
struct Cell {
  std::vector<std::pair<std::string, std::string>>
      labels;                 ///< axis -> label, in the order of the axes
  GivenSettings settings;     ///< base, axes, overrides: the later ones win; canonical keys
  std::vector<Place> places;  ///< of the value that each axis has, as in `labels`
  bool is_included = false;   ///< from `include:`
};

/// The cells in order (the last axis varies fastest), without the excluded ones, then the included
/// ones. Reports circular conditions; `notes` receives exclusions that exclude nothing.
[[nodiscard]] std::vector<Cell> makeCells(const ExperimentDocument& document,
                                          const CatalogueScope& catalogue,
                                          DiagnosticSink& sink,
                                          std::vector<std::string>& notes);

/// The choices as labels, one for each axis; a report for a choice of several values.
[[nodiscard]] std::map<std::string, std::string> matchLabels(const CellMatch& match,
                                                             const ExperimentDocument& document,
                                                             DiagnosticSink& sink);

}  // namespace retort::experiments
