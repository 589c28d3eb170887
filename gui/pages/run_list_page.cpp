#include "gui/pages/run_list_page.h"

#include <QHeaderView>
#include <QLabel>
#include <QSortFilterProxyModel>
#include <QTableView>

namespace retort::gui {

RunListPage::RunListPage(const std::filesystem::path& workspace, QWidget* parent)
    : QStackedWidget(parent),
      watch_(workspace),
      table_(new QTableView(this)),
      sentence_(new QLabel(this)) {
  auto* sorted = new QSortFilterProxyModel(this);
  sorted->setSourceModel(&model_);
  sorted->setSortRole(RunTableModel::kSortRole);
  table_->setModel(sorted);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setSortingEnabled(true);
  table_->sortByColumn(-1, Qt::AscendingOrder);  // as the workspace lists them
  table_->horizontalHeader()->setStretchLastSection(true);
  table_->verticalHeader()->hide();
  sentence_->setAlignment(Qt::AlignCenter);
  sentence_->setWordWrap(true);
  sentence_->setTextFormat(Qt::PlainText);
  addWidget(table_);
  addWidget(sentence_);
  connect(&watch_, &WorkspaceWatch::runsRead, this, &RunListPage::showRuns);
  connect(&watch_, &WorkspaceWatch::readFailed, this, &RunListPage::showSentence);
  watch_.start();
}

void RunListPage::showRuns(const std::vector<RunRecord>& runs) {
  model_.setRuns(runs);
  if (runs.empty()) {
    showSentence(tr("There are no runs yet: \"retort run FILE\" starts some."));
    return;
  }
  if (currentWidget() != table_) {
    table_->resizeColumnsToContents();
    setCurrentWidget(table_);
  }
}

void RunListPage::showSentence(const QString& sentence) {
  sentence_->setText(sentence);
  setCurrentWidget(sentence_);
}

}  // namespace retort::gui
