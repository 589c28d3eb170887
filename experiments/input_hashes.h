#pragma once

#include "core/base/hash.h"

#include <filesystem>
#include <functional>
#include <map>
#include <string>

namespace retort::experiments {

/// Remembers the hashes of inputs (`sha256OfInput`) for as long as their files look untouched: by
/// name, inode, size and times of change. A file that changes again within one tick of the file
/// system's clock (some milliseconds) without another size is not noticed. Used by one thread at a
/// time.
class InputHashes {
 public:
  using Hash = std::function<Result<std::string>(const std::filesystem::path&)>;

  /// `hash` reads an input.
  explicit InputHashes(Hash hash = &sha256OfInput) : hash_(std::move(hash)) {}

  /// Errors are not remembered.
  [[nodiscard]] Result<std::string> hashOf(const std::filesystem::path& path);

 private:
  struct Known {
    std::string looks;
    std::string hash;
  };

  Hash hash_;
  std::map<std::filesystem::path, Known> known_;
};

}  // namespace retort::experiments
