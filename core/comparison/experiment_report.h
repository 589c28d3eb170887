#pragma once

#include "core/comparison/figure_spec.h"

#include <string>
#include <vector>

namespace retort {

struct ReportTable {
  std::string name;   ///< a word that files are called by
  std::string title;  ///< empty: none
  ComparisonOptions options;

  bool operator==(const ReportTable&) const = default;
};

struct ReportFigure {
  std::string name;
  std::string title;
  FigureSpec figure;  ///< without workspace and file

  bool operator==(const ReportFigure&) const = default;
};

/// The tables and figures that an experiment's `report` asks for.
struct ExperimentReport {
  std::vector<ReportTable> tables;
  std::vector<ReportFigure> figures;

  bool operator==(const ExperimentReport&) const = default;
};

/// Where the report lists neither, it is the comparison table and a figure of every run's value.
/// Baselines whose labels no run has any more (a grid narrowed with --set) are dropped.
[[nodiscard]] ExperimentReport reportOf(const ExperimentRecord& experiment);

}  // namespace retort
