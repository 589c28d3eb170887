#include "core/comparison/run_groups.h"

#include "core/base/text.h"

#include <algorithm>

namespace retort {
namespace {

std::vector<std::string> labelsOf(const ComparisonRow& row, const ComparisonColumn& column) {
  std::vector<std::string> labels = row.labels;
  labels.insert(labels.end(), column.labels.begin(), column.labels.end());
  return labels;
}

/// The finished runs first; both parts in the order of the grid.
std::vector<std::string> runsOf(const ComparisonCell& cell) {
  std::vector<std::string> ids;
  for (const CellValue& value : cell.values) {
    ids.push_back(value.run_id);
  }
  for (const AbsentRun& run : cell.absent) {
    if (run.reason != "removed") {
      ids.push_back(run.run_id);
    }
  }
  return ids;
}

}  // namespace

std::vector<RunGroup> groupsOf(const ComparisonTable& table) {
  std::vector<RunGroup> groups;
  for (const ComparisonRow& row : table.rows) {
    const std::vector<std::string>* last_labels = nullptr;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const ComparisonColumn& column = table.columns[i];
      const bool is_other_metric = last_labels != nullptr && *last_labels == column.labels;
      last_labels = &column.labels;
      if (is_other_metric || row.cells[i].expected == 0) {
        continue;
      }
      RunGroup group;
      group.labels = labelsOf(row, column);
      group.name = group.labels.empty() ? table.experiment : joinStrings(group.labels, ", ");
      group.run_ids = runsOf(row.cells[i]);
      groups.push_back(std::move(group));
    }
  }
  return groups;
}

const ComparisonCell* cellOf(const ComparisonTable& table,
                             const RunGroup& group,
                             const std::string& metric) {
  for (const ComparisonRow& row : table.rows) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const ComparisonColumn& column = table.columns[i];
      if (column.metric.name == metric && labelsOf(row, column) == group.labels) {
        return &row.cells[i];
      }
    }
  }
  return nullptr;
}

}  // namespace retort
