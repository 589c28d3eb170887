#include "core/base/file.h"
#include "core/tables/render.h"
#include "core/tables/table_layout.h"
#include "core/tables/text_width.h"

#include <algorithm>

namespace retort {
namespace {

constexpr const char* kGap = "  ";
constexpr const char* kBold = "\x1b[1m";
constexpr const char* kPlain = "\x1b[0m";

/// The layout with texts that a terminal may show, and each column's width.
struct TextGrid {
  TableLayout layout;
  std::vector<std::size_t> widths;
};

std::string shownText(const std::string& text, const TextStyle& style) {
  const std::string visible = escapeForTerminal(text);
  return style.max_label_width == 0 ? visible : elideText(visible, style.max_label_width);
}

bool startsGroup(const std::vector<LayoutColumn>& columns, std::size_t i) {
  return !columns[i].group.empty() && (i == 0 || columns[i - 1].group != columns[i].group);
}

std::size_t groupEnd(const std::vector<LayoutColumn>& columns, std::size_t begin) {
  std::size_t end = begin + 1;
  while (end < columns.size() && columns[end].group == columns[begin].group) {
    ++end;
  }
  return end;
}

/// Columns of the terminal that the columns [begin, end) take with the gaps between them.
std::size_t spanWidth(const TextGrid& grid, std::size_t begin, std::size_t end) {
  std::size_t width = 2 * (end - begin - 1);
  for (std::size_t i = begin; i < end; ++i) {
    width += grid.widths[i];
  }
  return width;
}

void measure(TextGrid& grid) {
  const auto& columns = grid.layout.columns;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::size_t width = displayWidth(columns[i].title);
    for (const auto& row : grid.layout.rows) {
      width = std::max(width, displayWidth(row[i].text));
    }
    grid.widths.push_back(width);
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (startsGroup(columns, i)) {
      const std::size_t end = groupEnd(columns, i);
      const std::size_t needed = displayWidth(columns[i].group);
      const std::size_t width = spanWidth(grid, i, end);
      grid.widths[end - 1] += needed > width ? needed - width : 0;
    }
  }
}

TextGrid makeGrid(const ComparisonTable& table, const TextStyle& style) {
  TextGrid grid{layoutTable(table), {}};
  for (LayoutColumn& column : grid.layout.columns) {
    column.title =
        column.is_number ? escapeForTerminal(column.title) : shownText(column.title, style);
    column.group = escapeForTerminal(column.group);
  }
  for (auto& row : grid.layout.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool is_number = grid.layout.columns[i].is_number;
      row[i].text = is_number ? row[i].text : shownText(row[i].text, style);
      // A column that has a star keeps its digits aligned in the other rows.
      const bool has_star =
          !style.has_ansi && std::any_of(grid.layout.rows.begin(),
                                         grid.layout.rows.end(),
                                         [&](const auto& other) { return other[i].is_best; });
      if (has_star) {
        row[i].text += row[i].is_best ? "*" : " ";
      }
    }
  }
  measure(grid);
  return grid;
}

void trimRight(std::string& line) {
  line.erase(line.find_last_not_of(' ') + 1);
}

std::string groupLine(const TextGrid& grid) {
  const auto& columns = grid.layout.columns;
  std::string line;
  for (std::size_t i = 0; i < columns.size();) {
    const std::size_t end = columns[i].group.empty() ? i + 1 : groupEnd(columns, i);
    line += padRight(columns[i].group, spanWidth(grid, i, end)) + kGap;
    i = end;
  }
  trimRight(line);
  return line.empty() ? line : line + "\n";
}

std::string aligned(const TextGrid& grid, std::size_t i, const std::string& text) {
  return grid.layout.columns[i].is_number ? padLeft(text, grid.widths[i])
                                          : padRight(text, grid.widths[i]);
}

}  // namespace

std::string renderText(const ComparisonTable& table, const TextStyle& style) {
  const TextGrid grid = makeGrid(table, style);
  std::string header;
  std::string rule;
  for (std::size_t i = 0; i < grid.widths.size(); ++i) {
    header += aligned(grid, i, grid.layout.columns[i].title) + kGap;
    for (std::size_t dash = 0; dash < grid.widths[i]; ++dash) {
      rule += "─";
    }
    rule += kGap;
  }
  trimRight(header);
  trimRight(rule);
  std::string result = groupLine(grid) + header + "\n" + rule + "\n";
  for (const auto& row : grid.layout.rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string text = aligned(grid, i, row[i].text);
      line += (style.has_ansi && row[i].is_best ? kBold + text + kPlain : text) + kGap;
    }
    trimRight(line);
    result += line + "\n";
  }
  result += "\n";
  for (const std::string& sentence : grid.layout.caption) {
    const std::string visible = escapeForTerminal(sentence);
    result += style.caption_width == 0 ? visible + "\n" : wrapText(visible, style.caption_width);
  }
  return result;
}

}  // namespace retort
