#pragma once

#include "core/base/result.h"

#include <QTabWidget>
#include <QTimer>

#include <memory>
#include <string>

class QLabel;

namespace retort::gui {

class AppContext;
class BackgroundQuery;
class LogView;
class TextTableModel;
struct RunDetails;

/// Everything about one run: overview, settings, environment, attempts, events and log. Read away
/// from the GUI thread, and again while the run changes.
class RunDetailsPanel final : public QTabWidget {
  Q_OBJECT

 public:
  RunDetailsPanel(AppContext& context, QWidget* parent);
  ~RunDetailsPanel() override;

  /// An empty id: nothing is shown.
  void setRun(const std::string& run_id);

  [[nodiscard]] const std::string& run() const { return run_id_; }

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  struct Tables;

  TextTableModel* addTable(const QString& title, const QStringList& columns, bool has_search);
  void load();
  void take(const Result<RunDetails>& details);

  AppContext& context_;
  std::unique_ptr<BackgroundQuery> query_;
  std::unique_ptr<Tables> tables_;
  LogView* log_ = nullptr;
  QLabel* name_ = nullptr;  ///< whose tables these are, beside the tabs
  std::string run_id_;
  bool is_outdated_ = false;
  QTimer timer_;
};

}  // namespace retort::gui
