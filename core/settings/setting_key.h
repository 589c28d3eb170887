#pragma once

#include <string_view>

namespace retort {

/// True for lower-case words of letters, digits and underscores, joined by single dots:
/// "train.learning_rate".
[[nodiscard]] bool isSettingKey(std::string_view key);

}  // namespace retort
