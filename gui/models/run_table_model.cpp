#include "gui/models/run_table_model.h"

#include "core/base/check.h"

#include <algorithm>

namespace retort::gui {
namespace {

QString fromUtf8(std::string_view text) {
  return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

/// Per cent of the steps done; -1 while the number of steps is not known.
double progressOf(const RunRecord& run) {
  if (run.total_steps <= 0) {
    return -1;
  }
  return 100.0 * static_cast<double>(run.step) / static_cast<double>(run.total_steps);
}

QString progressText(const RunRecord& run) {
  const double progress = progressOf(run);
  return progress < 0 ? QString() : QStringLiteral("%1 %").arg(progress, 0, 'f', 0);
}

QString textOf(const RunRecord& run, RunTableModel::Column column) {
  switch (column) {
    case RunTableModel::Column::kRun:
      return fromUtf8(run.spec.run_id);
    case RunTableModel::Column::kName:
      return fromUtf8(run.name);
    case RunTableModel::Column::kState:
      return fromUtf8(runStateName(run.state));
    case RunTableModel::Column::kPhase:
      return fromUtf8(run.phase);
    case RunTableModel::Column::kProgress:
      return progressText(run);
    case RunTableModel::Column::kMessage:
      return fromUtf8(run.message);
  }
  return {};
}

QString titleOf(RunTableModel::Column column) {
  switch (column) {
    case RunTableModel::Column::kRun:
      return RunTableModel::tr("Run");
    case RunTableModel::Column::kName:
      return RunTableModel::tr("Name");
    case RunTableModel::Column::kState:
      return RunTableModel::tr("State");
    case RunTableModel::Column::kPhase:
      return RunTableModel::tr("Phase");
    case RunTableModel::Column::kProgress:
      return RunTableModel::tr("Progress");
    case RunTableModel::Column::kMessage:
      return RunTableModel::tr("Message");
  }
  return {};
}

bool haveSameIds(const std::vector<RunRecord>& left, const std::vector<RunRecord>& right) {
  return std::ranges::equal(
      left,
      right,
      {},
      [](const RunRecord& run) { return run.spec.run_id; },
      [](const RunRecord& run) { return run.spec.run_id; });
}

}  // namespace

void RunTableModel::setRuns(std::vector<RunRecord> runs) {
  if (!haveSameIds(runs_, runs)) {
    beginResetModel();
    runs_ = std::move(runs);
    endResetModel();
    return;
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (runs_[i] != runs[i]) {
      runs_[i] = std::move(runs[i]);
      const int row = static_cast<int>(i);
      Q_EMIT dataChanged(index(row, 0), index(row, kColumnCount - 1));
    }
  }
}

const RunRecord& RunTableModel::runAt(int row) const {
  RETORT_CHECK(row >= 0 && row < rowCount(), "a row of the model");
  return runs_[static_cast<std::size_t>(row)];
}

int RunTableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(runs_.size());
}

int RunTableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : kColumnCount;
}

QVariant RunTableModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) {
    return {};
  }
  const RunRecord& run = runAt(index.row());
  const auto column = static_cast<Column>(index.column());
  if (role == kSortRole && column == Column::kProgress) {
    return progressOf(run);
  }
  if (role == Qt::DisplayRole || role == kSortRole) {
    return textOf(run, column);
  }
  return {};
}

QVariant RunTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 ||
      section >= kColumnCount) {
    return {};
  }
  return titleOf(static_cast<Column>(section));
}

}  // namespace retort::gui
