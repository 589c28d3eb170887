#include "experiments/yaml_source.h"

#include <algorithm>

namespace retort::experiments {

namespace {

using Style = SourceNode::Style;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool isBlank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

bool isSpace(char c) {
  return isBlank(c) || c == '\n';
}

/// Walks through the text along the tree: what the parser made of it says what to look for, so that
/// only quotes, brackets, comments and blanks have to be understood here.
class Locator {
 public:
  explicit Locator(std::string_view text) : text_(text) {}

  std::optional<SourceNode> locate(const YamlNode& root) {
    position_ = text_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    skipSpace();
    if (text_.substr(position_).starts_with("---")) {
      position_ += 3;
    }
    SourceNode node = value(root, -1, false);
    return has_failed_ ? std::nullopt : std::optional(std::move(node));
  }

 private:
  [[nodiscard]] char at(std::size_t position) const {
    return position < text_.size() ? text_[position] : '\0';
  }

  [[nodiscard]] char current() const { return at(position_); }

  SourceNode failed() {
    has_failed_ = true;
    return {};
  }

  /// Blanks, line ends and comments.
  void skipSpace() {
    while (position_ < text_.size()) {
      if (isSpace(current())) {
        ++position_;
      } else if (current() == '#' && (position_ == 0 || isSpace(text_[position_ - 1]))) {
        position_ = std::min(text_.find('\n', position_), text_.size());
      } else {
        return;
      }
    }
  }

  [[nodiscard]] int columnOf(std::size_t position) const {
    const std::size_t newline =
        position == 0 ? std::string_view::npos : text_.rfind('\n', position - 1);
    std::size_t start = newline == std::string_view::npos ? 0 : newline + 1;
    if (start == 0 && text_.starts_with(kByteOrderMark)) {
      start = kByteOrderMark.size();
    }
    return static_cast<int>(position - start);
  }

  /// A value that begins at or behind position_; leaves position_ behind it. `indent`: the column
  /// of the keys or dashes around it.
  SourceNode value(const YamlNode& node, int indent, bool is_flow) {
    if (has_failed_) {
      return {};
    }
    if (node.isNull() && node.spelling.empty()) {
      return nullValue();
    }
    skipSpace();
    while (current() == '&' || current() == '!') {
      while (position_ < text_.size() && !isSpace(current())) {
        ++position_;
      }
      skipSpace();
    }
    SourceNode source;
    source.begin = position_;
    if (current() == '*') {
      source.style = Style::kAlias;
      while (position_ < text_.size() && !isSpace(current()) &&
             std::string_view(",]}").find(current()) == std::string_view::npos) {
        ++position_;
      }
      source.end = position_;
      return source;
    }
    return node.isScalar() ? scalar(node, indent) : collection(node, is_flow);
  }

  SourceNode nullValue() {
    SourceNode source;
    source.begin = source.end = position_;
    std::size_t word = position_;
    while (isBlank(at(word))) {
      ++word;
    }
    for (const std::string_view null : {"null", "Null", "NULL", "~"}) {
      if (text_.substr(word).starts_with(null)) {
        source.style = Style::kScalar;
        source.begin = word;
        source.end = position_ = word + null.size();
      }
    }
    const char next = at(std::max(word, position_));
    // An anchor or a value on another line: nothing that the form writes.
    if (next == '&' || next == '!') {
      return failed();
    }
    return source;
  }

  SourceNode scalar(const YamlNode& node, int indent) {
    SourceNode source;
    source.style = Style::kScalar;
    source.begin = position_;
    if (current() == '"' || current() == '\'') {
      skipQuoted();
    } else if (current() == '|' || current() == '>') {
      skipBlockScalar(indent);
    } else {
      skipPlain(node.spelling);
    }
    source.end = position_;
    return source;
  }

  void skipQuoted() {
    const char quote = current();
    for (++position_; position_ < text_.size(); ++position_) {
      if (quote == '"' && current() == '\\') {
        ++position_;
      } else if (current() == quote && quote == '\'' && at(position_ + 1) == quote) {
        ++position_;
      } else if (current() == quote) {
        ++position_;
        return;
      }
    }
    has_failed_ = true;
  }

  /// Ends behind the last line that is indented more than the key.
  void skipBlockScalar(int indent) {
    std::size_t end = lineEnd(position_);
    std::size_t line = end;
    while (line < text_.size()) {
      const std::size_t start = line + 1;
      const std::size_t first = text_.find_first_not_of(' ', start);
      const std::size_t next = std::min(text_.find('\n', start), text_.size());
      const bool is_empty = first >= next || text_[first] == '\r';
      if (!is_empty && static_cast<int>(first - start) <= indent) {
        break;
      }
      end = is_empty ? end : next;
      line = next;
    }
    position_ = end;
    while (position_ > 0 && isSpace(text_[position_ - 1])) {
      --position_;
    }
  }

  /// The text as the parser read it; line breaks within it became blanks.
  void skipPlain(std::string_view spelling) {
    for (std::size_t i = 0; i < spelling.size();) {
      if (isSpace(spelling[i])) {
        while (i < spelling.size() && isSpace(spelling[i])) {
          ++i;
        }
        const std::size_t before = position_;
        while (position_ < text_.size() && isSpace(current())) {
          ++position_;
        }
        has_failed_ = has_failed_ || position_ == before;
      } else if (current() == spelling[i]) {
        ++position_;
        ++i;
      } else {
        has_failed_ = true;
        return;
      }
    }
  }

  SourceNode collection(const YamlNode& node, bool is_flow) {
    const char open = node.isMap() ? '{' : '[';
    SourceNode source;
    source.begin = position_;
    source.style = current() == open ? Style::kFlow : Style::kBlock;
    if (source.style == Style::kBlock && is_flow) {
      return failed();
    }
    const bool has_brackets = source.style == Style::kFlow;
    position_ += has_brackets ? 1 : 0;
    source.end = position_;
    const int column = columnOf(source.begin);
    for (const YamlEntry& child : node.entries) {
      source.entries.push_back(entry(child, column, has_brackets));
      source.end = position_;
    }
    for (const YamlNode& child : node.items) {
      source.items.push_back(item(child, column, has_brackets));
      source.end = position_;
    }
    if (has_brackets) {
      skipSeparators();
      has_failed_ = has_failed_ || current() != (open == '{' ? '}' : ']');
      source.end = ++position_;
    }
    return source;
  }

  void skipSeparators() {
    skipSpace();
    while (current() == ',') {
      ++position_;
      skipSpace();
    }
  }

  SourceEntry entry(const YamlEntry& child, int column, bool is_flow) {
    SourceEntry source;
    if (has_failed_) {
      return source;
    }
    is_flow ? skipSeparators() : skipSpace();
    source.key_begin = position_;
    if (current() == '"' || current() == '\'') {
      skipQuoted();
    } else {
      skipPlain(child.key);
    }
    source.key_end = position_;
    std::size_t colon = position_;
    while (isBlank(at(colon))) {
      ++colon;
    }
    if (at(colon) == ':') {
      position_ = colon + 1;
      source.value_from = position_;
      source.value = value(child.value, column, is_flow);
    } else {
      source.value_from = position_;
      source.value.begin = source.value.end = position_;
      has_failed_ = has_failed_ || !is_flow || !child.value.isNull();
    }
    return source;
  }

  SourceItem item(const YamlNode& child, int column, bool is_flow) {
    SourceItem source;
    if (has_failed_) {
      return source;
    }
    is_flow ? skipSeparators() : skipSpace();
    source.begin = position_;
    if (!is_flow) {
      has_failed_ = current() != '-';
      ++position_;
    }
    source.value = value(child, column, is_flow);
    return source;
  }

  [[nodiscard]] std::size_t lineEnd(std::size_t position) const {
    return std::min(text_.find('\n', position), text_.size());
  }

  std::string_view text_;
  std::size_t position_ = 0;
  bool has_failed_ = false;
};

}  // namespace

std::optional<SourceNode> locateNodes(std::string_view text, const YamlNode& root) {
  return Locator(text).locate(root);
}

}  // namespace retort::experiments
