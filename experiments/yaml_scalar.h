#pragma once

#include "core/base/json.h"
#include "core/base/result.h"

#include <string>
#include <string_view>

namespace retort::experiments {

/// The value of a plain (unquoted) scalar by YAML 1.2's core schema: null, true and false, decimal
/// integers of 64 bits, finite reals with a decimal point, and text. What YAML 1.1 and 1.2, or
/// people, read differently is refused with the way to say it clearly: no/yes/on/off, 0123, 0x1F,
/// 1_000, "0,5", .nan and .inf, numbers that do not fit.
[[nodiscard]] Result<Json, std::string> typePlainScalar(std::string_view text);

/// True when the text, written without quotes, is read as the same text.
[[nodiscard]] bool isPlainText(std::string_view text);

}  // namespace retort::experiments
