#include "core/tables/table_layout.h"

#include "core/base/text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace retort {
namespace {

constexpr const char* kUndefined = "–";

/// How the numbers of one group of columns are written.
struct NumberStyle {
  int decimals = 4;
  bool is_scientific = false;

  [[nodiscard]] std::string format(double value, bool has_sign = false) const {
    std::string text =
        is_scientific ? fmt::format("{:.3e}", value) : fmt::format("{:.{}f}", value, decimals);
    if (text.find_first_of("123456789") == std::string::npos && text.front() == '-') {
      text.erase(0, 1);  // a zero after rounding has no sign
    }
    return has_sign && text.front() != '-' ? "+" + text : text;
  }
};

int exponentOf(double value) {
  return static_cast<int>(std::floor(std::log10(std::abs(value))));
}

NumberStyle chooseStyle(const ComparisonTable& table, std::size_t column) {
  double largest = 0;
  double smallest_deviation = 0;
  for (const ComparisonRow& row : table.rows) {
    const Summary& summary = row.cells[column].summary;
    largest = std::max(largest, std::abs(summary.mean.value_or(0)));
    const double deviation = summary.standard_deviation.value_or(0);
    if (deviation > 0 && (smallest_deviation == 0 || deviation < smallest_deviation)) {
      smallest_deviation = deviation;
    }
  }
  NumberStyle style;
  if (largest > 0) {
    style.is_scientific = largest >= 1e7 || largest < 1e-4;
    style.decimals = std::max(0, 3 - exponentOf(largest));
    if (smallest_deviation > 0) {
      style.decimals =
          std::clamp(-exponentOf(smallest_deviation), style.decimals, style.decimals + 2);
    }
  }
  return style;
}

std::string countText(const ComparisonCell& cell) {
  return cell.values.size() == cell.expected
             ? std::to_string(cell.expected)
             : fmt::format("{}/{}", cell.values.size(), cell.expected);
}

std::string valueText(const ComparisonCell& cell, const NumberStyle& style) {
  if (!cell.summary.mean) {
    return kUndefined;
  }
  const std::string deviation =
      cell.summary.standard_deviation ? style.format(*cell.summary.standard_deviation) : kUndefined;
  return style.format(*cell.summary.mean) + " ± " + deviation;
}

std::string differenceText(const ComparisonCell& cell, const NumberStyle& style) {
  if (cell.is_baseline) {
    return "baseline";
  }
  if (!cell.difference) {
    return kUndefined;
  }
  const std::string mean = style.format(cell.difference->mean, true);
  if (!cell.difference->low) {
    return mean + " [" + kUndefined + "]";
  }
  return fmt::format("{} [{}, {}]",
                     mean,
                     style.format(*cell.difference->low, true),
                     style.format(*cell.difference->high, true));
}

std::string probabilityText(const ComparisonCell& cell) {
  if (cell.is_baseline) {
    return "";
  }
  if (!cell.difference || !cell.difference->p) {
    return kUndefined;
  }
  const double p = *cell.difference->p;
  if (p < 0.001) {
    return "<0.001";
  }
  return fmt::format("{:.{}f}", p, p < 0.01 ? 4 : (p < 0.1 ? 3 : 2));
}

/// True when one column of n serves all columns of the table.
bool hasSharedCount(const ComparisonTable& table) {
  return std::all_of(table.rows.begin(), table.rows.end(), [](const ComparisonRow& row) {
    return std::all_of(row.cells.begin(), row.cells.end(), [&](const ComparisonCell& cell) {
      return countText(cell) == countText(row.cells.front());
    });
  });
}

std::string groupTitle(const ComparisonTable& table, const ComparisonColumn& column) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < column.labels.size(); ++i) {
    parts.push_back(table.column_factors[i] + "=" + column.labels[i]);
  }
  parts.push_back(column.metric.name);
  return joinStrings(parts, ", ") +
         (column.metric.unit.empty() ? "" : " (" + column.metric.unit + ")");
}

void addColumns(const ComparisonTable& table, bool is_count_shared, TableLayout& layout) {
  for (const std::string& factor : table.row_factors) {
    layout.columns.push_back({"", factor, false});
  }
  if (table.row_factors.empty()) {
    layout.columns.push_back({"", "experiment", false});
  }
  if (is_count_shared) {
    layout.columns.push_back({"", "n", true, LayoutKind::kCount});
  }
  const std::string interval = fmt::format("Δ [{:g} % CI]", table.confidence * 100);
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const std::string title = groupTitle(table, table.columns[i]);
    const bool is_alone = table.columns.size() == 1;
    const std::string group = is_alone ? "" : title;
    if (!is_count_shared) {
      layout.columns.push_back({group, "n", true, LayoutKind::kCount, i});
    }
    layout.columns.push_back({group, is_alone ? title : "mean ± sd", true, LayoutKind::kValue, i});
    if (table.has_differences) {
      layout.columns.push_back({group, interval, true, LayoutKind::kDifference, i});
      layout.columns.push_back({group, "p", true, LayoutKind::kProbability, i});
    }
  }
}

}  // namespace

TableLayout layoutTable(const ComparisonTable& table) {
  TableLayout layout;
  layout.caption = tableCaption(table);
  const bool is_count_shared = hasSharedCount(table);
  addColumns(table, is_count_shared, layout);
  std::vector<NumberStyle> styles;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    styles.push_back(chooseStyle(table, i));
  }
  for (const ComparisonRow& row : table.rows) {
    std::vector<LayoutCell> cells;
    for (const std::string& label : row.labels) {
      cells.push_back({label, false});
    }
    if (row.labels.empty()) {
      cells.push_back({table.experiment, false});
    }
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const ComparisonCell& cell = row.cells[i];
      if (i == 0 || !is_count_shared) {
        cells.push_back({countText(cell), false});
      }
      cells.push_back({valueText(cell, styles[i]), cell.is_best});
      if (table.has_differences) {
        cells.push_back({differenceText(cell, styles[i]), false});
        cells.push_back({probabilityText(cell), false});
      }
    }
    layout.rows.push_back(std::move(cells));
  }
  return layout;
}

}  // namespace retort
