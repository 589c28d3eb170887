#pragma once

#include "core/base/result.h"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace retort::cli {

/// A file that appears complete or not at all, for documents too long to hold: written beside its
/// place, synced and renamed by `commit`. Without a name (or "-") it is standard output.
class OutputFile {
 public:
  /// kAlreadyExists when there is such a file and it may not be replaced; kIo.
  [[nodiscard]] static Result<OutputFile> open(const std::string& file, bool may_overwrite);

  ~OutputFile();
  OutputFile(OutputFile&&) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;

  /// Errors are remembered and come back from `commit`.
  void write(std::string_view text);
  Status commit();

 private:
  OutputFile() = default;

  std::filesystem::path file_;
  std::filesystem::path temporary_;  ///< empty: standard output, or committed
  std::FILE* stream_ = nullptr;
  bool has_failed_ = false;
};

}  // namespace retort::cli
