#include "storage/sqlite/lock_holder.h"

#include <gtest/gtest.h>

#include <string>

namespace retort::storage {
namespace {

constexpr const char* kLocks =
    "1: POSIX  ADVISORY  READ 100 fd:01:777 128 128\n"
    "2: POSIX  ADVISORY  WRITE 4321 fd:01:778 120 120\n"
    "2: -> POSIX  ADVISORY  WRITE 99 fd:01:778 120 120\n"
    "3: FLOCK  ADVISORY  WRITE 55 00:2a:900 0 EOF\n";

TEST(LockHolder, FindsTheWriterOfTheDatabaseOrItsIndex) {
  EXPECT_EQ(findLockHolder(kLocks, 12, 778), 4321);
  EXPECT_EQ(findLockHolder(kLocks, 778, 0), 4321);
  EXPECT_EQ(findLockHolder(kLocks, 900, 12), 55);
}

TEST(LockHolder, IgnoresReadersAndOtherFiles) {
  EXPECT_FALSE(findLockHolder(kLocks, 777, 776));
  EXPECT_FALSE(findLockHolder("", 777, 776));
}

TEST(LockHolder, IgnoresLinesThatItDoesNotUnderstand) {
  EXPECT_FALSE(findLockHolder("WRITE\n1: a b WRITE x y\n1: a b WRITE 5 :\n\n \n", 5, 0));
  EXPECT_FALSE(findLockHolder("1: POSIX ADVISORY WRITE 7 fd:01:0 0 0\n", 0, 0));
}

TEST(LockHolder, SaysNothingWhenNobodyHoldsIt) {
  EXPECT_EQ(describeLockHolder("/nonexistent/workspace.db"), "");
}

}  // namespace
}  // namespace retort::storage
