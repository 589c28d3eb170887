#include "gui/pages/compare_page.h"

#include "gui/models/app_context.h"

#include <QLabel>
#include <QVBoxLayout>

namespace retort::gui {

ComparePage::ComparePage(AppContext& context, QWidget* parent)
    : QWidget(parent),
      context_(context) {
  auto* sentence = new QLabel(this);
  sentence->setAlignment(Qt::AlignCenter);
  sentence->setWordWrap(true);
  sentence->setTextFormat(Qt::PlainText);
  const auto update = [this, sentence] {
    sentence->setText(context_.runs().empty()
                          ? tr("There is nothing to compare yet: start an experiment first.")
                          : tr("Choose an experiment to compare its configurations."));
  };
  connect(&context_, &AppContext::runsRead, sentence, update);
  update();
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(sentence);
}

}  // namespace retort::gui
