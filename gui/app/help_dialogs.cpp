#include "gui/app/help_dialogs.h"

#include "gui/models/icons.h"
#include "gui/models/text_table_model.h"

#include <QAction>
#include <QApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QMainWindow>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace retort::gui {
namespace {

constexpr QSize kShortcutsSize(520, 560);
constexpr int kIconSize = 72;

QString tr(const char* text) {
  return QCoreApplication::translate("HelpDialogs", text);
}

QDialog* makeDialog(QMainWindow& window, const QString& title) {
  auto* dialog = new QDialog(&window);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setWindowTitle(title);
  return dialog;
}

void addCloseButton(QDialog& dialog, QVBoxLayout& layout) {
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, &dialog);
  QObject::connect(buttons, &QDialogButtonBox::rejected, &dialog, &QDialog::reject);
  layout.addWidget(buttons);
}

std::vector<QStringList> shortcutRows(const QMainWindow& window) {
  std::vector<QStringList> rows;
  for (const QAction* action : window.findChildren<QAction*>()) {
    QString text = action->text();
    text.remove(QLatin1Char('&')).remove(QStringLiteral("…"));
    for (const QKeySequence& keys : action->shortcuts()) {
      rows.push_back({keys.toString(QKeySequence::NativeText), text});
    }
  }
  rows.push_back({QStringLiteral("Ctrl+F"), tr("Filter the runs")});
  rows.push_back({QStringLiteral("F3, Shift+F3"), tr("Search on in the log")});
  rows.push_back({tr("Esc, then Tab"), tr("Leave the text of an experiment")});
  std::ranges::sort(rows);
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

}  // namespace

void openShortcutsDialog(QMainWindow& window) {
  QDialog* dialog = makeDialog(window, tr("Keyboard shortcuts"));
  auto* model = new TextTableModel({tr("Keys"), tr("Action")}, dialog);
  model->setRows(shortcutRows(window));
  auto* table = new QTableView(dialog);
  table->setModel(model);
  table->setShowGrid(false);
  table->setAlternatingRowColors(true);
  table->setSelectionBehavior(QAbstractItemView::SelectRows);
  table->setAccessibleName(dialog->windowTitle());
  table->verticalHeader()->hide();
  table->horizontalHeader()->setStretchLastSection(true);
  table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  table->resizeColumnToContents(0);
  auto* layout = new QVBoxLayout(dialog);
  layout->addWidget(table);
  addCloseButton(*dialog, *layout);
  dialog->resize(kShortcutsSize);
  dialog->show();
}

void openAboutDialog(QMainWindow& window) {
  QDialog* dialog = makeDialog(window, tr("About Retort"));
  auto* picture = new QLabel(dialog);
  picture->setPixmap(QApplication::windowIcon().pixmap(kIconSize));
  picture->setAlignment(Qt::AlignCenter);
  auto* text = new QLabel(dialog);
  text->setTextFormat(Qt::PlainText);
  text->setAlignment(Qt::AlignCenter);
  text->setText(
      tr("Retort %1\n\nA workbench for knowledge-distillation quantization-aware training of "
         "Transformers.\n\nFree software under the GNU General Public License, version 3 or "
         "later.\nWith Qt %2 and QCustomPlot.")
          .arg(QCoreApplication::applicationVersion(), QString::fromLatin1(qVersion())));
  text->setWordWrap(true);
  text->setMinimumWidth(kShortcutsSize.width() - 100);
  auto* layout = new QVBoxLayout(dialog);
  layout->addWidget(picture);
  layout->addWidget(text);
  addCloseButton(*dialog, *layout);
  dialog->show();
}

}  // namespace retort::gui
