#include "gui/pages/design_page.h"

#include "gui/models/app_context.h"

#include <QLabel>
#include <QVBoxLayout>

namespace retort::gui {

DesignPage::DesignPage(AppContext& context, QWidget* parent) : QWidget(parent), context_(context) {
  auto* sentence = new QLabel(tr("Open an experiment file, or begin a new one."), this);
  sentence->setTextFormat(Qt::PlainText);
  sentence->setAlignment(Qt::AlignCenter);
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(sentence);
}

void DesignPage::openFile(const QString& file) {
  context_.showMessage(tr("%1 is open").arg(file));
}

void DesignPage::newExperiment() {}

}  // namespace retort::gui
