#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace retort::experiments {

/// "8GiB", "512 MiB", "1.5GB": bytes. Units B, kB, MB, GB, TB (powers of 1000) and KiB, MiB, GiB,
/// TiB (of 1024). The error says what is wrong, for a diagnostic.
[[nodiscard]] Result<std::int64_t, std::string> parseByteSize(std::string_view text);

/// "2h", "90m", "1h30m", "45s", "1d": whole seconds, at least one.
[[nodiscard]] Result<std::int64_t, std::string> parseDuration(std::string_view text);

}  // namespace retort::experiments
