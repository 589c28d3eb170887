#include "gui/app/message_bar.h"

#include "gui/models/icons.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace retort::gui {
namespace {

constexpr int kNoteMs = 8000;
constexpr int kMostErrors = 50;
constexpr int kIconSize = 18;

}  // namespace

MessageBar::MessageBar(QWidget* parent) : QFrame(parent) {
  setObjectName(QStringLiteral("message_bar"));
  setAccessibleName(tr("Message"));
  setAutoFillBackground(true);
  icon_ = new QLabel(this);
  text_ = new QLabel(this);
  text_->setTextFormat(Qt::PlainText);
  text_->setWordWrap(true);
  text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  more_ = new QLabel(this);
  auto* close = new QToolButton(this);
  close->setIcon(icon(QStringLiteral("close")));
  close->setAutoRaise(true);
  close->setToolTip(tr("Close this message"));
  close->setAccessibleName(close->toolTip());
  connect(close, &QToolButton::clicked, this, &MessageBar::closeNewest);

  auto* layout = new QHBoxLayout(this);
  layout->addWidget(icon_);
  layout->addWidget(text_, 1);
  layout->addWidget(more_);
  layout->addWidget(close);
  note_timer_.setSingleShot(true);
  note_timer_.setInterval(kNoteMs);
  connect(&note_timer_, &QTimer::timeout, this, [this] {
    note_.clear();
    refresh();
  });
  hide();
}

void MessageBar::showSentence(const QString& sentence, bool is_error) {
  if (is_error) {
    errors_.removeAll(sentence);
    errors_.append(sentence);
    if (errors_.size() > kMostErrors) {
      errors_.removeFirst();
    }
  } else {
    note_ = sentence;
    note_timer_.start();
  }
  refresh();
}

void MessageBar::takeBack(const QString& sentence) {
  errors_.removeAll(sentence);
  refresh();
}

QString MessageBar::sentence() const {
  return isHidden() ? QString() : text_->text();
}

void MessageBar::closeNewest() {
  if (errors_.isEmpty()) {
    note_.clear();
  } else {
    errors_.removeLast();
  }
  refresh();
}

void MessageBar::refresh() {
  const bool is_error = !errors_.isEmpty();
  text_->setText(is_error ? errors_.last() : note_);
  more_->setText(errors_.size() > 1
                     ? tr("and %n more", nullptr, static_cast<int>(errors_.size()) - 1)
                     : QString());
  paintAs(is_error);
  setVisible(!text_->text().isEmpty());
}

void MessageBar::paintAs(bool is_error) {
  // Mixed from the palette, so that it fits light and dark.
  const QColor base = parentWidget() != nullptr ? parentWidget()->palette().color(QPalette::Window)
                                                : palette().color(QPalette::Window);
  const QColor tint = is_error ? QColor(220, 60, 50) : QColor(50, 120, 215);
  constexpr double kShare = 0.22;
  const auto mix = [&](int from, int to) {
    return static_cast<int>(from + kShare * (to - from));
  };
  QPalette colors = palette();
  colors.setColor(QPalette::Window,
                  QColor(mix(base.red(), tint.red()),
                         mix(base.green(), tint.green()),
                         mix(base.blue(), tint.blue())));
  setPalette(colors);
  icon_->setPixmap(
      icon(is_error ? QStringLiteral("error") : QStringLiteral("info")).pixmap(kIconSize));
}

}  // namespace retort::gui
