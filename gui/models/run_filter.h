#pragma once

#include "gui/models/run_row.h"

#include <QString>

#include <vector>

namespace retort::gui {

/// What is typed above the list of runs. Words separated by blanks, all of which must hold; case
/// does not count:
///   word            somewhere in the run
///   "two words"     the same with blanks
///   field:word      the field contains it (fields: gui/models/run_row.h, factors, metrics)
///   field=word      the field is exactly it; `field!=word` the contrary
///   field<1 field<=1 field>1 field>=1    by number
///   -word           not: before any of these
/// A word that names no field of any run is looked for as it stands: "freeze=ov" finds names.
class RunFilter {
 public:
  [[nodiscard]] static RunFilter parse(const QString& text);

  [[nodiscard]] bool matches(const RunRow& row) const;

  [[nodiscard]] bool isEmpty() const { return conditions_.empty(); }

 private:
  enum class Relation { kAnywhere, kContains, kIs, kIsNot, kLess, kAtMost, kGreater, kAtLeast };

  struct Condition {
    bool is_negated = false;
    Relation relation = Relation::kAnywhere;
    QString field;
    QString text;   ///< what the relation compares with, folded
    QString whole;  ///< the word as typed, folded
    std::optional<double> number;
  };

  static Condition parseWord(const QString& word, bool is_quoted);
  static bool holds(const Condition& condition, const RunRow& row);

  std::vector<Condition> conditions_;
};

}  // namespace retort::gui
