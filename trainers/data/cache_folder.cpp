#include "trainers/data/cache_folder.h"

#include <cstdlib>

namespace retort::train {

std::optional<std::filesystem::path> cacheFolder(const std::string& name) {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/') {
    return std::filesystem::path(cache) / "retort" / name;
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
    return std::filesystem::path(home) / ".cache" / "retort" / name;
  }
  return std::nullopt;
}

}  // namespace retort::train
