#include "trainers/training/resource_estimate.h"

#include "trainers/train_error.h"

#include <ATen/ATen.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {

namespace {

TEST(TotalBytes, CountsElementsTimesSize) {
  const NamedTensors tensors = {{"a", at::zeros({2, 3})}, {"b", at::zeros({4}, at::kDouble)}};

  EXPECT_EQ(totalBytes(tensors), 24U + 32U);
}

TEST(EncoderStepBytes, FollowsItsFormula) {
  const BertConfig config{
      .hidden_size = 4, .num_hidden_layers = 2, .num_attention_heads = 2, .intermediate_size = 8};

  const auto bytes = encoderStepBytes(config, {.rows = 3, .length = 5, .element_bytes = 4});

  EXPECT_EQ(bytes, 4U * 2 * (3 * 5 * (24 * 4 + 6 * 8) + 8 * 2 * 3 * 5 * 5));
}

TEST(DiskBytes, CountsOneCheckpointMoreThanIsKept) {
  EXPECT_EQ(diskBytes(10, {.keep = 2, .best = false}), 3U * 10 * 3 + 2 * 10);
  EXPECT_EQ(diskBytes(10, {.keep = 1, .best = true}), 2U * 10 * 3 + 3 * 10);
}

TEST(CheckDiskRoom, RefusesWithBothNumbers) {
  checkDiskRoom("/", 0);
  try {
    checkDiskRoom("/", 4'000'000'000'000'000'000);
    FAIL() << "not refused";
  } catch (const TrainError& error) {
    EXPECT_EQ(error.exitCode(), ExitCode::kMissingInput);
    EXPECT_THAT(error.what(), testing::HasSubstr("need up to 4000000.0 TB"));
    EXPECT_THAT(error.what(), testing::HasSubstr("are free"));
  }
}

TEST(FormatBytes, UsesUnitsOfAThousand) {
  EXPECT_EQ(formatBytes(0), "0 B");
  EXPECT_EQ(formatBytes(999), "999 B");
  EXPECT_EQ(formatBytes(420'000'000), "420.0 MB");
}

}  // namespace

}  // namespace retort::train
