#include "storage/lease_store.h"

#include "tests/storage/store_fixture.h"

namespace retort::storage {
namespace {

const ProcessIdentity kFirst = {100, 5000, "boot-a"};
const ProcessIdentity kSecond = {200, 6000, "boot-a"};
// The same pid as the first, used again by another process.
const ProcessIdentity kImpostor = {100, 9999, "boot-a"};

class LeaseStoreTest : public ::testing::Test {
 protected:
  LeaseStore& lease() { return store_.lease(); }

  WorkspaceStore store_ = valueOf(WorkspaceStore::openInMemory());
};

TEST_F(LeaseStoreTest, IsFreeAtFirst) {
  EXPECT_EQ(valueOf(lease().holder()), std::nullopt);
}

TEST_F(LeaseStoreTest, HasOneHolder) {
  EXPECT_TRUE(valueOf(lease().acquire(kFirst, "host", 10)));
  EXPECT_FALSE(valueOf(lease().acquire(kSecond, "host", 11)));

  EXPECT_EQ(valueOf(lease().holder()), (LeaseRecord{kFirst, "host", 0, 10}));
}

TEST_F(LeaseStoreTest, AcquiringWhatOneHoldsSucceedsAndChangesNothing) {
  EXPECT_TRUE(valueOf(lease().acquire(kFirst, "host", 10)));
  EXPECT_TRUE(valueOf(lease().renew(kFirst)));

  EXPECT_TRUE(valueOf(lease().acquire(kFirst, "host", 20)));

  EXPECT_EQ(valueOf(lease().holder())->heartbeat, 1);
}

TEST_F(LeaseStoreTest, RenewingMovesTheHeartbeat) {
  EXPECT_TRUE(valueOf(lease().acquire(kFirst, "host", 10)));
  EXPECT_TRUE(valueOf(lease().renew(kFirst)));
  EXPECT_TRUE(valueOf(lease().renew(kFirst)));

  EXPECT_EQ(valueOf(lease().holder())->heartbeat, 2);
}

TEST_F(LeaseStoreTest, OnlyTheHolderRenewsAndReleases) {
  EXPECT_TRUE(valueOf(lease().acquire(kFirst, "host", 10)));

  EXPECT_FALSE(valueOf(lease().renew(kSecond)));
  EXPECT_FALSE(valueOf(lease().renew(kImpostor)));
  expectOk(lease().release(kImpostor));
  EXPECT_EQ(valueOf(lease().holder())->process, kFirst);

  expectOk(lease().release(kFirst));
  EXPECT_EQ(valueOf(lease().holder()), std::nullopt);
}

TEST_F(LeaseStoreTest, IsTakenFromAHolderThatIsDead) {
  EXPECT_TRUE(valueOf(lease().acquire(kFirst, "host", 10)));
  const auto dead = valueOf(lease().holder());

  EXPECT_TRUE(valueOf(lease().acquire(kSecond, "host", 20, dead)));

  EXPECT_EQ(valueOf(lease().holder())->process, kSecond);
  EXPECT_FALSE(valueOf(lease().renew(kFirst)));
}

TEST_F(LeaseStoreTest, IsNotTakenFromAHolderThatHasMovedMeanwhile) {
  EXPECT_TRUE(valueOf(lease().acquire(kFirst, "host", 10)));
  const auto seen = valueOf(lease().holder());
  EXPECT_TRUE(valueOf(lease().renew(kFirst)));

  EXPECT_FALSE(valueOf(lease().acquire(kSecond, "host", 20, seen)));
  EXPECT_EQ(valueOf(lease().holder())->process, kFirst);
}

TEST_F(LeaseStoreTest, OfTwoThatFindTheSameDeadHolderOneWins) {
  EXPECT_TRUE(valueOf(lease().acquire(kFirst, "host", 10)));
  const auto dead = valueOf(lease().holder());

  EXPECT_TRUE(valueOf(lease().acquire(kSecond, "host", 20, dead)));
  EXPECT_FALSE(valueOf(lease().acquire(kImpostor, "host", 20, dead)));
}

}  // namespace
}  // namespace retort::storage
