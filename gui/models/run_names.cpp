#include "gui/models/run_names.h"

#include <QSet>

namespace retort::gui {

QStringList distinctiveNames(const QStringList& names) {
  if (names.size() < 2) {
    return names;
  }
  QStringList common = names.first().split(u' ', Qt::SkipEmptyParts);
  for (const QString& name : names) {
    const QStringList words = name.split(u' ', Qt::SkipEmptyParts);
    common.removeIf([&](const QString& word) { return !words.contains(word); });
  }
  QStringList shortened;
  for (const QString& name : names) {
    QStringList words = name.split(u' ', Qt::SkipEmptyParts);
    words.removeIf([&](const QString& word) { return common.contains(word); });
    shortened.append(words.join(u' '));
  }
  const bool is_distinct = QSet<QString>(shortened.begin(), shortened.end()).size() ==
                           QSet<QString>(names.begin(), names.end()).size();
  return is_distinct && !shortened.contains(QString()) ? shortened : names;
}

}  // namespace retort::gui
