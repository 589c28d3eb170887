#include "trainers/data/table.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "trainers/io/or_throw.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace retort::train {

namespace {

constexpr std::uint64_t kMaxTable = 16'000'000'000;
constexpr std::size_t kShownRows = 5;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

[[noreturn]] void refuse(const std::string& file, const std::string& what) {
  throw TrainError(ExitCode::kBadData, fmt::format("{}: {}", file, what));
}

[[noreturn]] void refuseLine(const std::string& file, std::int64_t line, const std::string& what) {
  refuse(fmt::format("{}:{}", file, line), what);
}

/// What ends a line. A file with any \n may hold a stray \r inside a text: that is white space, not
/// an end.
char lineBreak(std::string_view text) {
  return text.find('\n') == std::string_view::npos ? '\r' : '\n';
}

/// Takes one line off the text: ended by the line break, with a \r before it, or by the end.
std::string_view takeLine(std::string_view& text, char line_break) {
  const std::size_t end = std::min(text.find(line_break), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line_break == '\n' && line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

/// "LINE:BYTE", both from 1, of an offset.
std::string placeOf(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const char line_break = lineBreak(text);
  const std::size_t last_break = before.rfind(line_break);
  const std::size_t line_begin = last_break == std::string_view::npos ? 0 : last_break + 1;
  return fmt::format(
      "{}:{}", std::count(before.begin(), before.end(), line_break) + 1, offset - line_begin + 1);
}

void checkText(const std::string& file, std::string_view text) {
  std::size_t bad = 0;
  if (!isValidUtf8(text, &bad)) {
    refuse(fmt::format("{}:{}", file, placeOf(text, bad)),
           fmt::format("byte 0x{:02x} is not UTF-8; convert the file first",
                       static_cast<unsigned char>(text[bad])));
  }
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    refuse(fmt::format("{}:{}", file, placeOf(text, nul)), "a NUL byte; this is not a text file");
  }
}

using Fields = std::vector<std::string>;

/// Gives the rows of a delimited table one after the other.
class RowReader {
 public:
  RowReader(const std::string& file, std::string_view text, TableFormat format)
      : file_(file),
        rest_(text),
        format_(format),
        line_break_(lineBreak(text)) {}

  /// The next row, or nothing at the end. Lines without any character are skipped: files end with
  /// them.
  std::optional<Fields> next() {
    while (!rest_.empty()) {
      row_line_ = line_;
      std::optional<Fields> fields = format_ == TableFormat::kCsv ? nextQuoted() : nextPlain();
      if (fields) {
        return fields;
      }
    }
    return std::nullopt;
  }

  /// Where the row that `next` gave begins.
  [[nodiscard]] std::int64_t line() const { return row_line_; }

 private:
  std::optional<Fields> nextPlain() {
    const std::string_view line = takeLine(rest_, line_break_);
    ++line_;
    return line.empty() ? std::nullopt : std::optional(splitString(line, '\t'));
  }

  std::optional<Fields> nextQuoted() {
    if (atBreak()) {
      takeBreak();
      return std::nullopt;
    }
    Fields fields;
    while (true) {
      fields.push_back(rest_.starts_with('"') ? takeQuoted() : takeUnquoted());
      if (rest_.empty()) {
        return fields;
      }
      if (rest_.front() != ',') {
        takeBreak();
        return fields;
      }
      rest_.remove_prefix(1);
    }
  }

  std::string takeUnquoted() {
    const char stops[] = {',', line_break_};
    const std::size_t end = std::min(rest_.find_first_of(std::string_view(stops, 2)), rest_.size());
    std::string field(rest_.substr(0, end));
    rest_.remove_prefix(end);
    if (rest_.starts_with('\n') && field.ends_with('\r')) {
      field.pop_back();
    }
    return field;
  }

  std::string takeQuoted() {
    const std::int64_t opening_line = line_;
    std::string field;
    rest_.remove_prefix(1);
    while (true) {
      const std::size_t end = rest_.find('"');
      if (end == std::string_view::npos) {
        refuseLine(file_, opening_line, "a quote is opened and never closed");
      }
      field += rest_.substr(0, end);
      line_ +=
          std::count(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(end), line_break_);
      rest_.remove_prefix(end + 1);
      if (!rest_.starts_with('"')) {
        break;
      }
      field += '"';
      rest_.remove_prefix(1);
    }
    if (!rest_.empty() && rest_.front() != ',' && !atBreak()) {
      refuseLine(file_, line_, "text after a closing quote; quotes inside a field are doubled");
    }
    return field;
  }

  [[nodiscard]] bool atBreak() const {
    return rest_.starts_with(line_break_) || rest_.starts_with("\r\n");
  }

  void takeBreak() {
    rest_.remove_prefix(rest_.starts_with("\r\n") ? 2 : 1);
    ++line_;
  }

  const std::string& file_;
  std::string_view rest_;
  TableFormat format_;
  char line_break_;
  std::int64_t line_ = 1;
  std::int64_t row_line_ = 1;
};

std::string quotedNames(const Fields& names) {
  std::string text;
  for (const std::string& name : names) {
    text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", escapeForTerminal(name));
  }
  return text;
}

/// Places of the wanted columns in rows of the header's width.
std::vector<std::size_t> findColumns(const std::string& file,
                                     const Fields& header,
                                     const TableOptions& options) {
  std::vector<std::size_t> places;
  for (const ColumnChoice& column : options.columns) {
    const auto found = std::find(header.begin(), header.end(), column.name);
    if (found == header.end()) {
      Fields wanted;
      for (const ColumnChoice& choice : options.columns) {
        wanted.push_back(choice.name);
      }
      refuseLine(file,
                 1,
                 fmt::format("there is no column \"{}\"; found {}, wanted {}{}",
                             column.name,
                             quotedNames(header),
                             quotedNames(wanted),
                             header.size() == 1 && options.format == TableFormat::kTsv &&
                                     header[0].find(',') != std::string::npos
                                 ? "; the fields seem to be separated by commas, not tabs"
                                 : ""));
    }
    places.push_back(static_cast<std::size_t>(found - header.begin()));
  }
  return places;
}

/// Places of columns that are wanted by number, in rows of `width` fields; nothing when a row is
/// too short.
std::optional<std::vector<std::size_t>> countColumns(const TableOptions& options,
                                                     std::size_t width) {
  std::vector<std::size_t> places;
  for (const ColumnChoice& column : options.columns) {
    const std::int64_t place =
        column.place < 0 ? static_cast<std::int64_t>(width) + column.place : column.place;
    if (place < 0 || place >= static_cast<std::int64_t>(width)) {
      return std::nullopt;
    }
    places.push_back(static_cast<std::size_t>(place));
  }
  return places;
}

/// Collects rows of the wrong width: the first few are shown, all are counted.
class BadRows {
 public:
  void add(std::int64_t line, std::size_t found) {
    first_line_ = count_ == 0 ? line : first_line_;
    ++count_;
    if (count_ <= kShownRows) {
      shown_ += fmt::format("{}line {} has {}", shown_.empty() ? "" : ", ", line, found);
    }
  }

  void refuseAny(const std::string& file, std::size_t expected) const {
    if (count_ > 0) {
      refuseLine(file,
                 first_line_,
                 fmt::format("{} rows do not have {} fields: {}{}",
                             count_,
                             expected,
                             shown_,
                             count_ > kShownRows ? ", …" : ""));
    }
  }

 private:
  std::size_t count_ = 0;
  std::int64_t first_line_ = 0;
  std::string shown_;
};

Table parseDelimited(const std::string& file, std::string_view text, const TableOptions& options) {
  Table table = {.file = file};
  RowReader reader(file, text, options.format);
  std::optional<std::size_t> width;
  std::optional<std::vector<std::size_t>> places;
  if (options.has_header) {
    const std::optional<Fields> header = reader.next();
    if (!header) {
      refuse(file, "0 examples: the file is empty");
    }
    width = header->size();
    places = findColumns(file, *header, options);
  }
  BadRows bad_rows;
  while (std::optional<Fields> fields = reader.next()) {
    width = width.value_or(fields->size());
    places = places ? places : countColumns(options, *width);
    if (fields->size() < *width && options.skips_short_rows) {
      ++table.skipped;
    } else if (fields->size() != *width || !places) {
      bad_rows.add(reader.line(), fields->size());
    } else {
      TableRow& row = table.rows.emplace_back(TableRow{.line = reader.line()});
      for (const std::size_t place : *places) {
        row.fields.push_back((*fields)[place]);
      }
    }
  }
  bad_rows.refuseAny(file, width.value_or(0));
  return table;
}

std::string jsonField(const std::string& file,
                      std::int64_t line,
                      const Json& object,
                      const std::string& name) {
  const auto found = object.find(name);
  if (found == object.end()) {
    Fields keys;
    for (const auto& [key, value] : object.items()) {
      keys.push_back(key);
    }
    refuseLine(
        file, line, fmt::format("there is no key \"{}\"; found {}", name, quotedNames(keys)));
  }
  if (found->is_string()) {
    return found->get<std::string>();
  }
  if (found->is_structured() || found->is_null()) {
    refuseLine(file, line, fmt::format("\"{}\" is neither a text nor a number", name));
  }
  return found->dump();
}

Table parseJsonLines(const std::string& file, std::string_view text, const TableOptions& options) {
  Table table = {.file = file};
  std::int64_t line_number = 0;
  const char line_break = lineBreak(text);
  while (!text.empty()) {
    const std::string_view line = takeLine(text, line_break);
    ++line_number;
    if (line.find_first_not_of(" \t") == std::string_view::npos) {
      continue;
    }
    const Result<Json> object = parseJson(line);
    if (!object) {
      refuseLine(file, line_number, object.error().message);
    }
    if (!object->is_object()) {
      refuseLine(file, line_number, "expected a JSON object");
    }
    TableRow& row = table.rows.emplace_back(TableRow{.line = line_number});
    for (const ColumnChoice& column : options.columns) {
      row.fields.push_back(jsonField(file, line_number, *object, column.name));
    }
  }
  return table;
}

}  // namespace

TableFormat tableFormat(const std::string& name, const std::filesystem::path& file) {
  const std::string word = name == "auto" ? file.extension().string() : "." + name;
  if (word == ".tsv") {
    return TableFormat::kTsv;
  }
  if (word == ".csv") {
    return TableFormat::kCsv;
  }
  if (word == ".jsonl" || word == ".ndjson") {
    return TableFormat::kJsonLines;
  }
  throw TrainError(ExitCode::kBadSpec,
                   fmt::format("{}: the format cannot be told from the ending; set "
                               "data.table.format to tsv, csv or jsonl",
                               file.string()));
}

Table parseTable(const std::string& name, std::string_view text, const TableOptions& options) {
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  checkText(name, text);
  Table table = options.format == TableFormat::kJsonLines ? parseJsonLines(name, text, options)
                                                          : parseDelimited(name, text, options);
  if (table.rows.empty()) {
    refuse(name, "0 examples: there is no row");
  }
  return table;
}

Table readTable(const std::filesystem::path& file, const TableOptions& options) {
  return parseTable(file.string(), readOrThrow(readFile(file, kMaxTable)), options);
}

}  // namespace retort::train
