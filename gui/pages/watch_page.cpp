#include "gui/pages/watch_page.h"

#include "gui/models/app_context.h"

#include <QLabel>
#include <QVBoxLayout>

namespace retort::gui {

WatchPage::WatchPage(AppContext& context, QWidget* parent) : QWidget(parent), context_(context) {
  auto* sentence = new QLabel(tr("Select one or several runs to watch their curves."), this);
  sentence->setAlignment(Qt::AlignCenter);
  sentence->setTextFormat(Qt::PlainText);
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(sentence);
  connect(&context_, &AppContext::selectionChanged, this, [this] { update(); });
}

}  // namespace retort::gui
