#include "core/tables/document.h"
#include "core/tables/escape.h"
#include "core/tables/render.h"
#include "core/tables/table_layout.h"

#include <fmt/format.h>

namespace retort {
namespace {

constexpr const char* kStyle =
    ":root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;"
    "max-width:70rem;padding:0 1rem}table{border-collapse:collapse;border-top:2px solid;"
    "border-bottom:2px solid;font-variant-numeric:tabular-nums}th,td{padding:.25rem .75rem;"
    "text-align:left}thead tr:last-child th{border-bottom:1px solid}.n{text-align:right;"
    "white-space:nowrap}img{max-width:100%;background:#fff}figcaption{margin-top:.5rem;max-width:"
    "50rem}figure{margin:0 0 2.5rem;overflow-x:auto}";

std::string headerRows(const TableLayout& layout) {
  std::string groups;
  std::string titles;
  bool has_groups = false;
  for (std::size_t i = 0; i < layout.columns.size(); ++i) {
    const LayoutColumn& column = layout.columns[i];
    titles += fmt::format("<th scope=\"col\"{}>{}</th>",
                          column.is_number ? " class=\"n\"" : "",
                          escapeHtml(column.title));
    if (column.group.empty()) {
      groups += "<th></th>";
    } else if (i == 0 || layout.columns[i - 1].group != column.group) {
      std::size_t end = i;
      while (end < layout.columns.size() && layout.columns[end].group == column.group) {
        ++end;
      }
      has_groups = true;
      groups += fmt::format("<th colspan=\"{}\">{}</th>", end - i, escapeHtml(column.group));
    }
  }
  return (has_groups ? "<tr>" + groups + "</tr>\n" : "") + "<tr>" + titles + "</tr>\n";
}

}  // namespace

std::string htmlFigure(const ComparisonTable& table) {
  const TableLayout layout = layoutTable(table);
  std::string result = "<figure>\n<table>\n<thead>\n" + headerRows(layout) + "</thead>\n<tbody>\n";
  for (const auto& row : layout.rows) {
    result += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string text = escapeHtml(row[i].text);
      result += fmt::format("<td{}>{}</td>",
                            layout.columns[i].is_number ? " class=\"n\"" : "",
                            row[i].is_best ? "<strong>" + text + "</strong>" : text);
    }
    result += "</tr>\n";
  }
  result += "</tbody>\n</table>\n<figcaption>";
  for (const std::string& sentence : layout.caption) {
    result += escapeHtml(sentence) + "\n";
  }
  return result + "</figcaption>\n</figure>\n";
}

std::string htmlPage(const std::string& title, const std::string& body) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>{0}</title>\n"
      "<style>{1}</style>\n</head>\n<body>\n<h1>{0}</h1>\n{2}</body>\n</html>\n",
      escapeHtml(title),
      kStyle,
      body);
}

std::string renderHtml(const ComparisonTable& table) {
  return htmlPage(table.experiment, htmlFigure(table));
}

}  // namespace retort
