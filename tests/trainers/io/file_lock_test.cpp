#include "trainers/io/file_lock.h"

#include "tests/core/base/temp_folder.h"

#include <gtest/gtest.h>

#include <memory>

namespace retort::train {
namespace {

TEST(FileLock, IsHeldByOneAtATime) {
  const retort::testing::TempFolder folder;
  auto first = std::make_unique<FileLock>(folder / "lock");
  FileLock second(folder / "lock");

  EXPECT_TRUE(first->tryTake());
  EXPECT_TRUE(first->tryTake());
  EXPECT_FALSE(second.tryTake());
  first.reset();
  EXPECT_TRUE(second.tryTake());
}

TEST(FileLock, KeepsNobodyOutWhereItCannotBe) {
  EXPECT_TRUE(FileLock("/nowhere/lock").tryTake());
}

}  // namespace
}  // namespace retort::train
