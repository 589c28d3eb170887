#pragma once

#include "experiments/yaml_source.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Texts with one value of a YAML tree replaced or taken out; whether they still mean what they
/// should is for the caller to check (yaml_edit.h).
namespace retort::experiments {

/// Bytes [begin, end) of a text.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

[[nodiscard]] std::string spliced(std::string text, Span span, std::string_view replacement);

/// A child of a map or list with its key or dash.
[[nodiscard]] Span childSpan(const SourceNode& parent, std::size_t index);

/// The same with the comment lines right above it, from their first '#' on, and the one behind it.
[[nodiscard]] Span chunkSpan(std::string_view text, const SourceNode& parent, std::size_t index);

/// Without one of the `count` children of a map or list; nothing when that cannot be done by taking
/// a part of the text out.
[[nodiscard]] std::optional<std::string> withoutChild(const std::string& text,
                                                      const SourceNode& parent,
                                                      std::size_t index,
                                                      std::size_t count);

/// With a map or list on lines of its own in the place of an entry's value (or of nothing).
[[nodiscard]] std::string withBlock(const std::string& text,
                                    const SourceEntry& entry,
                                    const YamlNode& value);

/// The same with a value on one line. A comment behind the key stays there.
[[nodiscard]] std::string withLine(const std::string& text,
                                   const SourceEntry& entry,
                                   const std::string& value);

}  // namespace retort::experiments
