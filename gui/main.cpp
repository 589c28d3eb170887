#include "gui/app/plot_command.h"
#include "gui/app/start_up.h"

#include <QCoreApplication>

int main(int argc, char** argv) {
  QCoreApplication::setApplicationName(QStringLiteral("retort-gui"));
  QCoreApplication::setApplicationVersion(QStringLiteral(RETORT_VERSION));
  if (retort::gui::isPlotCommand(argc, argv)) {
    return retort::gui::runPlotCommand(argc, argv);
  }
  return retort::gui::runDesktopApp(argc, argv);
}
