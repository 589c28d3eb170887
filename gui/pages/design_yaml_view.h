#pragma once

#include "experiments/diagnostic.h"

#include <QPlainTextEdit>

#include <vector>

namespace retort::gui {

class YamlHighlighter;

/// The text of an experiment: line numbers, colours, and problems underlined where they are, with
/// their message as tool tip.
class DesignYamlView final : public QPlainTextEdit {
  Q_OBJECT

 public:
  explicit DesignYamlView(QWidget* parent = nullptr);

  void setDiagnostics(const std::vector<experiments::Diagnostic>& diagnostics);

  /// Puts the cursor there (both from 1) and shows it.
  void goTo(int line, int column);

 protected:
  bool event(QEvent* event) override;
  void changeEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  class LineNumbers;

  struct Problem {
    QTextCursor place;
    QString message;
  };

  [[nodiscard]] int numbersWidth() const;
  void paintNumbers(QPaintEvent* event);
  void placeNumbers();
  void applyTheme();
  void breakLine();
  void showSelections();
  [[nodiscard]] QString problemAt(int position) const;

  YamlHighlighter* highlighter_;
  LineNumbers* numbers_;
  std::vector<Problem> problems_;
  bool is_leaving_ = false;  ///< Escape was pressed: the next Tab moves on
};

}  // namespace retort::gui
