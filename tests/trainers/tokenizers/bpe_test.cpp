#include "trainers/tokenizers/bpe.h"

#include "trainers/train_error.h"

#include <gtest/gtest.h>

namespace retort::train {

namespace {

using Ids = std::vector<std::int32_t>;

/// a 0, b 1, c 2; ab 3, bc 4, abc 5.
MergeTable smallTable() {
  MergeTable table;
  table.add(1, 2, {0, 4});
  table.add(0, 1, {1, 3});
  table.add(0, 4, {2, 5});
  return table;
}

Ids merged(Ids symbols, const MergeTable& table) {
  mergePairs(symbols, table);
  return symbols;
}

Json smallModel() {
  return {{"type", "BPE"},
          {"vocab", {{"a", 0}, {"b", 1}, {"ab", 2}, {"?", 3}}},
          {"merges", Json::array({Json::array({"a", "b"})})},
          {"unk_token", "?"}};
}

Ids encoded(const Json& model, std::string_view piece) {
  Ids ids;
  makeTokenModel({model, "model"})->encode(piece, ids);
  return ids;
}

std::string refusalOf(const Json& model) {
  try {
    static_cast<void>(makeTokenModel({model, "model"}));
  } catch (const TrainError& error) {
    EXPECT_EQ(error.exitCode(), ExitCode::kBadData);
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST(Bpe, TheLowestRankIsMergedFirstAndOfThoseTheLeftmost) {
  const MergeTable table = smallTable();
  MergeTable pairs;
  pairs.add(0, 0, {0, 1});

  EXPECT_EQ(merged({0, 1, 2}, table), (Ids{5}));  // not ab c: bc comes first
  EXPECT_EQ(merged({0, 1, 0, 1}, table), (Ids{3, 3}));
  EXPECT_EQ(merged({0, 0, 0}, pairs), (Ids{1, 0}));
  EXPECT_EQ(merged({}, table), Ids{});
  EXPECT_EQ(merged({2}, table), (Ids{2}));
}

// Work is counted, not timed: a merge by searching the whole word again would look up n^2 / 2
// pairs.
TEST(Bpe, WorkIsProportionalToTheWord) {
  MergeTable table;
  for (std::int32_t level = 0; level < 20; ++level) {
    table.add(level, level, {level, level + 1});
  }
  for (const std::size_t size : {1000U, 10'000U, 200'000U}) {
    Ids symbols(size, 0);

    const std::int64_t lookups = mergePairs(symbols, table);

    EXPECT_LE(lookups, static_cast<std::int64_t>(3 * size));
    EXPECT_LE(symbols.size(), 20U);
  }
}

TEST(Bpe, UnknownCharactersBecomeUnkOrBytesOrNothing) {
  Json model = smallModel();

  EXPECT_EQ(encoded(model, "abxyb"), (Ids{2, 3, 3, 1}));
  model["fuse_unk"] = true;
  EXPECT_EQ(encoded(model, "abxyb"), (Ids{2, 3, 1}));
  model["byte_fallback"] = true;
  model["vocab"]["<0xC3>"] = 4;
  model["vocab"]["<0xA9>"] = 5;
  EXPECT_EQ(encoded(model, "a\u00E9x"), (Ids{0, 4, 5, 3}));
  EXPECT_EQ(encoded(model, "\u00EA"), (Ids{3}));  // one of its bytes is not there
  model.erase("unk_token");
  EXPECT_EQ(encoded(model, "axb"), (Ids{2}));
}

TEST(Bpe, WholeWordsAreTakenWhenMergesAreIgnored) {
  Json model = smallModel();
  model["vocab"]["bab"] = 4;

  EXPECT_EQ(encoded(model, "bab"), (Ids{1, 2}));
  model["ignore_merges"] = true;
  EXPECT_EQ(encoded(model, "bab"), (Ids{4}));
}

TEST(Bpe, AWordThatComesAgainHasTheSameIds) {
  const Json json = smallModel();
  const auto model = makeTokenModel({json, "model"});
  Ids ids;

  model->encode("abba", ids);
  model->encode("abba", ids);

  EXPECT_EQ(ids, (Ids{2, 1, 0, 2, 1, 0}));
}

// The definition, without a queue: the lowest rank, the leftmost first, until there is none.
TEST(Bpe, MergesAreThoseOfTheDefinition) {
  std::uint64_t state = 1;
  const auto random = [&](std::uint64_t bound) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::int32_t>((state >> 33U) % bound);
  };
  for (int round = 0; round < 200; ++round) {
    MergeTable table;
    std::int32_t next_id = 3;
    for (std::int32_t rank = 0; rank < 12; ++rank) {
      const std::int32_t left = random(static_cast<std::uint64_t>(next_id));
      const std::int32_t right = random(static_cast<std::uint64_t>(next_id));
      if (table.find(left, right) == nullptr) {
        table.add(left, right, {rank, next_id++});
      }
    }
    Ids word;
    for (int i = 0; i < 40; ++i) {
      word.push_back(random(3));
    }
    Ids expected = word;
    while (true) {
      const MergeTable::Merge* best = nullptr;
      std::size_t place = 0;
      for (std::size_t i = 0; i + 1 < expected.size(); ++i) {
        const MergeTable::Merge* merge = table.find(expected[i], expected[i + 1]);
        if (merge != nullptr && (best == nullptr || merge->rank < best->rank)) {
          best = merge;
          place = i;
        }
      }
      if (best == nullptr) {
        break;
      }
      expected[place] = best->id;
      expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(place) + 1);
    }

    EXPECT_EQ(merged(word, table), expected);
  }
}

TEST(Bpe, MoreWordsThanAreRememberedHaveTheirIds) {
  const Json json = smallModel();
  const auto model = makeTokenModel({json, "model"});
  for (int i = 0; i < 100'010; ++i) {
    std::string word;
    for (int bit = 0; bit < 17; ++bit) {
      word += (i >> bit & 1) != 0 ? 'a' : 'b';
    }
    Ids ids;
    model->encode(word, ids);
    ASSERT_GT(ids.size(), 8U);
  }
  Ids ids;
  model->encode("abab", ids);

  EXPECT_EQ(ids, (Ids{2, 2}));
}

TEST(Bpe, BrokenModelsAreRefused) {
  const auto with = [](const char* key, const Json& value) {
    Json model = smallModel();
    model[key] = value;
    return refusalOf(model);
  };

  EXPECT_EQ(with("merges", Json::array({"a b", "a z"})),
            "model: merges[1] needs the token \"z\", which is not there");
  EXPECT_EQ(with("merges", Json::array({"b a"})),
            "model: merges[0] needs the token \"ba\", which is not there");
  EXPECT_EQ(with("merges", Json::array({"a b c"})),
            "model: merges[0] is not a pair of tokens: \"a b c\"");
  EXPECT_EQ(with("vocab", {{"a", -1}}), "model.vocab: the id of \"a\" is -1");
  EXPECT_EQ(with("vocab", {{"a", 1}, {"b", 1}}), "model.vocab: \"a\" and \"b\" have the id 1");
  EXPECT_EQ(with("vocab", Json::object()), "model.vocab: expected an object of tokens and ids");
  EXPECT_EQ(with("unk_token", "!"), "model: unk_token \"!\" is not in the vocabulary");
  EXPECT_EQ(with("dropout", 0.1), "model: dropout is not supported: ids would be random");
  EXPECT_EQ(with("end_of_word_suffix", "</w>"), "model: end_of_word_suffix is not supported");
  EXPECT_EQ(with("fuse_unk", "yes"), "model.fuse_unk: expected true or false");
}

TEST(WordLevel, AWordIsATokenOrUnknown) {
  const Json model = {{"type", "WordLevel"}, {"vocab", {{"the", 0}, {"?", 1}}}, {"unk_token", "?"}};

  EXPECT_EQ(encoded(model, "the"), Ids{0});
  EXPECT_EQ(encoded(model, "thee"), Ids{1});
  EXPECT_EQ(refusalOf({{"type", "WordLevel"}, {"vocab", {{"the", 0}}}}),
            "model: a WordLevel model needs an unk_token");
}

TEST(Vocabulary, IdsMayLeaveGaps) {
  const Json json = {{"a", 0}, {"b", 5}};
  const Vocabulary vocabulary({json, "vocab"});

  EXPECT_EQ(vocabulary.size(), 6);
  EXPECT_EQ(vocabulary.tokenOf(5), "b");
  EXPECT_EQ(vocabulary.tokenOf(3), std::nullopt);
  EXPECT_EQ(vocabulary.tokenOf(6), std::nullopt);
  EXPECT_EQ(vocabulary.tokenOf(-1), std::nullopt);
}

}  // namespace retort::train
