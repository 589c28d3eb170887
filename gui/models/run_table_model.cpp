#include "gui/models/run_table_model.h"

#include "core/base/check.h"
#include "core/run/run_states.h"
#include "gui/models/icons.h"
#include "gui/models/run_colors.h"
#include "gui/models/run_columns.h"

#include <QColor>

#include <algorithm>
#include <utility>

namespace retort::gui {
namespace {

QString iconNameOf(RunState state) {
  switch (state) {
    case RunState::kQueued:
      return QStringLiteral("queued");
    case RunState::kPaused:
      return QStringLiteral("pause");
    case RunState::kBlocked:
      return QStringLiteral("blocked");
    case RunState::kRunning:
      return QStringLiteral("resume");
    case RunState::kStopping:
    case RunState::kStopped:
      return QStringLiteral("stop");
    case RunState::kFinished:
      return QStringLiteral("done");
    case RunState::kDiverged:
      return QStringLiteral("warning");
    case RunState::kFailed:
      return QStringLiteral("error");
  }
  return {};
}

/// Numbers stand below each other.
QVariant alignmentOf(RunTableModel::ColumnKind kind) {
  const bool is_text =
      kind == RunTableModel::ColumnKind::kText || kind == RunTableModel::ColumnKind::kTime;
  return QVariant(Qt::Alignment((is_text ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
}

// What is done in one go takes a few milliseconds.
constexpr std::size_t kMostLooks = 2000;  // at rows that may not have changed
constexpr int kMostChanges = 200;
constexpr int kMostPieces = 50;  // of rows to remove

bool isEditable(const QString& field) {
  return field == QLatin1String("note") || field == QLatin1String("tags");
}

}  // namespace

RunTableModel::RunTableModel(QObject* parent)
    : QAbstractTableModel(parent),
      columns_(makeRunColumns({})),
      runs_(shareRuns({})),
      book_(std::make_shared<const RunFactsBook>()) {
  for (const RunState state : kRunStates) {
    icons_.emplace(state, icon(iconNameOf(state)));
  }
  pass_timer_.setSingleShot(true);
  connect(&pass_timer_, &QTimer::timeout, this, &RunTableModel::continuePass);
}

const RunFacts& RunTableModel::factsOf(const std::string& run_id) const {
  static const RunFacts kNone;
  const auto found = book_->facts.find(run_id);
  return found == book_->facts.end() ? kNone : found->second;
}

void RunTableModel::setRuns(SharedRuns runs) {
  runs_ = std::move(runs);
  startPass();
}

void RunTableModel::setFacts(std::shared_ptr<const RunFactsBook> book) {
  book_ = std::move(book);
  std::vector<Column> columns = makeRunColumns(*book_);
  if (columns != columns_) {
    beginResetModel();
    columns_ = std::move(columns);
    for (Entry& entry : entries_) {
      entry.cells.clear();
    }
    endResetModel();
  }
  startPass();
}

/// From the first run again: those that are as they should be take next to no time.
void RunTableModel::startPass() {
  next_ = 0;
  continuePass();
}

void RunTableModel::continuePass() {
  if (removeMissing()) {
    takeChanges();
  }
  if (next_ < runs_->runs().size() || rowCount() > static_cast<int>(runs_->runs().size())) {
    pass_timer_.start();
  } else {
    pass_timer_.stop();
    Q_EMIT caughtUp(std::exchange(has_other_rows_, false));
  }
}

/// False when there are more to be removed than fit into one go.
bool RunTableModel::removeMissing() {
  const auto is_missing = [&](int row) {
    return runs_->find(entries_[static_cast<std::size_t>(row)].row.run.spec.run_id) == nullptr;
  };
  // From the end, in pieces of neighbours, so that rows before a piece keep their numbers.
  int last = rowCount() - 1;
  int pieces = 0;
  while (last >= 0 && pieces < kMostPieces) {
    if (!is_missing(last)) {
      --last;
      continue;
    }
    int first = last;
    while (first > 0 && is_missing(first - 1)) {
      --first;
    }
    beginRemoveRows({}, first, last);
    entries_.erase(entries_.begin() + first, entries_.begin() + last + 1);
    endRemoveRows();
    ++pieces;
    last = first - 1;
  }
  if (pieces > 0) {
    has_other_rows_ = true;
    rows_.clear();
    for (std::size_t row = 0; row < entries_.size(); ++row) {
      rows_.emplace(entries_[row].row.run.spec.run_id, static_cast<int>(row));
    }
  }
  return pieces < kMostPieces;
}

void RunTableModel::takeChanges() {
  std::vector<Entry> added;
  int changed = 0;
  const std::vector<RunRecord>& runs = runs_->runs();
  const std::size_t end = std::min(runs.size(), next_ + kMostLooks);
  for (; next_ < end && changed < kMostChanges; ++next_) {
    const RunRecord& run = runs[next_];
    const RunFacts& facts = factsOf(run.spec.run_id);
    const int row = rowOf(run.spec.run_id);
    if (row < 0) {
      added.push_back({makeRunRow(run, facts), {}});
      ++changed;
    } else if (rowAt(row).run != run || rowAt(row).facts != facts) {
      update(row, makeRunRow(run, facts));
      ++changed;
    }
  }
  append(std::move(added));
}

void RunTableModel::append(std::vector<Entry> added) {
  if (added.empty()) {
    return;
  }
  has_other_rows_ = true;
  beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(added.size()) - 1);
  for (Entry& entry : added) {
    rows_.emplace(entry.row.run.spec.run_id, rowCount());
    entries_.push_back(std::move(entry));
  }
  endInsertRows();
}

void RunTableModel::update(int row, RunRow changed) {
  Entry& entry = entries_[static_cast<std::size_t>(row)];
  entry.row = std::move(changed);
  entry.cells.clear();
  Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
}

void RunTableModel::setDark(bool is_dark) {
  if (std::exchange(is_dark_, is_dark) != is_dark && rowCount() > 0) {
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, 0), {Qt::DecorationRole});
  }
}

int RunTableModel::columnOf(const QString& field) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].field == field) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

int RunTableModel::rowOf(const std::string& run_id) const {
  const auto found = rows_.find(run_id);
  return found == rows_.end() ? -1 : found->second;
}

const RunRow& RunTableModel::rowAt(int row) const {
  RETORT_CHECK(row >= 0 && row < rowCount(), "a row of the model");
  return entries_[static_cast<std::size_t>(row)].row;
}

RunTableModel::Cell& RunTableModel::cellAt(int row, int column) const {
  const Entry& entry = entries_[static_cast<std::size_t>(row)];
  const auto place = static_cast<std::size_t>(column);
  entry.cells.resize(columns_.size());
  Cell& cell = entry.cells[place];
  if (!cell.value) {
    cell.value = runField(entry.row, columns_[place].field);
  }
  return cell;
}

const QVariant& RunTableModel::valueAt(int row, int column) const {
  return *cellAt(row, column).value;
}

const QString& RunTableModel::foldedTextAt(int row, int column) const {
  Cell& cell = cellAt(row, column);
  if (!cell.folded) {
    cell.folded = cell.value->toString().toCaseFolded();
  }
  return *cell.folded;
}

int RunTableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(entries_.size());
}

int RunTableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(columns_.size());
}

QVariant RunTableModel::decoration(const Entry& entry, const QString& field) const {
  if (field == QLatin1String("name")) {
    return runColor(entry.row.run.spec.run_id, is_dark_);
  }
  if (field == QLatin1String("state")) {
    return icons_.at(entry.row.run.state);
  }
  return {};
}

QVariant RunTableModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount() || index.column() >= columnCount()) {
    return {};
  }
  const Entry& entry = entries_[static_cast<std::size_t>(index.row())];
  const Column& column = columns_[static_cast<std::size_t>(index.column())];
  const QVariant& value = valueAt(index.row(), index.column());
  switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
      return runCellText(value, column.kind);
    case Qt::EditRole:
      return column.field == QLatin1String("note") ? QString::fromStdString(entry.row.run.note)
                                                   : runCellText(value, column.kind);
    case Qt::ToolTipRole:
      // Escaped: a tool tip would take "<b>" in a name for markup.
      return column.kind == ColumnKind::kText ? value.toString().toHtmlEscaped() : QVariant();
    case Qt::TextAlignmentRole:
      return alignmentOf(column.kind);
    case Qt::DecorationRole:
      return decoration(entry, column.field);
    case kValueRole:
      return value;
    case kRunIdRole:
      return QString::fromStdString(entry.row.run.spec.run_id);
    default:
      return {};
  }
}

QVariant RunTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
    return {};
  }
  const Column& column = columns_[static_cast<std::size_t>(section)];
  if (role == Qt::DisplayRole) {
    return column.title;
  }
  if (role == Qt::TextAlignmentRole) {
    return alignmentOf(column.kind);
  }
  return role == Qt::ToolTipRole ? QVariant(column.title.toHtmlEscaped()) : QVariant();
}

Qt::ItemFlags RunTableModel::flags(const QModelIndex& index) const {
  const Qt::ItemFlags flags = QAbstractTableModel::flags(index);
  if (!index.isValid() || index.column() >= columnCount()) {
    return flags;
  }
  const QString& field = columns_[static_cast<std::size_t>(index.column())].field;
  return isEditable(field) ? flags | Qt::ItemIsEditable : flags;
}

bool RunTableModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (role != Qt::EditRole || !flags(index).testFlag(Qt::ItemIsEditable)) {
    return false;
  }
  const QString text = value.toString().trimmed();
  if (text != data(index, Qt::EditRole).toString()) {
    Q_EMIT edited(data(index, kRunIdRole).toString(),
                  columns_[static_cast<std::size_t>(index.column())].field,
                  text);
  }
  return true;
}

}  // namespace retort::gui
