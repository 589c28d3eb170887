#pragma once

#include <QMainWindow>

class QAction;
class QStackedWidget;

namespace retort::gui {

class AppContext;
class DesignPage;
class MessageBar;

/// The window: a bar to choose one of four pages, the page, and a line for messages.
class MainWindow final : public QMainWindow {
  Q_OBJECT

 public:
  explicit MainWindow(AppContext& context, QWidget* parent = nullptr);

  /// "design", "runs", "watch" or "compare"; other names are ignored.
  void showPage(const QString& name);
  [[nodiscard]] QString currentPage() const;

  /// Shows an experiment file in the design page.
  void openFile(const QString& file);

 private:
  void buildPages();
  void addPage(const QString& name, const QString& title, QWidget* page);

  AppContext& context_;
  MessageBar* messages_ = nullptr;
  QStackedWidget* pages_ = nullptr;
  DesignPage* design_ = nullptr;
  QList<QAction*> page_actions_;
};

}  // namespace retort::gui
