#include "trainers/io/output_file.h"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <string_view>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace retort::train {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kTemporaryPrefix = ".retort-";
constexpr std::string_view kTemporarySuffix = ".part";

[[noreturn]] void throwSystemError(std::string_view what, const fs::path& file) {
  const int code = errno;
  throw std::system_error(code, std::system_category(), fmt::format("{} {}", what, file.string()));
}

fs::path parentOf(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// How the names of all temporaries of a target begin.
std::string temporaryPrefix(const fs::path& target) {
  return fmt::format("{}{}-", kTemporaryPrefix, target.filename().string().substr(0, 100));
}

fs::path temporaryBeside(const fs::path& target) {
  static std::atomic<unsigned> counter = 0;
  return parentOf(target) /
         fmt::format("{}{}-{}{}", temporaryPrefix(target), ::getpid(), counter++, kTemporarySuffix);
}

void removeNamed(const fs::path& folder, std::string_view prefix) {
  if (!fs::is_directory(folder)) {
    return;
  }
  std::vector<fs::path> leftovers;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(prefix) && name.ends_with(kTemporarySuffix)) {
      leftovers.push_back(entry.path());
    }
  }
  for (const fs::path& leftover : leftovers) {
    fs::remove_all(leftover);
  }
}

/// Swaps two folders; leaves errno on failure.
bool exchange(const fs::path& a, const fs::path& b) {
  if (::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0) {
    return true;
  }
  if (errno != EINVAL && errno != ENOSYS) {
    return false;
  }
  // File systems without the exchange (network ones) do it in three steps.
  const fs::path aside = temporaryBeside(b);
  return ::rename(b.c_str(), aside.c_str()) == 0 && ::rename(a.c_str(), b.c_str()) == 0 &&
         ::rename(aside.c_str(), a.c_str()) == 0;
}

}  // namespace

OutputFile::OutputFile(fs::path file)
    : file_(std::move(file)),
      temporary_(temporaryBeside(file_)),
      descriptor_(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
  if (!descriptor_.isOpen()) {
    throwSystemError("cannot create", temporary_);
  }
}

OutputFile::~OutputFile() {
  if (!is_committed_) {
    ::unlink(temporary_.c_str());
  }
}

void OutputFile::write(const void* data, std::size_t size) {
  const auto* bytes = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = ::write(descriptor_.get(), bytes, size);
    if (written < 0 && errno != EINTR) {
      throwSystemError("cannot write", file_);
    }
    if (written > 0) {
      bytes += written;
      size -= static_cast<std::size_t>(written);
    }
  }
}

void OutputFile::commit() {
  if (::fsync(descriptor_.get()) != 0) {
    throwSystemError("cannot write", file_);
  }
  if (::rename(temporary_.c_str(), file_.c_str()) != 0) {
    throwSystemError("cannot replace", file_);
  }
  is_committed_ = true;
  syncFolder(parentOf(file_));
}

void syncFolder(const fs::path& folder) {
  const FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems refuse to sync a folder (EINVAL): they have nothing to sync.
  if (!descriptor.isOpen() || (::fsync(descriptor.get()) != 0 && errno != EINVAL)) {
    throwSystemError("cannot sync the folder", folder);
  }
}

fs::path makeTemporaryFolder(const fs::path& target) {
  fs::create_directories(parentOf(target));
  const fs::path temporary = temporaryBeside(target);
  fs::remove_all(temporary);
  fs::create_directory(temporary);
  return temporary;
}

void publishFolder(const fs::path& prepared, const fs::path& target) {
  syncFolder(prepared);
  const bool is_new = !fs::exists(fs::symlink_status(target));
  if (is_new ? ::rename(prepared.c_str(), target.c_str()) != 0 : !exchange(prepared, target)) {
    throwSystemError(is_new ? "cannot create" : "cannot replace", target);
  }
  syncFolder(parentOf(target));
  if (!is_new) {
    fs::remove_all(prepared);
  }
}

void removeTemporaries(const fs::path& folder) {
  removeNamed(folder, kTemporaryPrefix);
}

void removeTemporariesOf(const fs::path& file) {
  removeNamed(parentOf(file), temporaryPrefix(file));
}

}  // namespace retort::train
