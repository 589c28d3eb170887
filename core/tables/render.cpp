#include "core/tables/render.h"

#include <array>
#include <utility>

namespace retort {

std::optional<TableFormat> tableFormatFromName(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, TableFormat>, 6> kFormats{
      {{"text", TableFormat::kText},
       {"markdown", TableFormat::kMarkdown},
       {"latex", TableFormat::kLatex},
       {"csv", TableFormat::kCsv},
       {"json", TableFormat::kJson},
       {"html", TableFormat::kHtml}}};
  for (const auto& [known, format] : kFormats) {
    if (known == name) {
      return format;
    }
  }
  return std::nullopt;
}

std::string renderTable(const ComparisonTable& table, TableFormat format, const TextStyle& style) {
  switch (format) {
    case TableFormat::kText:
      return renderText(table, style);
    case TableFormat::kMarkdown:
      return renderMarkdown(table);
    case TableFormat::kLatex:
      return renderLatex(table);
    case TableFormat::kCsv:
      return renderCsv(table);
    case TableFormat::kJson:
      return renderJson(table);
    case TableFormat::kHtml:
      return renderHtml(table);
  }
  return {};
}

}  // namespace retort
