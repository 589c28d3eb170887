#pragma once

#include <QFrame>
#include <QStringList>
#include <QTimer>

class QLabel;

namespace retort::gui {

/// One line above the pages for what went wrong or well. Errors stay until they are closed, the
/// newest first; other messages go by themselves. The same sentence is never shown twice.
class MessageBar final : public QFrame {
  Q_OBJECT

 public:
  explicit MessageBar(QWidget* parent = nullptr);

  void showSentence(const QString& sentence, bool is_error);

  /// Closes this one, wherever it stands: what it says is not so any more.
  void takeBack(const QString& sentence);

  /// What is shown now; empty: nothing.
  [[nodiscard]] QString sentence() const;

 private:
  void closeNewest();
  void refresh();
  void paintAs(bool is_error);

  QStringList errors_;  ///< not closed yet, the newest last
  QString note_;        ///< a message that is no error
  QTimer note_timer_;
  QLabel* icon_ = nullptr;
  QLabel* text_ = nullptr;
  QLabel* more_ = nullptr;
};

}  // namespace retort::gui
