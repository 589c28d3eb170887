#include "core/cli/text_table.h"

#include "core/base/file.h"
#include "core/tables/text_width.h"

#include <algorithm>

namespace retort::cli {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kLeastWidth = 8;

std::vector<std::size_t> naturalWidths(const TextTable& table) {
  std::vector<std::size_t> widths;
  for (const TextTable::Column& column : table.columns) {
    widths.push_back(displayWidth(column.title));
  }
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], displayWidth(row[i]));
    }
  }
  return widths;
}

void shrink(const TextTable& table, std::vector<std::size_t>& widths, std::size_t max_width) {
  std::size_t total = kGap * (widths.size() - 1);
  for (const std::size_t width : widths) {
    total += width;
  }
  for (std::size_t i = widths.size(); i-- > 0 && total > max_width;) {
    if (table.columns[i].is_elastic && widths[i] > kLeastWidth) {
      const std::size_t less = std::min(total - max_width, widths[i] - kLeastWidth);
      widths[i] -= less;
      total -= less;
    }
  }
}

std::string renderLine(const TextTable& table,
                       const std::vector<std::string>& texts,
                       const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string text = elideText(texts[i], widths[i]);
    line += table.columns[i].is_right ? padLeft(text, widths[i]) : padRight(text, widths[i]);
    line += std::string(kGap, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

std::string renderTextTable(TextTable table, std::size_t max_width, bool has_color) {
  for (auto& row : table.rows) {
    for (std::string& text : row) {
      text = escapeForTerminal(text);
    }
  }
  std::vector<std::size_t> widths = naturalWidths(table);
  if (max_width > 0 && !widths.empty()) {
    shrink(table, widths, max_width);
  }
  std::vector<std::string> titles;
  for (const TextTable::Column& column : table.columns) {
    titles.push_back(column.title);
  }
  const std::string header = renderLine(table, titles, widths);
  std::string result = (has_color ? "\x1b[1m" + header + "\x1b[0m" : header) + "\n";
  for (const auto& row : table.rows) {
    result += renderLine(table, row, widths) + "\n";
  }
  return result;
}

}  // namespace retort::cli
