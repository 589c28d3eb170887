#include "core/base/file.h"

#include "core/base/text.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace retort {

namespace {

/// Moves the code point at the start of `text` to `out`, made visible if a terminal would act on
/// it.
void appendVisible(std::string_view text, std::size_t length, std::string& out) {
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  if (length == 0) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte(0));
    return;
  }
  if (length == 1) {
    if (byte(0) >= 0x20 && byte(0) != 0x7F) {
      out += text[0];
    } else if (text[0] == '\n') {
      out += "\\n";
    } else if (text[0] == '\t') {
      out += "\\t";
    } else if (text[0] == '\r') {
      out += "\\r";
    } else {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte(0));
    }
    return;
  }
  const bool is_c1 = length == 2 && byte(0) == 0xC2 && byte(1) < 0xA0;
  // U+2028-202E and U+2066-2069: line separators and direction overrides, which reorder what is
  // read.
  const bool is_override = length == 3 && byte(0) == 0xE2 &&
                           ((byte(1) == 0x80 && byte(2) >= 0xA8 && byte(2) <= 0xAE) ||
                            (byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9));
  if (is_c1) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte(1));
  } else if (is_override) {
    const unsigned code = 0x2000U + ((byte(1) & 0x3FU) << 6U) + (byte(2) & 0x3FU);
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", code);
  } else {
    out += text.substr(0, length);
  }
}

Status writeAll(int descriptor, std::string_view contents, const std::filesystem::path& file) {
  while (!contents.empty()) {
    const ssize_t written = ::write(descriptor, contents.data(), contents.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      return failWith(systemError("cannot write", file));
    }
    contents.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Status writeAndSync(const std::filesystem::path& file, std::string_view contents) {
  const FileDescriptor descriptor(
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!descriptor.isOpen()) {
    return failWith(systemError("cannot create", file));
  }
  if (Status status = writeAll(descriptor.get(), contents, file); !status) {
    return status;
  }
  if (::fsync(descriptor.get()) != 0) {
    return failWith(systemError("cannot write", file));
  }
  return {};
}

Status syncFolder(const std::filesystem::path& folder) {
  const FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems refuse to sync a folder (EINVAL): they have nothing to sync.
  if (!descriptor.isOpen() || (::fsync(descriptor.get()) != 0 && errno != EINVAL)) {
    return failWith(systemError("cannot sync the folder", folder));
  }
  return {};
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

Error systemError(std::string_view what, const std::filesystem::path& file) {
  const int code = errno;
  const bool is_missing = code == ENOENT || code == ENOTDIR;
  return Error{is_missing ? ErrorCode::kNotFound : ErrorCode::kIo,
               fmt::format("{} {}: {}", what, file.string(), std::system_category().message(code))};
}

Result<FileDescriptor> openRegularFile(const std::filesystem::path& file) {
  FileDescriptor descriptor(::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!descriptor.isOpen()) {
    return failWith(systemError("cannot read", file));
  }

  struct stat status {};

  if (::fstat(descriptor.get(), &status) != 0) {
    return failWith(systemError("cannot read", file));
  }
  if (S_ISDIR(status.st_mode)) {
    return fail(ErrorCode::kIo, fmt::format("cannot read {}: it is a folder", file.string()));
  }
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::kIo, fmt::format("cannot read {}: not a regular file", file.string()));
  }
  return descriptor;
}

Result<std::size_t> readSome(int descriptor,
                             char* buffer,
                             std::size_t size,
                             const std::filesystem::path& file) {
  while (true) {
    const ssize_t got = ::read(descriptor, buffer, size);
    if (got >= 0) {
      return static_cast<std::size_t>(got);
    }
    if (errno != EINTR) {
      return failWith(systemError("cannot read", file));
    }
  }
}

Result<std::string> readFile(const std::filesystem::path& file, std::uint64_t limit) {
  const Result<FileDescriptor> descriptor = openRegularFile(file);
  if (!descriptor) {
    return failWith(descriptor.error());
  }
  std::string contents;
  std::array<char, 1U << 16U> buffer{};
  while (true) {
    const Result<std::size_t> got = readSome(descriptor->get(), buffer.data(), buffer.size(), file);
    if (!got) {
      return failWith(got.error());
    }
    if (*got == 0) {
      return contents;
    }
    if (contents.size() + *got > limit) {
      return fail(
          ErrorCode::kInvalidData,
          fmt::format("{} is too large: more than the {} bytes allowed", file.string(), limit));
    }
    contents.append(buffer.data(), *got);
  }
}

Status writeFileAtomically(const std::filesystem::path& file, std::string_view contents) {
  static std::atomic<unsigned> counter = 0;
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  const std::filesystem::path temporary =
      folder / fmt::format(".retort-{}-{}.tmp", ::getpid(), counter++);
  if (Status status = writeAndSync(temporary, contents); !status) {
    ::unlink(temporary.c_str());
    return status;
  }
  if (::rename(temporary.c_str(), file.c_str()) != 0) {
    const Error error = systemError("cannot replace", file);
    ::unlink(temporary.c_str());
    return failWith(error);
  }
  return syncFolder(folder);
}

std::string escapeForTerminal(std::string_view text, bool keep_newlines) {
  std::string escaped;
  escaped.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8SequenceLength(text);
    if (keep_newlines && text.front() == '\n') {
      escaped += '\n';
    } else {
      appendVisible(text, length, escaped);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return escaped;
}

std::int64_t wallClockMs() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

}  // namespace retort
