#include "experiments/yaml_guard.h"

#include "core/base/text.h"

#include <algorithm>

#include <fmt/format.h>

namespace retort::experiments {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

int lineAt(std::string_view text, std::size_t offset) {
  return static_cast<int>(
             std::count(text.begin(), text.begin() + static_cast<long>(offset), '\n')) +
         1;
}

Failure<Diagnostic> refuse(const std::string& file, std::string message) {
  Diagnostic diagnostic;
  diagnostic.file = file;
  diagnostic.message = std::move(message);
  return failWith(std::move(diagnostic));
}

/// YAML allows tab and line ends of the control characters, and nothing else.
bool isForbiddenControl(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
}

/// Follows brackets and indentation of a text line by line.
class DepthScanner {
 public:
  explicit DepthScanner(std::string_view text) : text_(text) {}

  /// False as soon as the nesting is too deep; line() and column() say where.
  bool scan() {
    while (position_ < text_.size()) {
      if (!scanLine()) {
        return false;
      }
      ++line_;
    }
    return true;
  }

  [[nodiscard]] int line() const { return line_; }

  [[nodiscard]] int column() const { return column_; }

 private:
  [[nodiscard]] bool isDeep() const {
    return indents_.size() + static_cast<std::size_t>(brackets_) >
           static_cast<std::size_t>(kDeepestYaml);
  }

  bool scanLine() {
    const std::size_t newline = text_.find('\n', position_);
    const std::size_t end = newline == std::string_view::npos ? text_.size() : newline;
    const std::string_view line = text_.substr(position_, end - position_);
    position_ = end + 1;
    std::size_t start = 0;
    if (brackets_ == 0 && quote_ == 0) {
      start = line.find_first_not_of(' ');
      if (start == std::string_view::npos || line[start] == '#') {
        return true;
      }
      indent(start);
      // "- - - x" opens a list at each dash.
      while (start + 1 < line.size() && line[start] == '-' && line[start + 1] == ' ') {
        start = std::min(line.find_first_not_of(' ', start + 1), line.size());
        indent(start);
        if (isDeep()) {
          column_ = static_cast<int>(start);
          return false;
        }
      }
    }
    return scanBrackets(line, start);
  }

  void indent(std::size_t column) {
    while (!indents_.empty() && indents_.back() >= column) {
      indents_.pop_back();
    }
    indents_.push_back(column);
  }

  bool scanBrackets(std::string_view line, std::size_t start) {
    bool can_begin = true;  // brackets and quotes count only where a value can begin
    for (std::size_t i = start; i < line.size(); ++i) {
      const char c = line[i];
      column_ = static_cast<int>(i) + 1;
      if (quote_ != 0) {
        i += quote_ == '"' && c == '\\' ? 1 : 0;
        quote_ = c == quote_ ? '\0' : quote_;
        can_begin = false;
        continue;
      }
      if (c == '#' && (i == start || line[i - 1] == ' ')) {
        return true;
      }
      if (can_begin && opens(c)) {
        if (isDeep()) {
          return false;
        }
        continue;
      }
      brackets_ -= brackets_ > 0 && (c == ']' || c == '}') ? 1 : 0;
      can_begin = std::string_view(" \t,:-?").find(c) != std::string_view::npos;
    }
    return !isDeep();
  }

  /// Takes an opening bracket or quote.
  bool opens(char c) {
    if (c == '[' || c == '{') {
      ++brackets_;
      return true;
    }
    if (c == '"' || c == '\'') {
      quote_ = c;
      return true;
    }
    return false;
  }

  std::string_view text_;
  std::size_t position_ = 0;
  int line_ = 1;
  int column_ = 1;
  int brackets_ = 0;
  char quote_ = 0;
  std::vector<std::size_t> indents_;
};

}  // namespace

Result<std::string, Diagnostic> normalizeText(std::string_view bytes, const std::string& file) {
  if (bytes.size() > kLargestYamlBytes) {
    return refuse(
        file, fmt::format("has {} bytes; at most {} are read", bytes.size(), kLargestYamlBytes));
  }
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    return refuse(file, "is UTF-16; save it as UTF-8");
  }
  std::size_t bad = 0;
  if (!isValidUtf8(bytes, &bad)) {
    return refuse(file, fmt::format("not UTF-8 at byte {} (line {})", bad + 1, lineAt(bytes, bad)));
  }
  if (const auto control = std::find_if(bytes.begin(), bytes.end(), isForbiddenControl);
      control != bytes.end()) {
    const auto offset = static_cast<std::size_t>(control - bytes.begin());
    return refuse(file,
                  fmt::format("{} at byte {} (line {})",
                              *control == '\0' ? "a NUL" : "a control character",
                              offset + 1,
                              lineAt(bytes, offset)));
  }
  if (bytes.starts_with(kByteOrderMark)) {
    bytes.remove_prefix(kByteOrderMark.size());
  }
  std::string text;
  text.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] != '\r') {
      text += bytes[i];
    } else if (i + 1 == bytes.size() || bytes[i + 1] != '\n') {
      text += '\n';
    }
  }
  return text;
}

bool isTooDeep(std::string_view text, Place& place) {
  DepthScanner scanner(text);
  if (scanner.scan()) {
    return false;
  }
  place.line = scanner.line();
  place.column = scanner.column();
  return true;
}

}  // namespace retort::experiments
