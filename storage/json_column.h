#pragma once

#include "core/base/json.h"
#include "core/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace retort::storage {

/// A JSON column read back; kDatabase when somebody has damaged it.
[[nodiscard]] Result<Json> parseJsonColumn(const std::string& text, std::string_view what);

/// A list as the JSON array that json_each takes; "" when empty, which statements read as "no
/// restriction".
[[nodiscard]] std::string jsonList(const std::vector<std::string>& values);

}  // namespace retort::storage
