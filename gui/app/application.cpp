#include "gui/app/application.h"

#include <exception>

namespace retort::gui {

Application::Application(int& argc, char** argv) : QApplication(argc, argv) {}

bool Application::notify(QObject* receiver, QEvent* event) {
  QString reason;
  try {
    return QApplication::notify(receiver, event);
  } catch (const std::exception& error) {
    reason = QString::fromUtf8(error.what());
  } catch (...) {
    reason = tr("unknown");
  }
  Q_EMIT exceptionCaught(
      tr("An internal error happened; the last action may have had no effect, your runs go on. "
         "Please report it: %1")
          .arg(reason));
  return false;
}

}  // namespace retort::gui
