#pragma once

#include "gui/models/run_table_model.h"

#include <vector>

namespace retort::gui {

/// The columns for these facts: what every run has, factors whose labels differ, final metrics.
[[nodiscard]] std::vector<RunTableModel::Column> makeRunColumns(const RunFactsBook& book);

/// A cell as people read it; empty where the run has nothing.
[[nodiscard]] QString runCellText(const QVariant& value, RunTableModel::ColumnKind kind);

}  // namespace retort::gui
