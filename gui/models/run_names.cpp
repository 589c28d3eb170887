#include "gui/models/run_names.h"

#include <algorithm>

namespace retort::gui {
namespace {

constexpr int kLongestPart = 36;

/// The beginning and the end: names of runs often begin alike.
QString withoutMiddle(const QString& text, int longest) {
  if (text.size() <= longest) {
    return text;
  }
  const int tail = longest / 2;
  QString begin = text.left(longest - 1 - tail);
  QString end = text.right(tail);
  if (!begin.isEmpty() && begin.back().isHighSurrogate()) {
    begin.chop(1);
  }
  if (!end.isEmpty() && end.front().isLowSurrogate()) {
    end.remove(0, 1);
  }
  return begin + QChar(0x2026) + end;
}

/// "a=x y b=z" is a=x y and b=z: a label may hold spaces.
QStringList partsOf(const QString& name) {
  QStringList parts;
  for (const QString& word : name.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
    if (parts.isEmpty() || word.contains(QLatin1Char('='))) {
      parts.append(word);
    } else {
      parts.last() += QLatin1Char(' ') + word;
    }
  }
  return parts;
}

}  // namespace

QStringList distinctNames(const QStringList& names, int longest) {
  QList<QStringList> all;
  for (const QString& name : names) {
    all.append(partsOf(name));
  }
  const auto is_common = [&](const QString& part) {
    return all.size() > 1 &&
           std::ranges::all_of(all, [&](const QStringList& parts) { return parts.contains(part); });
  };
  QStringList result;
  for (qsizetype i = 0; i < all.size(); ++i) {
    QStringList kept;
    for (const QString& part : all[i]) {
      if (!is_common(part)) {
        kept.append(withoutMiddle(part, kLongestPart));
      }
    }
    const QString text = kept.isEmpty() ? names[i] : kept.join(QLatin1Char(' '));
    result.append(withoutMiddle(text, longest));
  }
  return result;
}

}  // namespace retort::gui
