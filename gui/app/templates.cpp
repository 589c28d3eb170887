#include "gui/app/templates.h"

#include <QCoreApplication>
#include <QDir>

namespace retort::gui {

QString templatesFolder() {
  const QDir program(QCoreApplication::applicationDirPath());
  const QDir source(QStringLiteral(RETORT_GRIDS_DIR));
  const bool is_in_build_folder =
      program.canonicalPath() == QDir(QStringLiteral(RETORT_PROGRAMS_DIR)).canonicalPath();
  if (is_in_build_folder && source.exists()) {
    return source.absolutePath();  // relative paths in them are those of the checkout
  }
  return QDir::cleanPath(program.absoluteFilePath(QStringLiteral("../share/retort/grids")));
}

}  // namespace retort::gui
