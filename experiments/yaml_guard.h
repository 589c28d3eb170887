#pragma once

#include "core/base/result.h"
#include "experiments/diagnostic_sink.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace retort::experiments {

inline constexpr std::size_t kLargestYamlBytes = 1000000;
inline constexpr int kDeepestYaml = 64;
inline constexpr int kMostYamlNodes = 10000;

/// UTF-8 text with '\n' line ends and no byte order mark; or the reason why the bytes are not such
/// a text.
[[nodiscard]] Result<std::string, Diagnostic> normalizeText(std::string_view bytes,
                                                            const std::string& file);

/// The nesting of a YAML text, estimated without a parser from brackets and indentation: reports a
/// text that nests deeper than kDeepestYaml. It never underestimates what would endanger the parser
/// (which has its own limit of 500 levels).
[[nodiscard]] bool isTooDeep(std::string_view text, Place& place);

}  // namespace retort::experiments
