#pragma once

#include "core/tables/comparison_table.h"

#include <optional>
#include <string>
#include <string_view>

namespace retort {

/// text      aligned columns for people; the best mean ends with "*", or is bold on a terminal
/// markdown  a GitHub table; the best mean in bold
/// latex     a booktabs table to \input; the file also compiles by itself
/// csv       RFC 4180, one line a cell, exact numbers, undefined numbers empty
/// json      everything, exact numbers, undefined numbers null
/// html      a page of its own
enum class TableFormat { kText, kMarkdown, kLatex, kCsv, kJson, kHtml };

[[nodiscard]] std::optional<TableFormat> tableFormatFromName(std::string_view name);

struct TextStyle {
  bool has_ansi = false;            ///< bold by escape sequences (a terminal without NO_COLOR)
  std::size_t max_label_width = 0;  ///< longer labels are elided; 0: never
  std::size_t caption_width =
      0;  ///< the caption's lines are broken between words; 0: one line a sentence

  bool operator==(const TextStyle&) const = default;
};

/// The whole document, ending with a newline. Labels, names and messages are escaped for the
/// format. Doubles in csv and json read back bit for bit and have '.' in every locale.
[[nodiscard]] std::string renderTable(const ComparisonTable& table,
                                      TableFormat format,
                                      const TextStyle& style = {});

[[nodiscard]] std::string renderText(const ComparisonTable& table, const TextStyle& style);
[[nodiscard]] std::string renderMarkdown(const ComparisonTable& table);
[[nodiscard]] std::string renderLatex(const ComparisonTable& table);
[[nodiscard]] std::string renderCsv(const ComparisonTable& table);
[[nodiscard]] std::string renderJson(const ComparisonTable& table);
[[nodiscard]] std::string renderHtml(const ComparisonTable& table);

}  // namespace retort
