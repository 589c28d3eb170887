#include "storage/sqlite/lock_holder.h"

#include "core/base/file.h"
#include "core/base/text.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace retort::storage {
namespace {

std::uint64_t inodeOf(const std::string& file) {
  struct stat info = {};
  return ::stat(file.c_str(), &info) == 0 ? static_cast<std::uint64_t>(info.st_ino) : 0;
}

std::vector<std::string> fieldsOf(const std::string& line) {
  std::vector<std::string> fields;
  for (std::string& field : splitString(line, ' ')) {
    if (!field.empty()) {
      fields.push_back(std::move(field));
    }
  }
  return fields;
}

}  // namespace

std::optional<std::int64_t> findLockHolder(std::string_view proc_locks,
                                           std::uint64_t database_inode,
                                           std::uint64_t index_inode) {
  // "1: POSIX  ADVISORY  WRITE 1234 fd:01:131234 124 124"; waiting ones have "->" as second field.
  for (const std::string& line : splitString(proc_locks, '\n')) {
    std::vector<std::string> fields = fieldsOf(line);
    if (fields.size() < 6 || fields[3] != "WRITE") {
      continue;
    }
    std::string inode_text = fields[5].substr(fields[5].rfind(':') + 1);
    std::optional<std::int64_t> inode = parseInteger(inode_text);
    std::optional<std::int64_t> pid = parseInteger(fields[4]);
    if (!inode || !pid || *inode == 0 || *pid == ::getpid()) {
      continue;
    }
    auto id = static_cast<std::uint64_t>(*inode);
    if (id == database_inode || id == index_inode) {
      return pid;
    }
  }
  return std::nullopt;
}

std::string describeLockHolder(const std::filesystem::path& database_file) {
  constexpr std::uint64_t kLocksLimit = 16U << 20U;
  const std::string locks = readFile("/proc/locks", kLocksLimit).value_or("");
  std::string file = database_file.string();
  std::optional<std::int64_t> pid = findLockHolder(locks, inodeOf(file), inodeOf(file + "-shm"));
  return pid ? fmt::format(", held by process {}", *pid) : "";
}

}  // namespace retort::storage
