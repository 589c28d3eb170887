#include "core/base/hash.h"

#include "tests/core/base/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort {
namespace {

using ::testing::HasSubstr;
using testing::TempFolder;

// FIPS 180-2, appendix B.
TEST(Sha256, GivesTheStandardsOwnExamples) {
  EXPECT_EQ(sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256Hex(std::string(1000000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, OfAFileIsThatOfItsBytes) {
  const TempFolder folder;
  const std::string contents(3 << 20, 'z');
  EXPECT_EQ(sha256OfFile(folder.write("f", contents)), sha256Hex(contents));
  EXPECT_EQ(sha256OfFile(folder / "none").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(sha256OfFile("/dev/zero").error().code, ErrorCode::kIo);
}

TEST(Sha256OfInput, OfAFileIsThatOfTheFile) {
  const TempFolder folder;
  EXPECT_EQ(sha256OfInput(folder.write("f", "abc")), sha256Hex("abc"));
}

TEST(Sha256OfInput, OfAFolderFollowsTheDocumentedFormula) {
  const TempFolder folder;
  folder.write("model/b.txt", "two");
  folder.write("model/a.txt", "one");
  const std::string expected = std::string("a.txt") + '\0' + sha256Hex("one") + "\n" + "b.txt" +
                               '\0' + sha256Hex("two") + "\n";
  EXPECT_EQ(sha256OfInput(folder / "model"), sha256Hex(expected));
}

TEST(Sha256OfInput, DependsOnContentsAndNamesButNotOnThePlace) {
  const TempFolder folder;
  folder.write("x/a", "1");
  folder.write("y/a", "1");
  folder.write("z/b", "1");
  folder.write("w/a", "2");
  const auto reference = sha256OfInput(folder / "x");
  EXPECT_EQ(sha256OfInput(folder / "y"), reference);
  EXPECT_NE(sha256OfInput(folder / "z"), reference);
  EXPECT_NE(sha256OfInput(folder / "w"), reference);
}

TEST(Sha256OfInput, FollowsLinksAndPassesOverSubfolders) {
  const TempFolder folder;
  folder.write("blobs/1", "weights");
  folder.write("plain/model", "weights");
  std::filesystem::create_directories(folder / "linked" / "inner");
  std::filesystem::create_symlink("../blobs/1", folder / "linked" / "model");
  std::filesystem::create_symlink("nowhere", folder / "linked" / "dangling");
  EXPECT_EQ(sha256OfInput(folder / "linked"), sha256OfInput(folder / "plain"));
}

TEST(Sha256, OfPiecesIsThatOfTheWhole) {
  Sha256 hash;
  hash.update("re");
  hash.update("");
  hash.update("tort", 4);

  EXPECT_EQ(hash.finishHex(), sha256Hex("retort"));
}

TEST(Sha256OfInput, RefusesWhatHoldsNothing) {
  const TempFolder folder;
  std::filesystem::create_directories(folder / "empty");
  const auto hash = sha256OfInput(folder / "empty");
  ASSERT_FALSE(hash);
  EXPECT_EQ(hash.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(hash.error().message, HasSubstr("holds no files"));
  EXPECT_EQ(sha256OfInput(folder / "none").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace retort
