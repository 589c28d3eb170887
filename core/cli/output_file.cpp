#include "core/cli/output_file.h"

#include "core/base/file.h"
#include "core/cli/console.h"

#include <utility>

#include <unistd.h>

namespace retort::cli {

Result<OutputFile> OutputFile::open(const std::string& file, bool may_overwrite) {
  OutputFile output;
  if (file.empty() || file == "-") {
    return output;
  }
  output.file_ = file;
  std::error_code error;
  if (!may_overwrite && std::filesystem::exists(std::filesystem::symlink_status(file, error))) {
    return fail(ErrorCode::kAlreadyExists, file + " exists; --force replaces it");
  }
  const std::filesystem::path temporary = file + ".part-" + std::to_string(getpid());
  output.stream_ = std::fopen(temporary.c_str(), "wxe");
  if (output.stream_ == nullptr) {
    return failWith(systemError("writing", temporary));
  }
  output.temporary_ = temporary;
  return output;
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : file_(std::move(other.file_)),
      temporary_(std::exchange(other.temporary_, {})),
      stream_(std::exchange(other.stream_, nullptr)),
      has_failed_(other.has_failed_) {}

OutputFile::~OutputFile() {
  if (stream_ != nullptr) {
    (void)std::fclose(stream_);
  }
  if (!temporary_.empty()) {
    std::error_code error;
    std::filesystem::remove(temporary_, error);
  }
}

void OutputFile::write(std::string_view text) {
  if (stream_ == nullptr) {
    print(text);
  } else if (std::fwrite(text.data(), 1, text.size(), stream_) != text.size()) {
    has_failed_ = true;
  }
}

Status OutputFile::commit() {
  if (stream_ == nullptr) {
    return finishOutput();
  }
  const bool is_written = !has_failed_ && std::fflush(stream_) == 0 && fsync(fileno(stream_)) == 0;
  if (!is_written) {
    return failWith(systemError("writing", file_));
  }
  if (std::rename(temporary_.c_str(), file_.c_str()) != 0) {
    return failWith(systemError("writing", file_));
  }
  temporary_.clear();
  return {};
}

}  // namespace retort::cli
