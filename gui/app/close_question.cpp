#include "gui/app/close_question.h"

#include "core/run/format.h"

#include <QCoreApplication>
#include <QMessageBox>
#include <QPushButton>

namespace retort::gui {
namespace {

constexpr const char* kName = "close_question";

QString tr(const char* text) {
  return QCoreApplication::translate("CloseQuestion", text);
}

QString textOf(const CloseQuestion& question) {
  if (question.runs_going_on == 0) {
    return tr("The experiment has changes that are not saved.");
  }
  return tr("Going on or waiting: %1.")
      .arg(QString::fromStdString(formatCount(question.runs_going_on, "run")));
}

QString hintOf(const CloseQuestion& question) {
  QString hint;
  if (question.runs_going_on > 0) {
    hint =
        tr("They do not need this window: they go on without it, and it shows them again "
           "when it is opened.");
  }
  if (question.has_unsaved_changes) {
    hint += question.runs_going_on > 0 ? QStringLiteral("\n\n") : QString();
    hint += question.runs_going_on > 0
                ? tr("The experiment in the design page has changes that are not saved; closing "
                     "loses them.")
                : tr("Closing loses them.");
  }
  return hint;
}

}  // namespace

void openCloseQuestion(QWidget& window,
                       const CloseQuestion& question,
                       const std::function<void(CloseAnswer)>& answered) {
  if (auto* open = window.findChild<QMessageBox*>(QLatin1String(kName))) {
    open->raise();
    return;
  }
  auto* box = new QMessageBox(&window);
  box->setObjectName(QLatin1String(kName));
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->setIcon(QMessageBox::Question);
  box->setWindowTitle(tr("Close Retort"));
  box->setTextFormat(Qt::PlainText);
  box->setText(textOf(question));
  box->setInformativeText(hintOf(question));
  const bool has_runs = question.runs_going_on > 0;
  QPushButton* keep = box->addButton(has_runs ? tr("&Keep running") : tr("Close &without saving"),
                                     QMessageBox::AcceptRole);
  QPushButton* stop =
      has_runs ? box->addButton(tr("&Stop the runs"), QMessageBox::DestructiveRole) : nullptr;
  QPushButton* cancel = box->addButton(QMessageBox::Cancel);
  box->setDefaultButton(question.has_unsaved_changes ? cancel : keep);
  QObject::connect(box, &QDialog::finished, box, [box, keep, stop, answered] {
    const QAbstractButton* clicked = box->clickedButton();
    answered(clicked == keep                      ? CloseAnswer::kKeepRunning
             : stop != nullptr && clicked == stop ? CloseAnswer::kStopRuns
                                                  : CloseAnswer::kCancel);
  });
  box->open();
}

}  // namespace retort::gui
