#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace retort::cli {

/// A plain list for terminals: a header, aligned columns, no frame.
struct TextTable {
  struct Column {
    std::string title;
    bool is_right = false;    ///< aligned to the right (numbers)
    bool is_elastic = false;  ///< gives way when the table is wider than the terminal
  };

  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;
};

/// Texts are escaped for terminals. With `max_width` > 0, elastic columns are elided (to 8 columns
/// at least) until the table fits; the last one first. Bold header with `has_color`. Ends with a
/// newline.
[[nodiscard]] std::string renderTextTable(TextTable table, std::size_t max_width, bool has_color);

}  // namespace retort::cli
