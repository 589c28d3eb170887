#pragma once

#include "gui/models/run_table_model.h"
#include "gui/models/workspace_watch.h"

#include <QStackedWidget>

class QLabel;
class QTableView;

namespace retort::gui {

/// All runs of a workspace, kept current; or one sentence that says why there are none.
class RunListPage final : public QStackedWidget {
  Q_OBJECT

 public:
  explicit RunListPage(const std::filesystem::path& workspace, QWidget* parent = nullptr);

 private:
  void showRuns(const std::vector<RunRecord>& runs);
  void showSentence(const QString& sentence);

  RunTableModel model_;
  WorkspaceWatch watch_;
  QTableView* table_;
  QLabel* sentence_;
};

}  // namespace retort::gui
