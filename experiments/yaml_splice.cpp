#include "experiments/yaml_splice.h"

#include "experiments/text_lines.h"
#include "experiments/yaml_layout.h"

#include <algorithm>

namespace retort::experiments {

namespace {

using Style = SourceNode::Style;

}  // namespace

Span childSpan(const SourceNode& parent, std::size_t index) {
  if (!parent.items.empty()) {
    const SourceItem& item = parent.items[index];
    return {item.begin, std::max(item.begin, item.value.end)};
  }
  const SourceEntry& entry = parent.entries[index];
  return {entry.key_begin, std::max(entry.value_from, entry.value.end)};
}

Span chunkSpan(std::string_view text, const SourceNode& parent, std::size_t index) {
  Span span = childSpan(parent, index);
  if (parent.style != Style::kBlock) {
    return span;
  }
  span.end = lineEnd(text, span.end);
  std::size_t start = lineStart(text, span.begin);
  while (start > 0 && isFirstInLine(text, span.begin)) {
    const std::size_t above = lineStart(text, start - 1);
    const std::size_t first = std::min(text.find_first_not_of(' ', above), text.size() - 1);
    if (text[first] != '#') {
      break;
    }
    span.begin = first;
    start = above;
  }
  return span;
}

std::string spliced(std::string text, Span span, std::string_view replacement) {
  return text.replace(span.begin, span.end - span.begin, replacement);
}

std::optional<std::string> withoutChild(const std::string& text,
                                        const SourceNode& parent,
                                        std::size_t index,
                                        std::size_t count) {
  const Span span = childSpan(parent, index);
  if (parent.style == Style::kBlock && isFirstInLine(text, span.begin)) {
    return spliced(text, {lineStart(text, span.begin), nextLine(text, span.end)}, "");
  }
  if (index + 1 < count) {
    return spliced(text, {span.begin, childSpan(parent, index + 1).begin}, "");
  }
  if (parent.style == Style::kFlow && index > 0) {
    return spliced(text, {childSpan(parent, index - 1).end, span.end}, "");
  }
  return std::nullopt;
}

std::string withBlock(const std::string& text, const SourceEntry& entry, const YamlNode& value) {
  const std::string lines =
      withLineEndsOf(text, "\n" + blockText(value, columnAt(text, entry.key_begin) + 2));
  const SourceNode& old = entry.value;
  if (old.style == Style::kBlock) {
    return spliced(text, {lineEnd(text, entry.value_from), old.end}, lines);
  }
  const std::size_t end = std::max(entry.value_from, old.end);
  const std::string with_lines = spliced(text, {lineEnd(text, end), lineEnd(text, end)}, lines);
  return spliced(with_lines, {entry.value_from, end}, "");
}

std::string withLine(const std::string& text, const SourceEntry& entry, const std::string& value) {
  const SourceNode& old = entry.value;
  if (old.style == Style::kNothing) {
    const bool has_colon = entry.value_from > entry.key_end;
    return spliced(text, {old.begin, old.begin}, (has_colon ? " " : ": ") + value);
  }
  const std::size_t end = lineEnd(text, entry.value_from);
  if (old.style == Style::kBlock && old.begin > end) {
    // A comment behind the key stays there.
    return spliced(
        spliced(text, {end, old.end}, ""), {entry.value_from, entry.value_from}, " " + value);
  }
  return spliced(text, {old.begin, old.end}, value);
}

}  // namespace retort::experiments
