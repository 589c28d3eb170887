#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace retort::gui {

class AppContext;

/// What a page shows instead of its contents: a heading, a sentence that says what to do, and
/// perhaps a button that goes to the page where it is done. All texts are plain.
class EmptyState final : public QWidget {
  Q_OBJECT

 public:
  EmptyState(AppContext& context, QWidget* parent);

  /// Why the workspace has no runs to show: `problem` is why it cannot be read, or empty.
  void tellNoRuns(const QString& problem = {});

  /// Runs are there, but none is selected.
  void tellNoneSelected(const QString& sentence);

  [[nodiscard]] QString sentence() const;

 private:
  void tell(const QString& heading, const QString& sentence);
  void offer(const QString& text, const QString& icon_name, const QString& page);

  AppContext& context_;
  QLabel* heading_;
  QLabel* sentence_;
  QPushButton* button_;
  QString page_;  ///< the button goes there
};

}  // namespace retort::gui
