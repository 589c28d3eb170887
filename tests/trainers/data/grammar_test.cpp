#include "trainers/data/grammar.h"

#include "core/base/text.h"
#include "trainers/data/split_mix.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace retort::train {

namespace {

using Words = std::vector<std::string>;

bool isPlural(const std::string& noun) {
  return noun.ends_with("din");
}

/// Checks one sentence from `place` on and goes behind it.
void expectSentence(const Words& words, std::size_t& place) {
  if (words.at(place) == "say") {
    const auto again = std::find(words.begin(), words.end(), "again");
    const auto count = static_cast<std::size_t>(
        std::find(words.begin() + static_cast<std::ptrdiff_t>(place), words.end(), "again") -
        words.begin() - static_cast<std::ptrdiff_t>(place) - 1);
    ASSERT_NE(again, words.end());
    for (std::size_t i = 1; i <= count; ++i) {
      EXPECT_EQ(words.at(place + i), words.at(place + count + 1 + i));
    }
    place += 2 * count + 2;
  } else {
    const bool is_plural = isPlural(words.at(place + 1));
    place += 2;
    while (words.at(place).ends_with("m")) {
      place += 3;  // preposition, the, noun
    }
    EXPECT_TRUE(words.at(place).ends_with(is_plural ? "kak" : "kat")) << words.at(place);
    ++place;
  }
  EXPECT_EQ(words.at(place++), ".");
}

}  // namespace

TEST(Grammar, DocumentsKeepItsRules) {
  for (const GrammarDocument& document : generateGrammar({}, 0, 300)) {
    const Words words = splitString(document.text, ' ');
    std::size_t place = 2;

    EXPECT_EQ(words.at(1), ":");
    while (words.at(place) != "end") {
      expectSentence(words, place);
    }

    EXPECT_EQ(words.at(place + 1), words.at(0));
    EXPECT_EQ(words.at(place + 2), ".");
    EXPECT_EQ(words.size(), place + 3);
  }
}

TEST(Grammar, TheSameSettingsGiveTheSameDocuments) {
  const auto documents = generateGrammar({}, 0, 20);
  const auto later = generateGrammar({}, 10, 10);
  const auto others = generateGrammar({.seed = 2}, 0, 20);

  std::set<std::string> texts;
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(documents[10 + i].text, later[i].text);
  }
  for (std::size_t i = 0; i < 20; ++i) {
    texts.insert(documents[i].text);
    texts.insert(others[i].text);
  }
  EXPECT_GT(texts.size(), 35U);  // the shortest ones come again
}

TEST(Grammar, TheTokenizerKnowsEveryWord) {
  const auto tokenizer = grammarTokenizer();

  for (const GrammarDocument& document : generateGrammar({.phrases = 10, .copied = 20}, 0, 500)) {
    const auto ids = tokenizer->encode(document.text);
    EXPECT_EQ(std::count(ids.begin(), ids.end(), tokenizer->specialIds().unk.value()), 0)
        << document.text;
    EXPECT_EQ(tokenizer->decode(ids, true), document.text);
  }
  EXPECT_EQ(tokenizer->vocabularySize(), 300);
  EXPECT_EQ(tokenizer->specialIds(), (SpecialIds{.bos = 1, .eos = 2, .unk = 0, .pad = 3}));
  EXPECT_EQ(tokenizer->fingerprint(), grammarTokenizer()->fingerprint());
}

// The smallest language has choices that can be counted by hand: a name, the kind of sentence, and
// in a copy one item, in an agreement a noun, its number and a verb.
TEST(Grammar, ADocumentsLogarithmIsThatOfItsChoices) {
  const auto zipf = [](double rank, int words) {
    double total = 0;
    for (int i = 1; i <= words; ++i) {
      total += std::floor(1e6 / i);
    }
    return std::floor(1e6 / rank) / total;
  };
  const GrammarSettings settings = {.sentences = 1, .phrases = 0, .copied = 1};
  int found = 0;
  for (const GrammarDocument& document : generateGrammar(settings, 0, 2000)) {
    // The most frequent word of each kind begins with "ba", the next with "da".
    if (document.text == "baro : say dalu again dalu . end baro .") {
      EXPECT_NEAR(document.nats, -std::log(zipf(1, 24) * 0.5 * zipf(2, 60)), 1e-12);
      found |= 1;
    }
    if (document.text == "baro : the badin bakak . end baro .") {
      EXPECT_NEAR(
          document.nats, -std::log(zipf(1, 24) * 0.5 * zipf(1, 60) * 0.5 * zipf(1, 40)), 1e-12);
      found |= 2;
    }
  }
  EXPECT_EQ(found, 3);
}

// Shannon: the mean of -log p over a source's own texts is its entropy. With one sentence and no
// phrases the entropy is a sum over the choices.
TEST(Grammar, TheMeanLogarithmIsTheEntropy) {
  const auto entropy = [](int words) {
    double total = 0;
    double sum = 0;
    for (int i = 1; i <= words; ++i) {
      total += std::floor(1e6 / i);
    }
    for (int i = 1; i <= words; ++i) {
      const double p = std::floor(1e6 / i) / total;
      sum -= p * std::log(p);
    }
    return sum;
  };
  const GrammarSettings settings = {.sentences = 1, .phrases = 0, .copied = 1};
  const auto documents = generateGrammar(settings, 0, 20'000);
  double mean = 0;
  for (const GrammarDocument& document : documents) {
    mean += document.nats / static_cast<double>(documents.size());
  }

  const double expected = entropy(24) + std::log(2) +
                          0.5 * (entropy(60) + std::log(2) + entropy(40)) + 0.5 * entropy(60);
  EXPECT_NEAR(mean, expected, 0.05);  // four standard errors of 20 000 documents
}

TEST(Grammar, CorporaAreJudgedTokensWithTheirLowestLoss) {
  const auto tokenizer = grammarTokenizer();
  const GrammarSettings settings = {.train_documents = 50, .validation_documents = 20};

  const GrammarCorpora corpora = generateGrammarCorpora(settings, *tokenizer);
  const GrammarCorpora more =
      generateGrammarCorpora({.train_documents = 60, .validation_documents = 20}, *tokenizer);

  EXPECT_EQ(corpora.train.documents(), 50);
  EXPECT_EQ(corpora.validation.documents(), 20);
  EXPECT_EQ(corpora.validation.id(0), 1);
  EXPECT_EQ(corpora.validation.id(corpora.validation.documentStart(1) - 1), 2);
  double nats = 0;
  std::int64_t judged = 0;
  for (const GrammarDocument& document : generateGrammar(settings, 0, 20)) {
    nats += document.nats;
    judged += std::count(document.text.begin(), document.text.end(), ' ') + 2;  // words and </s>
  }
  EXPECT_DOUBLE_EQ(corpora.lowestLoss(), nats / static_cast<double>(judged));
  EXPECT_EQ(more.lowestLoss(), corpora.lowestLoss());
  EXPECT_LT(corpora.lowestLoss(), std::log(300.0) / 2);
}

}  // namespace retort::train
