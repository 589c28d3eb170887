#include "gui/models/run_filter.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace retort::gui {
namespace {

struct Word {
  QString text;
  bool is_quoted = false;
};

/// Blanks separate, except between quotes, which vanish. An open quote reaches to the end.
std::vector<Word> splitWords(const QString& text) {
  std::vector<Word> words;
  Word word;
  bool is_inside = false;
  for (const QChar character : text) {
    if (character == QLatin1Char('"')) {
      is_inside = !is_inside;
      // Quotes around a value ("note:\"two words\"") leave the field before them a field.
      word.is_quoted = word.is_quoted || word.text.isEmpty();
    } else if (character.isSpace() && !is_inside) {
      if (!word.text.isEmpty()) {
        words.push_back(std::exchange(word, {}));
      }
      word = {};
    } else {
      word.text.append(character);
    }
  }
  if (!word.text.isEmpty()) {
    words.push_back(word);
  }
  return words;
}

QString textOf(const QVariant& value) {
  return value.typeId() == QMetaType::Double ? QString::number(value.toDouble(), 'g', 15)
                                             : value.toString().toCaseFolded();
}

}  // namespace

RunFilter RunFilter::parse(const QString& text) {
  RunFilter filter;
  for (const Word& word : splitWords(text)) {
    filter.conditions_.push_back(parseWord(word.text, word.is_quoted));
  }
  return filter;
}

RunFilter::Condition RunFilter::parseWord(const QString& word, bool is_quoted) {
  // Longer signs first, so that "<=" is not read as "<".
  static const std::array<std::pair<QLatin1String, Relation>, 7> kSigns = {{
      {QLatin1String("!="), Relation::kIsNot},
      {QLatin1String("<="), Relation::kAtMost},
      {QLatin1String(">="), Relation::kAtLeast},
      {QLatin1String(":"), Relation::kContains},
      {QLatin1String("="), Relation::kIs},
      {QLatin1String("<"), Relation::kLess},
      {QLatin1String(">"), Relation::kGreater},
  }};
  Condition condition;
  QString rest = word;
  if (!is_quoted && rest.size() > 1 && rest.startsWith(QLatin1Char('-'))) {
    condition.is_negated = true;
    rest.remove(0, 1);
  }
  condition.whole = rest.toCaseFolded();
  qsizetype place = rest.size();
  for (const auto& [sign, relation] : kSigns) {
    const qsizetype found = is_quoted ? -1 : rest.indexOf(sign);
    if (found > 0 && found < place) {
      place = found;
      condition.relation = relation;
      condition.field = rest.left(found);
      condition.text = rest.mid(found + sign.size()).toCaseFolded();
    }
  }
  bool is_number = false;
  const double number = condition.text.toDouble(&is_number);
  condition.number = is_number ? std::optional(number) : std::nullopt;
  return condition;
}

bool RunFilter::matches(const RunRow& row) const {
  return std::all_of(conditions_.begin(), conditions_.end(), [&](const Condition& condition) {
    return holds(condition, row) != condition.is_negated;
  });
}

bool RunFilter::holds(const Condition& condition, const RunRow& row) {
  if (condition.relation == Relation::kAnywhere) {
    return row.search_text.contains(condition.whole);
  }
  const QVariant value = runField(row, condition.field);
  if (!value.isValid()) {
    return row.search_text.contains(condition.whole);
  }
  bool is_number = false;
  const double number = value.toDouble(&is_number);  // labels are texts that may be numbers
  is_number = is_number && condition.number;
  switch (condition.relation) {
    case Relation::kContains:
      return textOf(value).contains(condition.text);
    case Relation::kIs:
      return is_number ? number == *condition.number : textOf(value) == condition.text;
    case Relation::kIsNot:
      return is_number ? number != *condition.number : textOf(value) != condition.text;
    case Relation::kLess:
      return is_number && number < *condition.number;
    case Relation::kAtMost:
      return is_number && number <= *condition.number;
    case Relation::kGreater:
      return is_number && number > *condition.number;
    case Relation::kAtLeast:
      return is_number && number >= *condition.number;
    case Relation::kAnywhere:
      break;
  }
  return false;
}

}  // namespace retort::gui
