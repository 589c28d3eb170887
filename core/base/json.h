#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace retort {

/// A value tree: the common currency for setting values, catalogues, specs and events.
/// Object keys are sorted, so that equal trees have equal texts.
using Json = nlohmann::json;

/// Parses one JSON text. Refuses duplicate keys, nesting deeper than `max_depth`, invalid UTF-8 and
/// anything after the value. The message names the byte; the code is kInvalidData.
[[nodiscard]] Result<Json> parseJson(std::string_view text, int max_depth = 64);

/// The canonical text of a tree: sorted keys, no blanks, the shortest decimals that read back to
/// the same double (independent of the locale). Equal trees give equal bytes; run ids are hashes of
/// it. Non-finite numbers become the strings "NaN", "Infinity", "-Infinity".
[[nodiscard]] std::string canonicalJson(const Json& value);

/// Appends `text` in quotes, escaped; malformed UTF-8 becomes U+FFFD, so that the result is always
/// valid JSON.
void appendJsonString(std::string_view text, std::string& out);

}  // namespace retort
