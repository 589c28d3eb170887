#include "core/tables/escape.h"
#include "core/tables/render.h"
#include "core/tables/table_layout.h"

namespace retort {

std::string renderMarkdown(const ComparisonTable& table) {
  const TableLayout layout = layoutTable(table);
  std::string header = "|";
  std::string rule = "|";
  for (const LayoutColumn& column : layout.columns) {
    const std::string title =
        column.group.empty() ? column.title : column.group + ": " + column.title;
    header += " " + escapeMarkdown(title) + " |";
    rule += column.is_number ? " ---: |" : " --- |";
  }
  std::string result = header + "\n" + rule + "\n";
  for (const auto& row : layout.rows) {
    result += "|";
    for (const LayoutCell& cell : row) {
      const std::string text = escapeMarkdown(cell.text);
      result += " " + (cell.is_best ? "**" + text + "**" : text) + " |";
    }
    result += "\n";
  }
  result += "\n";
  for (const std::string& sentence : layout.caption) {
    result += escapeMarkdown(sentence) + "\n";
  }
  return result;
}

}  // namespace retort
