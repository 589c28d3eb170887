#include "trainers/data/agreement.h"

#include "core/base/text.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <set>

namespace retort::train {

namespace {

using Words = std::vector<std::string>;

const std::vector<std::string> kEndings = {"asi", "osi", "usi", "a", "o", "u"};

enum class Kind { kNoun, kVerb, kAdjective, kPreposition, kThat };

struct Word {
  Kind kind;
  std::string ending;
};

Word analyse(const std::string& text) {
  if (text == "ke") {
    return {Kind::kThat, ""};
  }
  for (const std::string& ending : kEndings) {
    if (!text.ends_with(ending)) {
      continue;
    }
    const std::string stem = text.substr(0, text.size() - ending.size());
    const auto isOneOf = [&](const std::set<std::string>& stems) {
      return stems.contains(stem);
    };
    if (isOneOf({"bel", "dor", "fim", "gat", "kul", "mer"})) {
      return {Kind::kNoun, ending};
    }
    if (isOneOf({"prask", "tolv", "sken", "wirt"})) {
      return {Kind::kVerb, ending};
    }
    if (isOneOf({"zlim", "hrud", "yelk", "vash"})) {
      return {Kind::kAdjective, ending};
    }
  }
  return {Kind::kPreposition, ""};
}

/// Judges a sentence by the grammar alone, written apart from the generator: counts its broken
/// agreements.
int brokenAgreements(const std::string& sentence) {
  std::vector<std::string> open;  // endings of opening nouns that wait for their word
  int broken = 0;
  bool expects_opening = true;
  for (const std::string& text : splitString(sentence, ' ')) {
    const Word word = analyse(text);
    if (word.kind == Kind::kNoun) {
      if (expects_opening) {
        open.push_back(word.ending);
      }
      expects_opening = false;
    } else if (word.kind == Kind::kThat) {
      expects_opening = true;
    } else if (word.kind == Kind::kVerb || word.kind == Kind::kAdjective) {
      EXPECT_FALSE(open.empty()) << sentence;
      broken += open.back() == word.ending ? 0 : 1;
      open.pop_back();
      expects_opening = open.empty();
    }
  }
  EXPECT_TRUE(open.empty()) << sentence;
  return broken;
}

AgreementSettings settingsOf(std::int64_t rows) {
  AgreementSettings settings;
  settings.train_rows = rows;
  return settings;
}

/// How unlike two distributions of counts are: chi-square over its degrees of freedom, about 1 when
/// they are the same.
template <class Key>
double disagreement(const std::map<Key, std::array<double, 2>>& counts) {
  double chi_square = 0;
  int cells = 0;
  for (const auto& [key, count] : counts) {
    const double both = count[0] + count[1];
    if (both >= 20) {
      chi_square += (count[0] - count[1]) * (count[0] - count[1]) / both;
      ++cells;
    }
  }
  return chi_square / std::max(cells - 1, 1);
}

}  // namespace

TEST(Agreement, LabelsAreRightByTheGrammar) {
  AgreementSettings settings = settingsOf(3000);
  settings.phrases = 3;
  settings.nesting = 2;
  settings.has_object = true;
  settings.endings = 6;

  for (const Example& example : generateAgreement(settings).train) {
    EXPECT_EQ(brokenAgreements(example.first), example.label == 1 ? 0 : 1) << example.first;
  }
}

TEST(Agreement, IsTheSameForTheSameSeed) {
  AgreementSettings other = settingsOf(50);
  other.seed = 2;

  const AgreementData data = generateAgreement(settingsOf(50));

  EXPECT_EQ(data.train, generateAgreement(settingsOf(50)).train);
  EXPECT_NE(data.train, generateAgreement(other).train);
  EXPECT_EQ(data.train[0].first,
            "dorasi ni gatusi rem belusi ke gata lu kulu ko belo tolva praskusi "
            "dorasi ni merusi ni kulasi zlimasi");
}

TEST(Agreement, KeepsEvaluationApartFromTraining) {
  const AgreementData small = generateAgreement(settingsOf(100));
  const AgreementData large = generateAgreement(settingsOf(5000));
  std::set<std::string> texts;

  for (const Example& example : large.train) {
    EXPECT_TRUE(texts.insert(example.first).second);
  }
  for (const Example& example : large.dev) {
    EXPECT_TRUE(texts.insert(example.first).second);
  }
  EXPECT_EQ(small.dev, large.dev);
  EXPECT_EQ(large.dev.size(), 500U);
}

TEST(Agreement, BothLabelsAreEquallyFrequentAndSentencesShort) {
  const AgreementData data = generateAgreement(settingsOf(8000));
  const WordPieceTokenizer tokenizer = agreementTokenizer();
  double right = 0;
  std::size_t longest = 0;

  for (const Example& example : data.train) {
    right += example.label;
    longest = std::max(longest, tokenizer.encode(example.first, 64).ids.size());
  }

  EXPECT_NEAR(right / 8000, 0.5, 0.02);
  EXPECT_LE(longest, 33U);
}

TEST(Agreement, WordsWithoutTheirPlacesSayNothing) {
  // Any bag-of-words rule is a function of these counts; neither single words nor the number of
  // nouns that agree with the last verb may differ between right and wrong sentences.
  std::map<std::string, std::array<double, 2>> words;
  std::map<int, std::array<double, 2>> agreeing_nouns;
  AgreementSettings settings = settingsOf(20'000);
  settings.nesting = 0;
  settings.has_object = false;

  for (const Example& example : generateAgreement(settings).train) {
    const std::size_t label = example.label == 1 ? 1 : 0;
    const Words sentence = splitString(example.first, ' ');
    const std::string ending = analyse(sentence.back()).ending;
    int agreeing = 0;
    for (const std::string& text : sentence) {
      const Word word = analyse(text);
      words[text][label] += 1;
      agreeing += word.kind == Kind::kNoun && word.ending == ending ? 1 : 0;
    }
    agreeing_nouns[agreeing][label] += 1;
  }

  EXPECT_EQ(agreeing_nouns.size(), 2U);
  EXPECT_LT(disagreement(agreeing_nouns), 6);
  EXPECT_LT(disagreement(words), 1.7);
}

TEST(Agreement, SplitsEveryWordIntoKnownStemsAndEndings) {
  const WordPieceTokenizer tokenizer = agreementTokenizer();
  AgreementSettings settings = settingsOf(500);
  settings.phrases = 4;
  settings.nesting = 3;
  settings.has_object = true;

  EXPECT_LT(tokenizer.vocabularySize(), 60);
  EXPECT_EQ(tokenizer.tokenize("belasi ni dora praska"),
            (Words{"bel", "##asi", "ni", "dor", "##a", "prask", "##a"}));
  for (const Example& example : generateAgreement(settings).train) {
    for (const std::string& token : tokenizer.tokenize(example.first)) {
      EXPECT_NE(token, "[UNK]") << example.first;
    }
  }
}

TEST(Agreement, FreeDistractorsAgreeByChance) {
  AgreementSettings settings = settingsOf(4'000);
  settings.nesting = 0;
  settings.has_object = false;
  settings.has_object = false;
  settings.endings = 6;
  settings.free = 1;
  double agreeing = 0;
  for (const Example& example : generateAgreement(settings).train) {
    const Words sentence = splitString(example.first, ' ');
    const std::string ending = analyse(sentence.back()).ending;
    agreeing += analyse(sentence[2]).ending == ending ? 1 : 0;
    agreeing += analyse(sentence[4]).ending == ending ? 1 : 0;
  }

  // 8000 nouns, each with chance 1/6: four standard deviations.
  EXPECT_NEAR(agreeing, 8000.0 / 6, 4 * std::sqrt(8000.0 * 5 / 36));
}

TEST(Agreement, SettingsMakeItHarder) {
  const auto meanLength = [](std::int64_t phrases, std::int64_t nesting, bool has_object) {
    AgreementSettings settings = settingsOf(500);
    settings.phrases = phrases;
    settings.nesting = nesting;
    settings.has_object = has_object;
    double words = 0;
    for (const Example& example : generateAgreement(settings).train) {
      words += static_cast<double>(splitString(example.first, ' ').size());
    }
    return words / 500;
  };

  EXPECT_EQ(meanLength(2, 0, false), 6);
  EXPECT_NEAR(meanLength(3, 0, false), 7, 0.2);
  EXPECT_NEAR(meanLength(2, 1, false), 6 + 3.5, 0.3);
  EXPECT_NEAR(meanLength(2, 0, true), 6 + 3, 0.3);
}

}  // namespace retort::train
