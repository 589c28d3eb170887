#pragma once

#include <QFrame>

#include <functional>
#include <vector>

class QHBoxLayout;
class QLabel;

namespace retort::gui {

/// A line above the page that asks something and waits for the answer without blocking anything.
class DesignQuestionBar final : public QFrame {
  Q_OBJECT

 public:
  struct Answer {
    QString text;
    std::function<void()> act;  ///< may be empty: nothing happens
  };

  explicit DesignQuestionBar(QWidget* parent = nullptr);

  /// Takes the place of a question that was not answered.
  void ask(const QString& question, const std::vector<Answer>& answers);

 private:
  QLabel* question_;
  QHBoxLayout* buttons_;
};

}  // namespace retort::gui
