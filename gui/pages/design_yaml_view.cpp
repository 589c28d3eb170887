#include "gui/pages/design_yaml_view.h"

#include "gui/models/palette_colors.h"
#include "gui/models/yaml_highlighter.h"

#include <QFontDatabase>
#include <QHelpEvent>
#include <QPainter>
#include <QTextBlock>
#include <QToolTip>

#include <algorithm>
#include <utility>

namespace retort::gui {

namespace {

constexpr int kMargin = 6;
constexpr int kIndent = 2;

}  // namespace

/// The strip at the left; the view paints it.
class DesignYamlView::LineNumbers final : public QWidget {
 public:
  explicit LineNumbers(DesignYamlView* view) : QWidget(view), view_(view) {}

  [[nodiscard]] QSize sizeHint() const override { return {view_->numbersWidth(), 0}; }

 protected:
  void paintEvent(QPaintEvent* event) override { view_->paintNumbers(event); }

 private:
  DesignYamlView* view_;
};

DesignYamlView::DesignYamlView(QWidget* parent)
    : QPlainTextEdit(parent),
      highlighter_(new YamlHighlighter(document())),
      numbers_(new LineNumbers(this)) {
  setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  setLineWrapMode(NoWrap);
  setTabChangesFocus(false);
  setAccessibleName(tr("Text of the experiment (YAML)"));
  setAccessibleDescription(tr("Tab indents; Escape and Tab, or Shift+Tab, leave the text."));
  setPlaceholderText(tr("experiment: a-name"));
  connect(this, &QPlainTextEdit::blockCountChanged, this, &DesignYamlView::placeNumbers);
  connect(this, &QPlainTextEdit::cursorPositionChanged, this, &DesignYamlView::showSelections);
  connect(this, &QPlainTextEdit::updateRequest, this, [this](const QRect& rect, int dy) {
    dy != 0 ? numbers_->scroll(0, dy)
            : numbers_->update(0, rect.y(), numbers_->width(), rect.height());
  });
  applyTheme();
  placeNumbers();
}

void DesignYamlView::setDiagnostics(const std::vector<experiments::Diagnostic>& diagnostics) {
  problems_.clear();
  for (const experiments::Diagnostic& diagnostic : diagnostics) {
    const int line = std::clamp(diagnostic.place.line, 1, document()->blockCount());
    const QTextBlock block = document()->findBlockByNumber(line - 1);
    const QString text = block.text();
    const int wanted = std::max(diagnostic.place.column - 1, 0);
    const int begin = std::min(wanted, std::max(static_cast<int>(text.size()) - 1, 0));
    int end = begin + 1;
    while (end < text.size() && !QStringLiteral(" ,:]}").contains(text[end])) {
      ++end;
    }
    QTextCursor place(block);
    place.setPosition(block.position() + begin);
    place.setPosition(block.position() + std::min(end, static_cast<int>(text.size())),
                      QTextCursor::KeepAnchor);
    problems_.push_back({place, QString::fromStdString(diagnostic.message)});
  }
  showSelections();
  numbers_->update();
}

void DesignYamlView::goTo(int line, int column) {
  const QTextBlock block = document()->findBlockByNumber(std::max(line, 1) - 1);
  QTextCursor cursor(block.isValid() ? block : document()->firstBlock());
  const int last = std::max(cursor.block().length() - 1, 0);
  cursor.setPosition(cursor.block().position() + std::clamp(column - 1, 0, last));
  setTextCursor(cursor);
  centerCursor();
  setFocus();
}

void DesignYamlView::showSelections() {
  QList<QTextEdit::ExtraSelection> selections;
  QTextEdit::ExtraSelection line;
  line.format.setBackground(palette().alternateBase());
  line.format.setProperty(QTextFormat::FullWidthSelection, true);
  line.cursor = textCursor();
  line.cursor.clearSelection();
  selections.append(line);
  for (const Problem& problem : problems_) {
    QTextEdit::ExtraSelection selection;
    selection.cursor = problem.place;
    selection.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
    selection.format.setUnderlineColor(errorColor(palette()));
    selections.append(selection);
  }
  setExtraSelections(selections);
}

QString DesignYamlView::problemAt(int position) const {
  QStringList messages;
  const QTextBlock block = document()->findBlock(position);
  for (const Problem& problem : problems_) {
    if (problem.place.block() == block) {
      messages.append(problem.message);
    }
  }
  return messages.join(u'\n');
}

bool DesignYamlView::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const QPoint place = viewport()->mapFrom(this, help->pos());
    const QString message = problemAt(cursorForPosition(place).position());
    if (message.isEmpty()) {
      QToolTip::hideText();
    } else {
      QToolTip::showText(
          help->globalPos(), QStringLiteral("<p>%1</p>").arg(message.toHtmlEscaped()), this);
    }
    return true;
  }
  return QPlainTextEdit::event(event);
}

void DesignYamlView::changeEvent(QEvent* event) {
  QPlainTextEdit::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) {
    applyTheme();
  } else if (event->type() == QEvent::FontChange) {
    placeNumbers();
  }
}

void DesignYamlView::applyTheme() {
  // Colours are looks: they must not count as a change of the text.
  const bool is_modified = document()->isModified();
  highlighter_->setDark(isDark(palette()));
  document()->setModified(is_modified);
  showSelections();
}

void DesignYamlView::keyPressEvent(QKeyEvent* event) {
  const bool is_plain = event->modifiers() == Qt::NoModifier;
  const bool is_leaving = std::exchange(is_leaving_, event->key() == Qt::Key_Escape);
  if (event->key() == Qt::Key_Backtab || (is_leaving && event->key() == Qt::Key_Tab)) {
    // QPlainTextEdit keeps the focus where Tab writes.
    QWidget::focusNextPrevChild(event->key() == Qt::Key_Tab);
  } else if (is_plain && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)) {
    breakLine();
  } else if (is_plain && event->key() == Qt::Key_Tab) {
    const int column = textCursor().positionInBlock();
    insertPlainText(QString(kIndent - column % kIndent, u' '));
  } else {
    QPlainTextEdit::keyPressEvent(event);
  }
}

/// The new line begins below the first character of this one, and a step further behind a key.
void DesignYamlView::breakLine() {
  const QString text = textCursor().block().text().left(textCursor().positionInBlock());
  qsizetype blanks = 0;
  while (blanks < text.size() && text[blanks] == u' ') {
    ++blanks;
  }
  blanks += text.trimmed().endsWith(u':') ? kIndent : 0;
  textCursor().insertText(u'\n' + QString(blanks, u' '));
  ensureCursorVisible();
}

void DesignYamlView::resizeEvent(QResizeEvent* event) {
  QPlainTextEdit::resizeEvent(event);
  placeNumbers();
}

int DesignYamlView::numbersWidth() const {
  const auto digits = QString::number(std::max(blockCount(), 99)).size();
  return 2 * kMargin + fontMetrics().horizontalAdvance(u'9') * static_cast<int>(digits);
}

void DesignYamlView::placeNumbers() {
  setViewportMargins(numbersWidth(), 0, 0, 0);
  const QRect inner = contentsRect();
  numbers_->setGeometry(inner.left(), inner.top(), numbersWidth(), inner.height());
}

void DesignYamlView::paintNumbers(QPaintEvent* event) {
  QPainter painter(numbers_);
  painter.fillRect(event->rect(), palette().alternateBase());
  painter.setFont(font());
  QTextBlock block = firstVisibleBlock();
  QRectF place = blockBoundingGeometry(block).translated(contentOffset());
  while (block.isValid() && place.top() <= event->rect().bottom()) {
    if (block.isVisible() && place.bottom() >= event->rect().top()) {
      const bool has_problem =
          std::any_of(problems_.begin(), problems_.end(), [&](const auto& one) {
            return one.place.block() == block;
          });
      painter.setPen(has_problem ? errorColor(palette())
                                 : palette().color(QPalette::Disabled, QPalette::Text));
      painter.drawText(QRectF(0, place.top(), numbers_->width() - kMargin, place.height()),
                       Qt::AlignRight | Qt::AlignVCenter,
                       QString::number(block.blockNumber() + 1));
    }
    block = block.next();
    place = blockBoundingGeometry(block).translated(contentOffset());
  }
}

}  // namespace retort::gui
