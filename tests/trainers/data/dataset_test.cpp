#include "trainers/data/dataset.h"

#include "tests/trainers/io/expect_train_error.h"
#include "trainers/data/agreement.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

namespace retort::train {

namespace {

using ::testing::HasSubstr;

WordPieceTokenizer smallTokenizer() {
  return {{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c"}, WordPieceOptions{}};
}

const std::vector<Example> kSingles = {{.first = "a b c", .label = 1},
                                       {.first = "a", .label = 0},
                                       {.first = "c c c c c c", .label = 1}};
const std::vector<Example> kPairs = {{.first = "a b", .second = "c", .label = 2.5},
                                     {.first = "a", .second = "", .label = 0.5}};

at::Tensor matrix(const std::vector<std::vector<std::int64_t>>& rows) {
  std::vector<at::Tensor> tensors;
  for (const auto& row : rows) {
    tensors.push_back(at::tensor(row, at::kLong));
  }
  return at::stack(tensors);
}

void expectEqual(const at::Tensor& found, const at::Tensor& expected) {
  EXPECT_EQ(found.scalar_type(), expected.scalar_type());
  EXPECT_TRUE(at::equal(found, expected)) << found << expected;
}

}  // namespace

TEST(Dataset, PadsToTheFixedLength) {
  const Dataset dataset(kSingles, smallTokenizer(), {.max_length = 6});

  const TokenBatch batch = dataset.batch(std::vector<std::int64_t>{1, 0});

  expectEqual(batch.input_ids, matrix({{2, 5, 3, 0, 0, 0}, {2, 5, 6, 7, 3, 0}}));
  expectEqual(batch.attention_mask, matrix({{1, 1, 1, 0, 0, 0}, {1, 1, 1, 1, 1, 0}}));
  expectEqual(batch.segment_ids, at::zeros({2, 6}, at::kLong));
  expectEqual(batch.lengths, at::tensor({3, 5}, at::kLong));
  expectEqual(batch.labels, at::tensor({0, 1}, at::kLong));
}

TEST(Dataset, PadsToTheLongestRowWhenDynamic) {
  const Dataset dataset(
      kSingles, smallTokenizer(), {.max_length = 6, .padding = Padding::kDynamic});

  EXPECT_EQ(dataset.slice(0, 2).input_ids.size(1), 5);
  EXPECT_EQ(dataset.slice(1, 1).input_ids.size(1), 3);
  EXPECT_EQ(dataset.slice(0, 10).input_ids.sizes(), (std::vector<std::int64_t>{3, 6}));
}

TEST(Dataset, MarksTheSecondTextAndKeepsScores) {
  const Dataset dataset(kPairs,
                        smallTokenizer(),
                        {.max_length = 7, .is_regression = true, .score_type = at::kDouble});

  const TokenBatch batch = dataset.slice(0, 2);

  expectEqual(batch.input_ids, matrix({{2, 5, 6, 3, 7, 3, 0}, {2, 5, 3, 3, 0, 0, 0}}));
  expectEqual(batch.segment_ids, matrix({{0, 0, 0, 0, 1, 1, 0}, {0, 0, 0, 1, 0, 0, 0}}));
  expectEqual(batch.labels, at::tensor({2.5, 0.5}, at::kDouble));
}

TEST(Dataset, CountsWhatItCut) {
  const Dataset dataset(kSingles, smallTokenizer(), {.max_length = 6});

  EXPECT_EQ(dataset.summary(),
            (Json{{"rows", 3},
                  {"truncated", 1},
                  {"max_length", 6},
                  {"tokens", {{"mean", 14.0 / 3}, {"max", 6}}}}));
  EXPECT_EQ(dataset.size(), 3);
  EXPECT_EQ(dataset.labels(), (std::vector<double>{1, 0, 1}));
}

TEST(Dataset, RefusesRowsThatAreNotThere) {
  const Dataset dataset(kSingles, smallTokenizer(), {});

  EXPECT_THROW(static_cast<void>(dataset.batch(std::vector<std::int64_t>{3})), c10::Error);
  EXPECT_THROW(static_cast<void>(dataset.batch(std::vector<std::int64_t>{-1})), c10::Error);
  EXPECT_THROW(static_cast<void>(dataset.slice(3, 1)), c10::Error);
}

TEST(Dataset, KnowsItsPaddings) {
  EXPECT_EQ(paddingFromName("fixed"), Padding::kFixed);
  EXPECT_EQ(paddingFromName("dynamic"), Padding::kDynamic);
  EXPECT_THAT(
      testing::errorOf(ExitCode::kBadSpec, [] { static_cast<void>(paddingFromName("none")); }),
      HasSubstr("known: fixed, dynamic"));
}

TEST(Dataset, HoldsTheGeneratedLanguage) {
  AgreementSettings settings;
  settings.train_rows = 100;
  const AgreementData data = generateAgreement(settings);

  const Dataset dataset(data.train, agreementTokenizer(), {.max_length = 40});

  EXPECT_EQ(dataset.summary().at("truncated"), 0);
  EXPECT_EQ((dataset.slice(0, 100).input_ids == 1).sum().item<std::int64_t>(), 0);
}

}  // namespace retort::train
