#pragma once

#include "core/tables/comparison_table.h"

#include <string>
#include <vector>

namespace retort {

/// The runs of one configuration of a comparison, for figures.
struct RunGroup {
  std::string name;                  ///< its labels: "score, ov"
  std::vector<std::string> labels;   ///< of the row factors, then of the column factors
  std::vector<std::string> run_ids;  ///< all but removed ones, whatever their state

  bool operator==(const RunGroup&) const = default;
};

/// The configurations of a table, row by row, without those that are no part of the grid. The place
/// of a group in this list is what its colour comes from, so that it has one colour in all figures.
[[nodiscard]] std::vector<RunGroup> groupsOf(const ComparisonTable& table);

/// The group's cell of a metric of the table, given by name; null when the table has no such
/// metric.
[[nodiscard]] const ComparisonCell* cellOf(const ComparisonTable& table,
                                           const RunGroup& group,
                                           const std::string& metric);

}  // namespace retort
