#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string_view>

namespace retort::train {

/// A file in memory, read only.
class MappedFile {
 public:
  /// Null for what is not a regular file with contents that can be read.
  [[nodiscard]] static std::shared_ptr<const MappedFile> open(const std::filesystem::path& file);

  /// Takes over a mapping.
  MappedFile(void* data, std::size_t size) : data_(data), size_(size) {}

  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  [[nodiscard]] std::string_view view() const { return {static_cast<const char*>(data_), size_}; }

 private:
  void* data_;
  std::size_t size_;
};

}  // namespace retort::train
