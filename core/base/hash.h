#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace retort {

/// SHA-256 of bytes that come piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(const void* data, std::size_t size);

  void update(std::string_view bytes) { update(bytes.data(), bytes.size()); }

  /// 64 lower-case hexadecimal digits; the last call.
  [[nodiscard]] std::string finishHex();

 private:
  void* context_;
};

/// SHA-256 of bytes as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256Hex(std::string_view bytes);

/// SHA-256 of a regular file's contents, read in pieces. kNotFound, or kIo when it is not a regular
/// file.
[[nodiscard]] Result<std::string> sha256OfFile(const std::filesystem::path& file);

/// SHA-256 over the contents of a file, or of a folder's regular files (not recursive, sorted by
/// name: name, NUL, content hash, newline for each). Identifies a run's input whatever its path is.
/// A folder without files is kNotFound.
[[nodiscard]] Result<std::string> sha256OfInput(const std::filesystem::path& path);

}  // namespace retort
