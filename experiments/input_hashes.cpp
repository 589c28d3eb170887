#include "experiments/input_hashes.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <sys/stat.h>

namespace retort::experiments {

namespace {

/// Of one file: "NAME inode size changed"; empty when it cannot be asked for.
std::string looksOfFile(const std::filesystem::path& file) {
  struct stat status {};

  if (stat(file.c_str(), &status) != 0) {
    return {};
  }
  return fmt::format("{} {}:{} {} {}.{} {}.{}\n",
                     file.filename().string(),
                     status.st_dev,
                     status.st_ino,
                     status.st_size,
                     status.st_mtim.tv_sec,
                     status.st_mtim.tv_nsec,
                     status.st_ctim.tv_sec,
                     status.st_ctim.tv_nsec);
}

std::string looksOf(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) {
    return looksOfFile(path);
  }
  std::vector<std::string> files;
  for (auto entry = std::filesystem::directory_iterator(path, error);
       !error && entry != std::filesystem::directory_iterator();
       entry.increment(error)) {
    files.push_back(looksOfFile(entry->path()));
  }
  std::sort(files.begin(), files.end());
  std::string looks;
  for (const std::string& file : files) {
    looks += file;
  }
  return looks;
}

}  // namespace

Result<std::string> InputHashes::hashOf(const std::filesystem::path& path) {
  std::string looks = looksOf(path);
  const auto known = known_.find(path);
  if (known != known_.end() && !looks.empty() && known->second.looks == looks) {
    return known->second.hash;
  }
  Result<std::string> hash = hash_(path);
  // What changed while it was read is read again the next time.
  if (hash && looksOf(path) == looks) {
    known_[path] = {std::move(looks), *hash};
  } else {
    known_.erase(path);
  }
  return hash;
}

}  // namespace retort::experiments
