#include "gui/models/grid_preview.h"

#include <QFont>
#include <QGuiApplication>
#include <QPalette>

#include <algorithm>

namespace retort::gui {

namespace {

QString qt(const std::string& text) {
  return QString::fromStdString(text);
}

/// Cells of a grid have names that `exclude:` can say.
bool canToggle(const experiments::PlannedRun& planned) {
  return planned.is_cell && !planned.labels.empty();
}

bool isDone(RunState state) {
  return state == RunState::kFinished || state == RunState::kDiverged;
}

}  // namespace

void GridPreviewModel::setPlan(std::shared_ptr<const experiments::DraftPlan> plan) {
  beginResetModel();
  plan_ = std::move(plan);
  axes_.clear();
  if (plan_ != nullptr) {
    for (const experiments::PlannedRun& row : plan_->rows) {
      for (const auto& [axis, label] : row.labels) {
        if (std::find(axes_.begin(), axes_.end(), axis) == axes_.end()) {
          axes_.push_back(axis);
        }
      }
    }
  }
  states_ = readStates();
  count();
  endResetModel();
}

void GridPreviewModel::setRuns(SharedRuns runs) {
  runs_ = std::move(runs);
  auto states = readStates();
  if (states != states_) {
    states_ = std::move(states);
    count();
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
  }
}

std::vector<std::optional<RunState>> GridPreviewModel::readStates() const {
  std::vector<std::optional<RunState>> states(static_cast<std::size_t>(rowCount()));
  for (std::size_t row = 0; row < states.size() && runs_ != nullptr; ++row) {
    const SubmittedRun* planned = runOf(plan_->rows[row]);
    const RunRecord* run = planned == nullptr ? nullptr : runs_->find(planned->spec.run_id);
    if (run != nullptr) {
      states[row] = run->state;
    }
  }
  return states;
}

void GridPreviewModel::count() {
  Counts counts;
  for (std::size_t row = 0; row < states_.size(); ++row) {
    const experiments::PlannedRun& planned = plan_->rows[row];
    const SubmittedRun* run = runOf(planned);
    if (run == nullptr) {
      counts.excluded += planned.is_excluded ? 1 : 0;
      continue;
    }
    ++counts.runs;
    counts.needed += run->membership.is_needed_only ? 1 : 0;
    if (const auto state = states_[row]) {
      counts.done += isDone(*state) ? 1 : 0;
      counts.active += isTerminal(*state) ? 0 : 1;
    }
  }
  counts_ = counts;
}

const experiments::PlannedRun* GridPreviewModel::plannedAt(int row) const {
  return row >= 0 && row < rowCount() ? &plan_->rows[static_cast<std::size_t>(row)] : nullptr;
}

std::vector<const SubmittedRun*> GridPreviewModel::runsToDo() const {
  std::vector<const SubmittedRun*> runs;
  for (std::size_t row = 0; row < states_.size(); ++row) {
    const SubmittedRun* run = runOf(plan_->rows[row]);
    if (run != nullptr && (!states_[row] || !isDone(*states_[row]))) {
      runs.push_back(run);
    }
  }
  return runs;
}

int GridPreviewModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() || plan_ == nullptr ? 0 : static_cast<int>(plan_->rows.size());
}

int GridPreviewModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : kFixedColumns + static_cast<int>(axes_.size()) + 1;
}

const SubmittedRun* GridPreviewModel::runOf(const experiments::PlannedRun& planned) const {
  return planned.run ? &plan_->submission.runs[*planned.run] : nullptr;
}

QString GridPreviewModel::stateText(int row) const {
  if (runOf(*plannedAt(row)) == nullptr) {
    return tr("excluded");
  }
  const auto state = states_[static_cast<std::size_t>(row)];
  return state ? QString::fromUtf8(runStateName(*state).data()) : tr("new");
}

QString GridPreviewModel::text(const experiments::PlannedRun& planned, int row, int column) const {
  if (column == static_cast<int>(Column::kRun)) {
    return QString::number(row + 1);
  }
  if (column == static_cast<int>(Column::kState)) {
    return stateText(row);
  }
  const SubmittedRun* run = runOf(planned);
  if (column == columnCount() - 1) {
    return run != nullptr && run->membership.seed ? QString::number(*run->membership.seed)
                                                  : QString();
  }
  if (run != nullptr && run->membership.is_needed_only) {
    return column == kFixedColumns ? tr("needed: %1").arg(qt(run->name)) : QString();
  }
  const std::string& axis = axes_[static_cast<std::size_t>(column - kFixedColumns)];
  const auto label = std::find_if(planned.labels.begin(),
                                  planned.labels.end(),
                                  [&](const auto& candidate) { return candidate.first == axis; });
  return label == planned.labels.end() ? QString() : qt(label->second);
}

QVariant GridPreviewModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
    return {};
  }
  const experiments::PlannedRun& planned = plan_->rows[static_cast<std::size_t>(index.row())];
  const SubmittedRun* run = runOf(planned);
  switch (role) {
    case Qt::DisplayRole:
      return text(planned, index.row(), index.column());
    case Qt::ToolTipRole:
      return QStringLiteral("<p>%1</p>")
          .arg(run == nullptr ? tr("This cell is excluded; check it to run it.")
                              : qt(run->name).toHtmlEscaped());
    case Qt::CheckStateRole:
      if (index.column() == static_cast<int>(Column::kRun) && canToggle(planned)) {
        return planned.is_excluded ? Qt::Unchecked : Qt::Checked;
      }
      return {};
    case Qt::ForegroundRole:
      if (planned.is_excluded) {
        return QGuiApplication::palette().brush(QPalette::Disabled, QPalette::Text);
      }
      return {};
    default:
      return {};
  }
}

QVariant GridPreviewModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
    return {};
  }
  if (section == static_cast<int>(Column::kRun)) {
    return tr("Run");
  }
  if (section == static_cast<int>(Column::kState)) {
    return tr("State");
  }
  return section == columnCount() - 1
             ? tr("Seed")
             : qt(axes_[static_cast<std::size_t>(section - kFixedColumns)]);
}

Qt::ItemFlags GridPreviewModel::flags(const QModelIndex& index) const {
  Qt::ItemFlags flags = QAbstractTableModel::flags(index);
  const experiments::PlannedRun* planned = plannedAt(index.row());
  if (!index.isValid()) {
    return flags;
  }
  if (planned != nullptr && index.column() == static_cast<int>(Column::kRun) &&
      canToggle(*planned)) {
    flags |= Qt::ItemIsUserCheckable;
  }
  return flags | Qt::ItemNeverHasChildren;
}

bool GridPreviewModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  const experiments::PlannedRun* planned = plannedAt(index.row());
  if (role != Qt::CheckStateRole || planned == nullptr || !canToggle(*planned)) {
    return false;
  }
  const bool is_wanted = value.toInt() == Qt::Checked;
  if (is_wanted == planned->is_excluded) {
    Q_EMIT toggleRequested(index.row());
  }
  return true;
}

}  // namespace retort::gui
