#pragma once

#include "core/tables/comparison_table.h"

#include <string>
#include <vector>

/// A comparison table as texts in rows and columns, not escaped yet: what all drawn formats share.
namespace retort {

enum class LayoutKind { kLabel, kCount, kValue, kDifference, kProbability };

struct LayoutColumn {
  std::string
      group;  ///< the metric (and column labels) that this column belongs to; empty: stands alone
  std::string title;
  bool is_number =
      false;  ///< aligned to the right; its texts hold digits, signs, "±" and brackets only
  LayoutKind kind = LayoutKind::kLabel;
  std::size_t cell = 0;  ///< which cell of a row it is about; meaningless for labels
};

struct LayoutCell {
  std::string text;
  bool is_best = false;
};

struct TableLayout {
  std::vector<LayoutColumn> columns;
  std::vector<std::vector<LayoutCell>> rows;
  std::vector<std::string> caption;  ///< sentences
};

/// Numbers are rounded for reading: four significant digits of the column's largest mean, and at
/// least one of its smallest standard deviation. "–" stands for an undefined number (no value, or a
/// deviation of fewer than two values).
[[nodiscard]] TableLayout layoutTable(const ComparisonTable& table);

/// What a reader must know: what n, ± and the difference are, last or best value, how the best is
/// marked, what was averaged over, and which runs are missing, failed, diverged or still running
/// (at most `limit` by name).
[[nodiscard]] std::vector<std::string> tableCaption(const ComparisonTable& table,
                                                    std::size_t limit = 10);

}  // namespace retort
