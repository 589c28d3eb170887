#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace retort::train {

/// While it lives, trainers keep what they can make again in that folder.
class CacheHome {
 public:
  explicit CacheHome(const std::filesystem::path& folder) {
    if (const char* value = std::getenv("XDG_CACHE_HOME"); value != nullptr) {
      before_ = value;
    }
    ::setenv("XDG_CACHE_HOME", folder.c_str(), 1);
  }

  ~CacheHome() {
    if (before_) {
      ::setenv("XDG_CACHE_HOME", before_->c_str(), 1);
    } else {
      ::unsetenv("XDG_CACHE_HOME");
    }
  }

  CacheHome(const CacheHome&) = delete;
  CacheHome& operator=(const CacheHome&) = delete;

 private:
  std::optional<std::string> before_;
};

}  // namespace retort::train
