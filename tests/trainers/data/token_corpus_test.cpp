#include "trainers/data/token_corpus.h"

#include <gtest/gtest.h>

namespace retort::train {

namespace {

using Ids = std::vector<std::int32_t>;

TokenCorpus corpusOf(const std::vector<Ids>& documents) {
  TokenCorpusBuilder builder;
  for (const Ids& ids : documents) {
    builder.add(ids);
  }
  return std::move(builder).build();
}

std::vector<Ids> documentsOf(const TokenCorpus& corpus) {
  std::vector<Ids> documents;
  for (std::int64_t i = 0; i < corpus.documents(); ++i) {
    documents.emplace_back();
    for (std::int64_t token = corpus.documentStart(i); token < corpus.documentStart(i + 1);
         ++token) {
      documents.back().push_back(corpus.id(token));
    }
  }
  return documents;
}

}  // namespace

TEST(TokenCorpus, DocumentsStandBehindEachOther) {
  const TokenCorpus corpus = corpusOf({{1, 2, 3}, {}, {4}, {5, 6}});

  EXPECT_EQ(corpus.size(), 6);
  EXPECT_EQ(documentsOf(corpus), (std::vector<Ids>{{1, 2, 3}, {4}, {5, 6}}));
  EXPECT_EQ(corpus.documentOf(0), 0);
  EXPECT_EQ(corpus.documentOf(2), 0);
  EXPECT_EQ(corpus.documentOf(3), 1);
  EXPECT_EQ(corpus.documentOf(5), 2);
}

TEST(TokenCorpus, PromptsAreMarked) {
  TokenCorpusBuilder builder;
  builder.add(Ids{7, 8}, {false, true});
  const TokenCorpus corpus = std::move(builder).build();

  EXPECT_EQ(corpus.id(0), 7);
  EXPECT_FALSE(corpus.isJudged(0));
  EXPECT_TRUE(corpus.isJudged(1));
}

TEST(TokenCorpus, ACopyOutlivesTheFirst) {
  auto first = std::make_unique<TokenCorpus>(corpusOf({{1, 2}}));
  const TokenCorpus copy = *first;

  first.reset();

  EXPECT_EQ(documentsOf(copy), (std::vector<Ids>{{1, 2}}));
}

TEST(TokenCorpus, IsSplitBetweenDocuments) {
  const auto [first, last] = splitCorpus(corpusOf({{1, 2, 3, 4}, {5, 6}, {7}, {8, 9, 10}}), 0.45);

  EXPECT_EQ(documentsOf(first), (std::vector<Ids>{{1, 2, 3, 4}, {5, 6}}));
  EXPECT_EQ(documentsOf(last), (std::vector<Ids>{{7}, {8, 9, 10}}));
}

TEST(TokenCorpus, NeitherPartOfASplitIsEmpty) {
  for (const double share : {0.0001, 0.9}) {
    const auto [first, last] = splitCorpus(corpusOf({{1}, {2}}), share);
    EXPECT_EQ(documentsOf(first), (std::vector<Ids>{{1}}));
    EXPECT_EQ(documentsOf(last), (std::vector<Ids>{{2}}));
  }
}

TEST(TokenCorpus, ASingleDocumentIsCut) {
  const auto [first, last] = splitCorpus(corpusOf({{1, 2, 3, 4}}), 0.25);

  EXPECT_EQ(documentsOf(first), (std::vector<Ids>{{1, 2, 3}}));
  EXPECT_EQ(documentsOf(last), (std::vector<Ids>{{4}}));
}

// As lm-evaluation-harness counts: len(re.split(r"\s+", text)) and len(text.encode()).
TEST(TokenCorpus, WordsAreCountedAsTheHarnessDoes) {
  EXPECT_EQ(countText("a bc  d"), (TokenCorpus::TextCounts{.bytes = 7, .words = 3}));
  EXPECT_EQ(countText(" a\n"), (TokenCorpus::TextCounts{.bytes = 3, .words = 3}));
  EXPECT_EQ(countText(""), (TokenCorpus::TextCounts{.bytes = 0, .words = 1}));
  EXPECT_EQ(countText("\u00E9\u3000b"), (TokenCorpus::TextCounts{.bytes = 6, .words = 2}));
}

}  // namespace retort::train
