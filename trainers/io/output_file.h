#pragma once

#include "core/base/file.h"

#include <cstddef>
#include <filesystem>

namespace retort::train {

/// A file written piece by piece that appears under its name all at once or not at all.
class OutputFile {
 public:
  /// Creates a temporary file in the same folder. Throws std::system_error, as do all members.
  explicit OutputFile(std::filesystem::path file);

  /// Removes the temporary file when `commit` was not reached.
  ~OutputFile();

  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(const void* data, std::size_t size);

  /// fsync, rename, fsync of the folder.
  void commit();

 private:
  std::filesystem::path file_;
  std::filesystem::path temporary_;
  FileDescriptor descriptor_;
  bool is_committed_ = false;
};

/// fsync of a folder, so that names in it survive a power cut.
void syncFolder(const std::filesystem::path& folder);

/// A folder beside `target` with a name of its own that begins with '.': where to prepare what will
/// be put in place at `target`. Created empty.
[[nodiscard]] std::filesystem::path makeTemporaryFolder(const std::filesystem::path& target);

/// Puts the prepared folder in place in one step: a rename, or an exchange with the folder that is
/// there, which is then removed. Syncs the parent folder.
void publishFolder(const std::filesystem::path& prepared, const std::filesystem::path& target);

/// Removes what killed writers left in `folder`: entries with the names that the functions above
/// give. Only one process may write there.
void removeTemporaries(const std::filesystem::path& folder);

/// The same of one file, which only one process may write.
void removeTemporariesOf(const std::filesystem::path& file);

}  // namespace retort::train
