#pragma once

#include <QSyntaxHighlighter>
#include <QTextCharFormat>

namespace retort::gui {

/// Colours of YAML: keys, texts, numbers, references, comments. Texts of several lines are coloured
/// line by line.
class YamlHighlighter final : public QSyntaxHighlighter {
  Q_OBJECT

 public:
  explicit YamlHighlighter(QTextDocument* document);

  /// Colours for a dark or a light background.
  void setDark(bool is_dark);

 protected:
  void highlightBlock(const QString& text) override;

 private:
  void highlightWord(const QString& text, qsizetype begin, qsizetype end);

  QTextCharFormat key_;
  QTextCharFormat text_;
  QTextCharFormat number_;
  QTextCharFormat reference_;
  QTextCharFormat comment_;
};

}  // namespace retort::gui
