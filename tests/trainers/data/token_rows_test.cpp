#include "trainers/data/token_rows.h"

#include <gtest/gtest.h>

#include <numeric>

// The expected rows are written by hand.
namespace retort::train {

namespace {

using Ids = std::vector<std::int32_t>;
using Numbers = std::vector<std::int64_t>;

constexpr std::int64_t kNo = kNoLabel;

/// Two documents: 1 2 3 4 5 and 6 7.
TokenCorpus twoDocuments() {
  TokenCorpusBuilder builder;
  builder.add(Ids{1, 2, 3, 4, 5});
  builder.add(Ids{6, 7});
  return std::move(builder).build();
}

TokenRowBatch all(const TokenRows& rows) {
  Numbers numbers(static_cast<std::size_t>(rows.size()));
  std::iota(numbers.begin(), numbers.end(), 0);
  return rows.batch(numbers);
}

}  // namespace

TEST(TokenRows, PackedRowsHoldAllDocuments) {
  const TokenRows rows(twoDocuments(), {.length = 4, .pad_id = 9});

  const TokenRowBatch batch = all(rows);

  EXPECT_EQ(batch.rows, 2);
  EXPECT_EQ(batch.width, 4);
  EXPECT_EQ(batch.input_ids, (Numbers{1, 2, 3, 4, 5, 6, 7, 9}));
  EXPECT_EQ(batch.attention_mask, (Numbers{1, 1, 1, 1, 1, 1, 1, 0}));
  EXPECT_EQ(batch.segment_ids, (Numbers{0, 0, 0, 0, 0, 1, 1, 2}));
  EXPECT_EQ(batch.labels, (Numbers{2, 3, 4, 5, kNo, 7, kNo, kNo}));
  EXPECT_EQ(batch.lengths, (Numbers{4, 3}));
  EXPECT_EQ(rows.judged(), 5);  // 7 tokens, less the first of each document
}

TEST(TokenRows, PaddedRowsHoldOneDocument) {
  const TokenRows rows(twoDocuments(), {.length = 3, .is_packed = false, .pad_id = 9});

  const TokenRowBatch batch = all(rows);

  EXPECT_EQ(batch.input_ids, (Numbers{1, 2, 3, 4, 5, 9, 6, 7, 9}));
  EXPECT_EQ(batch.labels, (Numbers{2, 3, 4, 5, kNo, kNo, 7, kNo, kNo}));
  EXPECT_EQ(batch.segment_ids, (Numbers{0, 0, 0, 0, 0, 1, 0, 0, 1}));
  EXPECT_EQ(batch.lengths, (Numbers{3, 2, 2}));
}

TEST(TokenRows, DynamicBatchesAreAsWideAsTheirLongestRow) {
  const TokenRows rows(twoDocuments(), {.length = 9, .is_packed = false, .is_dynamic = true});

  EXPECT_EQ(all(rows).width, 5);
  EXPECT_EQ(rows.batch(Numbers{1}).width, 2);
  EXPECT_EQ(rows.batch(Numbers{1, 0}).input_ids, (Numbers{6, 7, 0, 0, 0, 1, 2, 3, 4, 5}));
}

TEST(TokenRows, AStrideGivesContextThatIsNotJudged) {
  TokenCorpusBuilder builder;
  builder.add(Ids{1, 2, 3, 4, 5, 6, 7});
  const TokenRows rows(std::move(builder).build(), {.length = 4, .stride = 2});

  const TokenRowBatch batch = all(rows);

  EXPECT_EQ(batch.rows, 2);
  EXPECT_EQ(batch.input_ids, (Numbers{1, 2, 3, 4, 3, 4, 5, 6}));
  EXPECT_EQ(batch.labels, (Numbers{2, 3, 4, 5, kNo, kNo, 6, 7}));
  EXPECT_EQ(rows.judged(), 6);
}

TEST(TokenRows, EveryTokenButTheFirstOfADocumentIsJudgedOnce) {
  TokenCorpusBuilder builder;
  std::int32_t next = 0;
  for (const std::size_t size : {1U, 5U, 2U, 17U, 1U, 8U}) {
    Ids ids(size);
    std::iota(ids.begin(), ids.end(), next);
    next += static_cast<std::int32_t>(size);
    builder.add(ids);
  }
  const TokenCorpus corpus = std::move(builder).build();
  for (const std::int64_t length : {1, 3, 7, 100}) {
    for (const std::int64_t stride :
         {std::int64_t{1}, std::max<std::int64_t>(length / 2, 1), length}) {
      for (const bool is_packed : {true, false}) {
        const TokenRows rows(corpus, {.length = length, .stride = stride, .is_packed = is_packed});
        std::vector<int> seen(static_cast<std::size_t>(corpus.size()), 0);

        for (const std::int64_t label : all(rows).labels) {
          if (label != kNo) {
            ++seen[static_cast<std::size_t>(label)];
          }
        }

        EXPECT_EQ(seen.front(), 0);
        EXPECT_EQ(std::accumulate(seen.begin(), seen.end(), 0), corpus.size() - corpus.documents());
        EXPECT_EQ(*std::max_element(seen.begin(), seen.end()), 1) << length << " " << stride;
        EXPECT_EQ(rows.judged(), corpus.size() - corpus.documents());
      }
    }
  }
}

// What a batch must be whatever the corpus is: tokens before padding, labels that are the next
// tokens, and documents numbered from 0 without gaps.
TEST(TokenRows, RowsAgreeWithThemselves) {
  TokenCorpusBuilder builder;
  for (std::int32_t size = 1; size < 12; ++size) {
    Ids ids(static_cast<std::size_t>(size));
    std::iota(ids.begin(), ids.end(), 100 * size);
    builder.add(ids);
  }
  const TokenCorpus corpus = std::move(builder).build();
  for (const bool is_packed : {true, false}) {
    const TokenRows rows(corpus, {.length = 8, .is_packed = is_packed, .pad_id = 9});
    const TokenRowBatch batch = all(rows);
    for (std::int64_t row = 0; row < batch.rows; ++row) {
      const auto at = [&](const Numbers& values, std::int64_t i) {
        return values.at(static_cast<std::size_t>(row * batch.width + i));
      };
      EXPECT_EQ(at(batch.segment_ids, 0), 0);
      for (std::int64_t i = 0; i < batch.width; ++i) {
        const bool is_token = i < batch.lengths.at(static_cast<std::size_t>(row));
        EXPECT_EQ(at(batch.attention_mask, i), is_token ? 1 : 0);
        EXPECT_EQ(at(batch.input_ids, i) == 9, !is_token);
        if (at(batch.labels, i) != kNo) {
          EXPECT_TRUE(is_token);
          EXPECT_EQ(at(batch.labels, i), at(batch.input_ids, i) + 1);
        }
        if (i > 0 && is_token) {
          const bool is_next = at(batch.input_ids, i) % 100 == 0;
          EXPECT_EQ(at(batch.segment_ids, i), at(batch.segment_ids, i - 1) + (is_next ? 1 : 0));
        }
      }
    }
  }
}

TEST(TokenRows, PromptsAreReadAndNotJudged) {
  TokenCorpusBuilder builder;
  builder.add(Ids{1, 2, 3, 4, 5, 6}, {false, false, true, true, false, true});
  const TokenRows rows(std::move(builder).build(), {.length = 6});

  EXPECT_EQ(all(rows).labels, (Numbers{kNo, 3, 4, kNo, 6, kNo}));
  EXPECT_EQ(all(rows).attention_mask, Numbers(6, 1));
}

TEST(TokenRows, RowsInWhichNothingIsJudgedAreLeftOut) {
  TokenCorpusBuilder builder;
  builder.add(Ids{1, 2, 3, 4}, {false, false, false, false});
  builder.add(Ids{5, 6});
  const TokenRows rows(std::move(builder).build(), {.length = 2});

  EXPECT_EQ(rows.size(), 1);
  EXPECT_EQ(all(rows).input_ids, (Numbers{5, 6}));
}

TEST(TokenRows, RowsOutOfRangeThrow) {
  const TokenRows rows(twoDocuments(), {.length = 4});

  EXPECT_THROW(static_cast<void>(rows.batch(Numbers{2})), std::out_of_range);
  EXPECT_THROW(static_cast<void>(rows.batch(Numbers{-1})), std::out_of_range);
}

}  // namespace retort::train
