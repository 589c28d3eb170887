#pragma once

#include "core/base/result.h"

#include <QString>

#include <filesystem>
#include <string>

namespace retort::gui {

/// A text file that is being edited: keeps its line ends and byte order mark, and notices when
/// someone else changes it.
class TextFile {
 public:
  /// None yet: a text without a file.
  TextFile() = default;

  /// Reads a file of at most a megabyte; kInvalidData when it is not UTF-8.
  [[nodiscard]] static Result<TextFile> open(const std::filesystem::path& path);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// With '\n' line ends, as it was read or written last.
  [[nodiscard]] const QString& text() const { return text_; }

  /// True when the file's contents are no longer what was read or written last (also when it is
  /// gone). False without a file.
  [[nodiscard]] bool isChangedByOthers() const;

  /// Writes atomically, over whatever is there.
  Status save(const QString& text);
  Status saveAs(const std::filesystem::path& path, const QString& text);

 private:
  std::filesystem::path path_;
  QString text_;
  std::string bytes_;  ///< as in the file
  bool has_returns_ = false;
  bool has_mark_ = false;
};

}  // namespace retort::gui
