#include "storage/file_system.h"

#include <algorithm>
#include <array>

#include <sys/stat.h>
#include <sys/vfs.h>

namespace retort::storage {
namespace {

// From statfs(2) and linux/magic.h, where some of these have no name.
constexpr std::array<std::int64_t, 14> kNetworkTypes = {
    0x6969,      // NFS
    0x517B,      // SMB
    0xFF534D42,  // CIFS
    0xFE534D42,  // SMB2
    0x65735546,  // FUSE: sshfs and others
    0x01021997,  // 9p
    0x786F4256,  // VirtualBox shared folder
    0xBACBACBC,  // VMware shared folder
    0x5346414F,  // AFS
    0x73757245,  // Coda
    0x00C36400,  // Ceph
    0x0BD00BD0,  // Lustre
    0x47504653,  // GPFS
    0x7461636F,  // OCFS2
};

}  // namespace

bool isNetworkFileSystemType(std::int64_t f_type) {
  return std::find(kNetworkTypes.begin(), kNetworkTypes.end(), f_type) != kNetworkTypes.end();
}

bool isOnNetworkFileSystem(const std::filesystem::path& folder) {
  struct statfs info = {};
  if (::statfs(folder.c_str(), &info) != 0) {
    return false;
  }
  return isNetworkFileSystemType(static_cast<std::int64_t>(info.f_type));
}

FileIdentity fileIdentity(const std::filesystem::path& file) {
  struct stat info = {};
  if (::stat(file.c_str(), &info) != 0) {
    return {};
  }
  return {info.st_dev, info.st_ino};
}

}  // namespace retort::storage
