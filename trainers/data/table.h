#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace retort::train {

enum class TableFormat {
  kTsv,        ///< fields between tabs, nothing is quoted: GLUE's files
  kCsv,        ///< RFC 4180: commas, double quotes, line breaks inside quotes
  kJsonLines,  ///< one object a line; columns are its keys
};

/// "tsv", "csv", "jsonl", or "auto": by the file's ending. Throws TrainError (kBadSpec).
[[nodiscard]] TableFormat tableFormat(const std::string& name, const std::filesystem::path& file);

/// One column that is wanted: by its name in the header, or by its place in a table without one.
struct ColumnChoice {
  std::string name;  ///< used when the table has a header, and in messages
  std::int64_t place =
      0;  ///< 0-based; negative counts from the end (-1: last); used without a name
};

struct TableOptions {
  TableFormat format = TableFormat::kTsv;
  bool has_header = true;
  std::vector<ColumnChoice> columns;
  bool skips_short_rows = false;  ///< QQP has rows that are cut off; they are counted and left out
};

struct TableRow {
  std::vector<std::string> fields;  ///< of the wanted columns, in their order
  std::int64_t line = 0;            ///< where the row begins in the file, from 1
};

struct Table {
  std::string file;
  std::vector<TableRow> rows;
  std::int64_t skipped = 0;  ///< short rows left out
};

/// Reads a table whole. A byte-order mark, CRLF or CR line ends, and a missing last line end are
/// accepted. Throws TrainError: kMissingInput when the file cannot be read; kBadData "FILE:LINE: …"
/// for bytes that are not UTF-8, NUL bytes, rows with too few or too many fields (the first five,
/// and how many), unknown columns (found and wanted), and when there are no rows.
[[nodiscard]] Table readTable(const std::filesystem::path& file, const TableOptions& options);

/// The same from memory; `name` stands for the file in messages.
[[nodiscard]] Table parseTable(const std::string& name,
                               std::string_view text,
                               const TableOptions& options);

}  // namespace retort::train
