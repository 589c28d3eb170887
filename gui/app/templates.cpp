#include "gui/app/templates.h"

#include <QCoreApplication>
#include <QDir>

namespace retort::gui {

QString templatesFolder() {
  const QDir program(QCoreApplication::applicationDirPath());
  const QString installed = program.filePath(QStringLiteral("../share/retort/grids"));
  return QDir(installed).exists() ? QDir(installed).absolutePath()
                                  : QStringLiteral(RETORT_GRIDS_DIR);
}

}  // namespace retort::gui
