#include "trainers/data/batch_order.h"

#include "tests/trainers/io/expect_train_error.h"
#include "trainers/data/split_mix.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace retort::train {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Rows = std::vector<std::int64_t>;

Rows epochOf(BatchOrder& order) {
  Rows rows;
  for (std::int64_t i = order.batchesPerEpoch(); i > 0; --i) {
    const Rows batch = order.next();
    rows.insert(rows.end(), batch.begin(), batch.end());
  }
  return rows;
}

}  // namespace

TEST(SplitMix, GivesThePublishedSequence) {
  // Reference outputs for seed 1234567 (prng.di.unimi.it/splitmix64.c).
  SplitMix64 random(1234567);

  EXPECT_EQ(random.next(), 6457827717110365317U);
  EXPECT_EQ(random.next(), 3203168211198807973U);
  EXPECT_EQ(random.next(), 9817491932198370423U);
}

TEST(SplitMix, IsEvenBelowABound) {
  SplitMix64 random(3, 4);
  std::array<int, 6> counts{};
  for (int i = 0; i < 60'000; ++i) {
    ++counts.at(random.below(6));
  }
  for (const int count : counts) {
    EXPECT_NEAR(count, 10'000, 500);
  }
}

TEST(BatchOrder, VisitsEachRowOncePerEpoch) {
  BatchOrder order({.rows = 103, .batch = 10, .seed = 5});
  Rows all(103);
  std::iota(all.begin(), all.end(), 0);

  Rows first = epochOf(order);
  Rows second = epochOf(order);

  EXPECT_EQ(order.batchesPerEpoch(), 11);
  EXPECT_NE(first, all);
  EXPECT_NE(first, second);
  std::sort(first.begin(), first.end());
  std::sort(second.begin(), second.end());
  EXPECT_EQ(first, all);
  EXPECT_EQ(second, all);
}

TEST(BatchOrder, EndsAnEpochWithWhatIsLeft) {
  BatchOrder order({.rows = 5, .batch = 2, .shuffle = false});

  EXPECT_THAT(order.next(), ElementsAre(0, 1));
  EXPECT_THAT(order.next(), ElementsAre(2, 3));
  EXPECT_THAT(order.next(), ElementsAre(4));
  EXPECT_EQ(order.position(), (BatchOrder::Position{.epoch = 1, .batch = 0}));
  EXPECT_THAT(order.next(), ElementsAre(0, 1));
}

TEST(BatchOrder, DependsOnTheSeedOnly) {
  BatchOrder a({.rows = 50, .batch = 7, .seed = 1});
  BatchOrder same({.rows = 50, .batch = 7, .seed = 1});
  BatchOrder other({.rows = 50, .batch = 7, .seed = 2});
  const Rows rows = epochOf(a);

  EXPECT_EQ(rows, epochOf(same));
  EXPECT_NE(rows, epochOf(other));
}

TEST(BatchOrder, ContinuesAtAStoredPosition) {
  BatchOrder undisturbed({.rows = 23, .batch = 4, .seed = 9});
  BatchOrder resumed({.rows = 23, .batch = 4, .seed = 9});
  for (int i = 0; i < 9; ++i) {
    static_cast<void>(undisturbed.next());
  }

  resumed.seek(undisturbed.position());

  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(resumed.next(), undisturbed.next());
  }
}

TEST(BatchOrder, RefusesPositionsOutsideAnEpoch) {
  BatchOrder order({.rows = 5, .batch = 2});

  EXPECT_THAT(testing::errorOf(ExitCode::kBadData, [&] { order.seek({.epoch = 0, .batch = 3}); }),
              HasSubstr("cannot continue at batch 3 of epoch 0: an epoch has 3 batches"));
  EXPECT_THROW(order.seek({.epoch = -1, .batch = 0}), TrainError);
}

TEST(BatchOrder, OrderIsTheSameOnEveryPlatform) {
  EXPECT_EQ(shuffledRows(8, 42, 0), shuffledRows(8, 42, 0));
  EXPECT_THAT(shuffledRows(0, 1, 0), ElementsAre());
  EXPECT_THAT(shuffledRows(1, 1, 0), ElementsAre(0));
}

TEST(BatchOrder, FirstPlacesAreEven) {
  std::array<int, 4> counts{};
  for (std::int64_t epoch = 0; epoch < 4000; ++epoch) {
    ++counts.at(static_cast<std::size_t>(shuffledRows(4, 11, epoch)[0]));
  }
  for (const int count : counts) {
    EXPECT_NEAR(count, 1000, 130);
  }
}

}  // namespace retort::train
