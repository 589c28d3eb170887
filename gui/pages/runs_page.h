#pragma once

#include "gui/models/run_facts.h"

#include <QJsonObject>
#include <QTimer>
#include <QWidget>

#include <memory>

class QLabel;
class QLineEdit;
class QSplitter;
class QStackedWidget;
class QToolBar;

namespace retort::gui {

class AppContext;
class BackgroundQuery;
class EmptyState;
class RunActions;
class RunDetailsPanel;
class RunFilterModel;
class RunTableModel;
class RunTableView;

/// All runs of the workspace: how far they are, what they gave, and what to do with them.
class RunsPage final : public QWidget {
  Q_OBJECT

 public:
  RunsPage(AppContext& context, QWidget* parent);
  ~RunsPage() override;

  /// Filter, columns, sorting and the division of the page, for the next session.
  [[nodiscard]] QJsonObject state() const;
  /// Takes what `state` gave; what does not fit is ignored.
  void setState(const QJsonObject& state);

 protected:
  void changeEvent(QEvent* event) override;
  void showEvent(QShowEvent* event) override;

 private:
  QToolBar* buildToolBar();
  QWidget* buildFilterRow();
  void connectAll();
  void takeRuns();
  void takeSelection();
  void readFacts();
  void refreshCount();
  void refreshTheme();

  AppContext& context_;
  RunTableModel* runs_ = nullptr;
  RunFilterModel* shown_ = nullptr;
  RunActions* actions_ = nullptr;
  RunTableView* table_ = nullptr;
  RunDetailsPanel* details_ = nullptr;
  QStackedWidget* stack_ = nullptr;
  QSplitter* splitter_ = nullptr;
  QLineEdit* filter_ = nullptr;
  QLabel* count_ = nullptr;
  EmptyState* empty_ = nullptr;
  std::unique_ptr<BackgroundQuery> facts_query_;
  std::shared_ptr<const RunFactsBook> facts_;  ///< null: not read yet
  QTimer facts_timer_;
};

}  // namespace retort::gui
