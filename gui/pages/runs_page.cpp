#include "gui/pages/runs_page.h"

#include "gui/models/app_context.h"

namespace retort::gui {

RunsPage::RunsPage(AppContext& context, QWidget* parent) : QWidget(parent), context_(context) {
  connect(&context_, &AppContext::runsRead, this, qOverload<>(&QWidget::update));
}

}  // namespace retort::gui
