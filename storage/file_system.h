#pragma once

#include <cstdint>
#include <filesystem>

namespace retort::storage {

/// True for the `f_type` of statfs(2) of file systems that several machines may share (NFS, SMB,
/// FUSE such as sshfs, 9p, shared folders of virtual machines, Lustre, …). SQLite's write-ahead log
/// needs shared memory, which they lack.
[[nodiscard]] bool isNetworkFileSystemType(std::int64_t f_type);

/// Whether `folder` lies on one; false when it cannot be told.
[[nodiscard]] bool isOnNetworkFileSystem(const std::filesystem::path& folder);

/// Identifies a file behind a path; changes when the file is deleted or replaced.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;  ///< 0: no file there

  bool operator==(const FileIdentity&) const = default;
};

[[nodiscard]] FileIdentity fileIdentity(const std::filesystem::path& file);

}  // namespace retort::storage
