#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace retort::train {

/// Where things are kept that any trainer can make again: `name` below retort/ in XDG_CACHE_HOME,
/// or in .cache of HOME; none without a home. It need not be there yet.
[[nodiscard]] std::optional<std::filesystem::path> cacheFolder(const std::string& name);

}  // namespace retort::train
