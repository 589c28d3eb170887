#include "gui/models/text_file.h"

#include "core/base/file.h"
#include "core/base/text.h"

#include <utility>

namespace retort::gui {

namespace {

constexpr std::uint64_t kLargestFile = 1'000'000;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

Result<TextFile> TextFile::open(const std::filesystem::path& path) {
  auto bytes = readFile(path, kLargestFile);
  if (!bytes) {
    return failWith(bytes.error());
  }
  if (!isValidUtf8(*bytes)) {
    return fail(ErrorCode::kInvalidData, path.string() + " is not UTF-8: save it as UTF-8");
  }
  TextFile file;
  file.path_ = path;
  file.bytes_ = std::move(*bytes);
  file.has_mark_ = file.bytes_.starts_with(kByteOrderMark);
  file.text_ = QString::fromUtf8(file.bytes_.data() + (file.has_mark_ ? kByteOrderMark.size() : 0));
  file.has_returns_ = file.text_.contains(QStringLiteral("\r\n"));
  file.text_.replace(QStringLiteral("\r\n"), QStringLiteral("\n"));
  return file;
}

bool TextFile::isChangedByOthers() const {
  if (path_.empty()) {
    return false;
  }
  const auto bytes = readFile(path_, kLargestFile);
  return !bytes || *bytes != bytes_;
}

Status TextFile::save(const QString& text) {
  return saveAs(path_, text);
}

Status TextFile::saveAs(const std::filesystem::path& path, const QString& text) {
  QString lines = text;
  if (has_returns_) {
    lines.replace(QStringLiteral("\n"), QStringLiteral("\r\n"));
  }
  std::string bytes =
      (has_mark_ ? std::string(kByteOrderMark) : std::string()) + lines.toStdString();
  if (Status written = writeFileAtomically(path, bytes); !written) {
    return written;
  }
  path_ = path;
  text_ = text;
  bytes_ = std::move(bytes);
  return {};
}

}  // namespace retort::gui
