#pragma once

#include "core/run/log_tail.h"

#include <QTimer>
#include <QWidget>

#include <memory>
#include <string>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;

namespace retort::gui {

class AppContext;
class BackgroundQuery;

/// The end of a run's train.log, followed while it grows, with a search.
class LogView final : public QWidget {
  Q_OBJECT

 public:
  LogView(AppContext& context, QWidget* parent);
  ~LogView() override;

  /// Shows the log of another run; an empty id: none.
  void setRun(const std::string& run_id);

  [[nodiscard]] QString text() const;

  /// Marks the next or previous place of what is searched for; starts anew at the end.
  void find(bool is_backward);

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  void buildSearch();
  void readMore();
  void take(const QString& lines);

  AppContext& context_;
  std::unique_ptr<BackgroundQuery> query_;
  std::shared_ptr<LogTail> tail_;  ///< only in the other thread once it is handed over
  bool is_begun_ = false;
  QTimer timer_;
  QPlainTextEdit* text_ = nullptr;
  QLineEdit* search_ = nullptr;
  QLabel* found_ = nullptr;
  QCheckBox* follow_ = nullptr;
};

}  // namespace retort::gui
