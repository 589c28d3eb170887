#include "core/tables/escape.h"
#include "core/tables/render.h"
#include "core/tables/table_layout.h"

#include <fmt/format.h>

namespace retort {
namespace {

// Inside a document \documentclass is an error command; then the table is a fragment and brings no
// preamble.
constexpr const char* kBegin =
    R"(% A comparison table. \input it in a document that loads booktabs and
% textcomp with T1 fonts, or compile this file by itself.
\makeatletter
\ifx\documentclass\@notprerr
  \let\retorttableend\relax
\else
  \documentclass{article}
  \usepackage[T1]{fontenc}
  \usepackage[utf8]{inputenc}
  \usepackage{textcomp}
  \usepackage{booktabs}
  \usepackage[margin=15mm]{geometry}
  \begin{document}
  \def\retorttableend{\end{document}}
\fi
\makeatother
\begin{table}
\centering
\small
\setlength{\belowcaptionskip}{6pt}
)";
constexpr const char* kEnd = "\\end{table}\n\\retorttableend\n";

/// Signs of numbers in maths; everything else of a number's text is safe after escaping.
std::string numberText(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '-' || c == '+' || c == '<') {
      result += fmt::format("${}$", c);
    } else {
      result += c;
    }
  }
  std::string escaped;
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (result.compare(i, 2, "±") == 0) {
      escaped += "$\\pm$";
      ++i;
    } else if (result.compare(i, 3, "–") == 0) {
      escaped += "--";
      i += 2;
    } else {
      escaped += result[i];
    }
  }
  return escaped;
}

/// The line of group titles with a rule below each, or nothing.
std::string groupLines(const TableLayout& layout) {
  std::string titles;
  std::string rules;
  for (std::size_t i = 0; i < layout.columns.size();) {
    std::size_t end = i + 1;
    while (end < layout.columns.size() && !layout.columns[i].group.empty() &&
           layout.columns[end].group == layout.columns[i].group) {
      ++end;
    }
    titles += i == 0 ? "" : " & ";
    if (!layout.columns[i].group.empty()) {
      titles += fmt::format(
          "\\multicolumn{{{}}}{{c}}{{{}}}", end - i, escapeLatex(layout.columns[i].group));
      rules += fmt::format("\\cmidrule(lr){{{}-{}}}", i + 1, end);
    }
    i = end;
  }
  return rules.empty() ? "" : titles + " \\\\\n" + rules + "\n";
}

}  // namespace

std::string renderLatex(const ComparisonTable& table) {
  const TableLayout layout = layoutTable(table);
  std::string alignment;
  std::string header;
  for (const LayoutColumn& column : layout.columns) {
    alignment += column.is_number ? 'r' : 'l';
    header += (header.empty() ? "" : " & ") + escapeLatex(column.title);
  }
  std::string result = kBegin;
  std::string caption;
  for (const std::string& sentence : layout.caption) {
    caption += (caption.empty() ? "" : " ") + escapeLatex(sentence);
  }
  result += "\\caption{" + caption + "}\n";
  result += "\\begin{tabular}{" + alignment + "}\n\\toprule\n" + groupLines(layout) + header +
            " \\\\\n\\midrule\n";
  for (const auto& row : layout.rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string text =
          layout.columns[i].is_number ? numberText(row[i].text) : escapeLatex(row[i].text);
      line += (i == 0 ? "" : " & ") + (row[i].is_best ? "\\textbf{" + text + "}" : text);
    }
    // An empty group: a label that starts with "[" must not become the line break's argument.
    result += "{}" + line + " \\\\\n";
  }
  return result + "\\bottomrule\n\\end{tabular}\n" + kEnd;
}

}  // namespace retort
