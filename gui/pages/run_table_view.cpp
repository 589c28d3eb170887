#include "gui/pages/run_table_view.h"

#include "gui/models/run_filter_model.h"
#include "gui/models/run_table_model.h"
#include "gui/pages/run_delegate.h"

#include <QHeaderView>
#include <QJsonArray>
#include <QMenu>

#include <algorithm>

namespace retort::gui {
namespace {

constexpr int kNarrowest = 40;
constexpr int kWidest = 2000;
constexpr int kMostMeasured = 200;

/// A width in letters that suits the cells of a column at first; `longest`: of the texts in it.
int lettersOf(const RunTableModel::Column& column, int longest) {
  if (column.field == QLatin1String("name")) {
    return std::clamp(longest + 8, 16, 48);  // a colour, too
  }
  if (column.field == QLatin1String("message") || column.field == QLatin1String("note")) {
    return 24;
  }
  if (column.field == QLatin1String("state")) {
    return 16;  // an icon, too
  }
  const int least = column.kind == RunTableModel::ColumnKind::kTime ? 20 : 11;
  const int of_cells = column.kind == RunTableModel::ColumnKind::kText ? longest + 2 : 0;
  return std::clamp(std::max(static_cast<int>(column.title.size()) + 4, of_cells), least, 24);
}

qsizetype placeOf(const QJsonArray& columns, const QJsonValue& field) {
  const auto found = std::ranges::find_if(
      columns, [&](const QJsonValue& column) { return column[QLatin1String("field")] == field; });
  return found - columns.begin();
}

/// Columns of the last session that are not there (yet) keep their place behind their neighbour.
QJsonArray withAbsent(QJsonArray columns, const QJsonArray& wanted) {
  for (qsizetype i = 0; i < wanted.size(); ++i) {
    const QJsonValue field = wanted[i][QLatin1String("field")];
    if (placeOf(columns, field) < columns.size()) {
      continue;
    }
    const QJsonValue neighbour = i == 0 ? QJsonValue() : wanted[i - 1][QLatin1String("field")];
    const qsizetype place = i == 0 ? 0 : placeOf(columns, neighbour) + 1;
    columns.insert(std::min(place, columns.size()), wanted[i]);
  }
  return columns;
}

}  // namespace

RunTableView::RunTableView(RunTableModel& runs, RunFilterModel& shown, QWidget* parent)
    : QTableView(parent),
      runs_(runs),
      shown_(shown) {
  setModel(&shown_);
  setAccessibleName(tr("Runs"));
  setItemDelegate(new RunDelegate(this));
  setSelectionBehavior(QAbstractItemView::SelectRows);
  setSelectionMode(QAbstractItemView::ExtendedSelection);
  setEditTriggers(QAbstractItemView::EditKeyPressed | QAbstractItemView::DoubleClicked);
  setAlternatingRowColors(true);
  setShowGrid(false);
  setWordWrap(false);
  setTextElideMode(Qt::ElideRight);
  setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  setContextMenuPolicy(Qt::ActionsContextMenu);
  setTabKeyNavigation(false);
  verticalHeader()->hide();
  verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
  QHeaderView* header = horizontalHeader();
  header->setSectionsMovable(true);
  header->setHighlightSections(false);
  // A header asks each run for each column whether the whole column is selected.
  header->setSelectionModel(new QItemSelectionModel(&shown_, header));
  header->setStretchLastSection(true);
  header->setContextMenuPolicy(Qt::CustomContextMenu);
  connect(header, &QWidget::customContextMenuRequested, this, &RunTableView::showColumnsMenu);
  // No column sorts at first: the order of the queue.
  header->setSortIndicator(-1, Qt::AscendingOrder);
  header->setSortIndicatorClearable(true);
  setSortingEnabled(true);
  connect(&runs_, &QAbstractItemModel::modelAboutToBeReset, this, [this] { wanted_ = state(); });
  connect(&shown_, &QAbstractItemModel::modelReset, this, &RunTableView::applyState);
  applyState();
}

std::vector<std::string> RunTableView::selectedRuns() const {
  std::vector<int> rows;
  for (const QItemSelectionRange& range : selectionModel()->selection()) {
    for (int row = range.top(); row <= range.bottom(); ++row) {
      rows.push_back(row);
    }
  }
  std::ranges::sort(rows);
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  std::vector<std::string> run_ids;
  run_ids.reserve(rows.size());
  for (const int row : rows) {
    run_ids.push_back(shown_.runIdAt(row));
  }
  return run_ids;
}

QItemSelection RunTableView::rangesOf(const std::vector<std::string>& run_ids) const {
  std::vector<int> rows;
  for (const std::string& run_id : run_ids) {
    const int row = runs_.rowOf(run_id);
    const QModelIndex index = row < 0 ? QModelIndex() : shown_.mapFromSource(runs_.index(row, 0));
    if (index.isValid()) {
      rows.push_back(index.row());
    }
  }
  std::ranges::sort(rows);
  // Few ranges: every cell that is drawn looks through them.
  QItemSelection selection;
  const int last_column = shown_.columnCount() - 1;
  for (std::size_t begin = 0; begin < rows.size();) {
    std::size_t end = begin + 1;
    while (end < rows.size() && rows[end] <= rows[end - 1] + 1) {
      ++end;
    }
    selection.select(shown_.index(rows[begin], 0), shown_.index(rows[end - 1], last_column));
    begin = end;
  }
  return selection;
}

void RunTableView::selectRuns(const std::vector<std::string>& run_ids) {
  if (run_ids == selectedRuns()) {
    return;
  }
  const QItemSelection selection = rangesOf(run_ids);
  is_selecting_ = true;
  selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
  is_selecting_ = false;
  if (!selection.isEmpty()) {
    const QModelIndex first = selection.first().topLeft();
    selectionModel()->setCurrentIndex(first, QItemSelectionModel::NoUpdate);
    scrollTo(first.siblingAtColumn(columnAt(0)));
  }
}

void RunTableView::editField(const QString& field) {
  const int column = runs_.columnOf(field);
  const QItemSelection selection = selectionModel()->selection();
  if (column < 0 || selection.isEmpty()) {
    return;
  }
  setColumnHidden(column, false);
  const QModelIndex cell = shown_.index(selection.first().top(), column);
  scrollTo(cell);
  selectionModel()->setCurrentIndex(cell, QItemSelectionModel::NoUpdate);
  edit(cell);
}

void RunTableView::fillColumnsMenu(QMenu& menu) {
  const auto& columns = runs_.columns();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const int column = static_cast<int>(i);
    QString title = columns[i].title;
    auto* action = menu.addAction(title.replace(QLatin1Char('&'), QLatin1String("&&")));
    action->setCheckable(true);
    action->setChecked(!isColumnHidden(column));
    action->setEnabled(columns[i].field != QLatin1String("name"));
    connect(action, &QAction::toggled, this, [this, column](bool is_on) {
      setColumnHidden(column, !is_on);
    });
  }
}

void RunTableView::showColumnsMenu(const QPoint& place) {
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  fillColumnsMenu(*menu);
  menu->popup(horizontalHeader()->mapToGlobal(place));
}

QJsonObject RunTableView::state() const {
  const QHeaderView* header = horizontalHeader();
  const auto& columns = runs_.columns();
  int last = header->count() - 1;  // takes what is left of the window: its width says nothing
  while (last > 0 && header->isSectionHidden(header->logicalIndex(last))) {
    --last;
  }
  QJsonArray list;
  for (int visual = 0; visual < header->count(); ++visual) {
    const int column = header->logicalIndex(visual);
    const bool is_hidden = header->isSectionHidden(column);
    QJsonObject entry;
    entry[QLatin1String("field")] = columns[static_cast<std::size_t>(column)].field;
    entry[QLatin1String("shown")] = !is_hidden;
    const auto given = first_widths_.constFind(columns[static_cast<std::size_t>(column)].field);
    const bool is_chosen =
        given == first_widths_.constEnd() || *given != header->sectionSize(column);
    if (!is_hidden && visual != last && is_chosen) {
      entry[QLatin1String("width")] = header->sectionSize(column);
    }
    list.append(entry);
  }
  QJsonObject state;
  state[QLatin1String("columns")] = withAbsent(list, wanted_[QLatin1String("columns")].toArray());
  const int sorted = header->sortIndicatorSection();
  if (sorted >= 0 && sorted < static_cast<int>(columns.size())) {
    state[QLatin1String("sort")] = columns[static_cast<std::size_t>(sorted)].field;
    state[QLatin1String("descending")] = header->sortIndicatorOrder() == Qt::DescendingOrder;
  } else if (runs_.columnOf(wanted_[QLatin1String("sort")].toString()) < 0) {
    state[QLatin1String("sort")] = wanted_[QLatin1String("sort")];
    state[QLatin1String("descending")] = wanted_[QLatin1String("descending")];
  }
  return state;
}

void RunTableView::setState(const QJsonObject& state) {
  wanted_ = state;
  applyState();
}

/// Of the first rows: looking at all of ten thousand takes too long.
int RunTableView::longestText(int column) const {
  qsizetype longest = 0;
  for (int row = 0; row < std::min(shown_.rowCount(), kMostMeasured); ++row) {
    longest = std::max(longest, shown_.index(row, column).data().toString().size());
  }
  return static_cast<int>(longest);
}

void RunTableView::applyState() {
  QHeaderView* header = horizontalHeader();
  const auto& columns = runs_.columns();
  const int letter = fontMetrics().averageCharWidth();
  for (int column = 0; column < static_cast<int>(columns.size()); ++column) {
    const auto& spec = columns[static_cast<std::size_t>(column)];
    setColumnHidden(column, !spec.is_shown_at_first);
    setColumnWidth(column, lettersOf(spec, longestText(column)) * letter);
    first_widths_[spec.field] = columnWidth(column);
  }
  QJsonArray logical;
  for (const auto& column : columns) {
    logical.append(QJsonObject{{QStringLiteral("field"), column.field},
                               {QStringLiteral("shown"), column.is_shown_at_first}});
  }
  // Columns that are new since then stand behind their neighbour, too.
  int visual = 0;
  for (const QJsonValue& value : withAbsent(wanted_[QLatin1String("columns")].toArray(), logical)) {
    const int column = runs_.columnOf(value[QLatin1String("field")].toString());
    if (column < 0) {
      continue;
    }
    // The name stays: a row without it says nothing.
    setColumnHidden(column, column > 0 && !value[QLatin1String("shown")].toBool(true));
    const int width = value[QLatin1String("width")].toInt();
    if (width > 0) {
      setColumnWidth(column, std::clamp(width, kNarrowest, kWidest));
    }
    header->moveSection(header->visualIndex(column), visual++);
  }
  const int sorted = runs_.columnOf(wanted_[QLatin1String("sort")].toString());
  const bool is_descending = wanted_[QLatin1String("descending")].toBool();
  header->setSortIndicator(sorted, is_descending ? Qt::DescendingOrder : Qt::AscendingOrder);
}

void RunTableView::selectionChanged(const QItemSelection& selected,
                                    const QItemSelection& deselected) {
  QTableView::selectionChanged(selected, deselected);
  if (!is_selecting_) {
    Q_EMIT runsSelected();
  }
}

}  // namespace retort::gui
