#include "storage/file_system.h"

#include "tests/storage/store_fixture.h"

namespace retort::storage {
namespace {

TEST(FileSystem, KnowsNetworkFileSystemsByTheirNumbers) {
  EXPECT_TRUE(isNetworkFileSystemType(0x6969));       // NFS
  EXPECT_TRUE(isNetworkFileSystemType(0x65735546));   // FUSE (sshfs)
  EXPECT_TRUE(isNetworkFileSystemType(0x01021997));   // 9p
  EXPECT_TRUE(isNetworkFileSystemType(0xFE534D42));   // SMB 2
  EXPECT_FALSE(isNetworkFileSystemType(0xEF53));      // ext4
  EXPECT_FALSE(isNetworkFileSystemType(0x01021994));  // tmpfs
  EXPECT_FALSE(isNetworkFileSystemType(0x9123683E));  // btrfs
}

TEST(FileSystem, CannotTellForAMissingFolder) {
  EXPECT_FALSE(isOnNetworkFileSystem("/nonexistent/folder"));
}

TEST(FileSystem, AFilesIdentityChangesWhenItIsReplacedOrDeleted) {
  TempFolder folder;
  const auto file = folder.write("a", "1");
  const FileIdentity first = fileIdentity(file);
  EXPECT_EQ(fileIdentity(file), first);

  std::filesystem::rename(folder.write("b", "1"), file);

  EXPECT_NE(fileIdentity(file), first);
  std::filesystem::remove(file);
  EXPECT_EQ(fileIdentity(file), FileIdentity());
}

}  // namespace
}  // namespace retort::storage
