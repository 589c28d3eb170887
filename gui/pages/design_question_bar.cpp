#include "gui/pages/design_question_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace retort::gui {

DesignQuestionBar::DesignQuestionBar(QWidget* parent)
    : QFrame(parent),
      question_(new QLabel(this)),
      buttons_(new QHBoxLayout) {
  setFrameShape(QFrame::StyledPanel);
  setAutoFillBackground(true);
  setBackgroundRole(QPalette::AlternateBase);
  question_->setTextFormat(Qt::PlainText);
  question_->setWordWrap(true);
  auto* layout = new QHBoxLayout(this);
  layout->addWidget(question_, 1);
  layout->addLayout(buttons_);
  hide();
}

void DesignQuestionBar::ask(const QString& question, const std::vector<Answer>& answers) {
  question_->setText(question);
  setAccessibleName(question);
  while (QLayoutItem* item = buttons_->takeAt(0)) {
    // It may be the button whose click asks this.
    item->widget()->hide();
    item->widget()->deleteLater();
    delete item;
  }
  for (const Answer& answer : answers) {
    auto* button = new QPushButton(answer.text, this);
    connect(button, &QPushButton::clicked, this, [this, act = answer.act] {
      hide();
      if (act) {
        act();
      }
    });
    buttons_->addWidget(button);
  }
  show();
  if (buttons_->count() > 0) {
    buttons_->itemAt(0)->widget()->setFocus();
  }
}

}  // namespace retort::gui
