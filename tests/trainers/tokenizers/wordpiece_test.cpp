#include "trainers/tokenizers/wordpiece.h"

#include "tests/core/base/temp_folder.h"
#include "tests/trainers/io/expect_train_error.h"

#include <gtest/gtest.h>

#include <chrono>

namespace retort::train {

namespace {

using ::retort::testing::TempFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<std::string> kVocabulary = {"[PAD]",
                                              "[UNK]",
                                              "[CLS]",
                                              "[SEP]",
                                              "[MASK]",
                                              "un",
                                              "##aff",
                                              "##able",
                                              "hello",
                                              "##lo",
                                              "a",
                                              "##a",
                                              "\u4e2d",
                                              ",",
                                              "e",
                                              "##e"};

WordPieceTokenizer smallTokenizer() {
  return {kVocabulary, WordPieceOptions{}};
}

std::string textOf(const std::vector<std::string>& tokens) {
  std::string text;
  for (const std::string& token : tokens) {
    text += token + "\n";
  }
  return text;
}

std::string folderError(const TempFolder& folder, ExitCode exit_code = ExitCode::kBadData) {
  return testing::errorOf(
      exit_code, [&] { static_cast<void>(WordPieceTokenizer::fromFolder(folder.path())); });
}

double secondsFor(const WordPieceTokenizer& tokenizer, const std::string& text) {
  const auto begin = std::chrono::steady_clock::now();
  static_cast<void>(tokenizer.encode(text, 512));
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::string repeated(std::string_view text, std::size_t bytes) {
  std::string result;
  while (result.size() < bytes) {
    result += text;
  }
  return result;
}

}  // namespace

TEST(WordPiece, TakesTheLongestPieces) {
  EXPECT_THAT(smallTokenizer().tokenize("Unaffable hello"),
              ElementsAre("un", "##aff", "##able", "hello"));
  EXPECT_THAT(smallTokenizer().tokenize("unaffablex"), ElementsAre("[UNK]"));
}

TEST(WordPiece, PutsSpecialTokensAroundAndCounts) {
  const Encoding single = smallTokenizer().encode("hello a", 8);
  const Encoding pair = smallTokenizer().encodePair("hello", "a a a", 6);

  EXPECT_THAT(single.ids, ElementsAre(2, 8, 10, 3));
  EXPECT_EQ(single.first_segment, 4);
  EXPECT_FALSE(single.is_truncated);
  EXPECT_THAT(pair.ids, ElementsAre(2, 8, 3, 10, 10, 3));
  EXPECT_EQ(pair.first_segment, 3);
  EXPECT_TRUE(pair.is_truncated);
}

TEST(WordPiece, PopsFromTheLongerText) {
  EXPECT_THAT(smallTokenizer().encodePair("a a a", "hello", 6).ids,
              ElementsAre(2, 10, 10, 3, 8, 3));
  EXPECT_THAT(smallTokenizer().encodePair("a a", "hello hello", 6).ids,
              ElementsAre(2, 10, 10, 3, 8, 3));
  EXPECT_THAT(smallTokenizer().encode("a a a", 3).ids, ElementsAre(2, 10, 3));
}

TEST(WordPiece, FindsSpecialTokensInsideTexts) {
  EXPECT_THAT(smallTokenizer().tokenize("a[MASK]a [SEP]"),
              ElementsAre("a", "[MASK]", "a", "[SEP]"));
  EXPECT_THAT(smallTokenizer().tokenize("[mask]"), ElementsAre("[UNK]", "[UNK]", "[UNK]"));
}

TEST(WordPiece, DropsBytesThatAreNoText) {
  // A lone surrogate, a truncated sequence, an overlong one, NUL.
  EXPECT_THAT(smallTokenizer().tokenize(std::string("he\xED\xA0\x80llo \xC3 \xC0\x80 a\0", 16)),
              ElementsAre("hello", "a"));
}

TEST(WordPiece, MakesLongWordsUnknown) {
  EXPECT_EQ(smallTokenizer().tokenize(std::string(100, 'a')).size(), 100U);
  EXPECT_THAT(smallTokenizer().tokenize(std::string(101, 'a')), ElementsAre("[UNK]"));
}

TEST(WordPiece, NeedsNoQuadraticTime) {
  const WordPieceTokenizer tokenizer = smallTokenizer();
  constexpr std::size_t kMegabyte = 1'000'000;
  constexpr double kFarBelowQuadratic = 30;  // seconds; linear: well below one, quadratic: hours

  EXPECT_LT(secondsFor(tokenizer, std::string(kMegabyte, 'x')), kFarBelowQuadratic);
  EXPECT_LT(secondsFor(tokenizer, repeated("a,", kMegabyte)), kFarBelowQuadratic);
  EXPECT_LT(secondsFor(tokenizer, repeated("\u4e2d", kMegabyte)), kFarBelowQuadratic);
  EXPECT_LT(secondsFor(tokenizer, repeated("[MASK]", kMegabyte)), kFarBelowQuadratic);
  EXPECT_LT(secondsFor(tokenizer, repeated(std::string(100, 'a') + " ", kMegabyte)),
            kFarBelowQuadratic);
  EXPECT_LT(secondsFor(tokenizer, repeated("\U0001F468\u200D\U0001F469\u200D", kMegabyte)),
            kFarBelowQuadratic);
  EXPECT_LT(secondsFor(tokenizer, "e" + repeated("\u0301", 20'000) + " a"), kFarBelowQuadratic);
  // Marks in descending combining class: sorting them by insertion would take minutes.
  EXPECT_LT(secondsFor(tokenizer,
                       repeated("\u0345", kMegabyte / 2) + repeated("\u0301", kMegabyte / 4) +
                           repeated("\u0334", kMegabyte / 4)),
            kFarBelowQuadratic);
}

TEST(WordPiece, IsReadFromAFolder) {
  const TempFolder folder;
  folder.write("vocab.txt", textOf(kVocabulary) + "A\r\n");
  folder.write("tokenizer_config.json",
               R"({"do_lower_case":false,"strip_accents":null,"model_max_length":1e30,)"
               R"("unk_token":{"__type":"AddedToken","content":"[UNK]"},)"
               R"("tokenizer_class":"BertTokenizerFast"})");

  const auto tokenizer = WordPieceTokenizer::fromFolder(folder.path());

  EXPECT_THAT(tokenizer.tokenize("A a"), ElementsAre("A", "a"));
  EXPECT_EQ(tokenizer.vocabularySize(), 17);
  EXPECT_EQ(tokenizer.options().model_max_length, 512);
  EXPECT_EQ(tokenizer.idOf("[SEP]"), 3);
  EXPECT_EQ(tokenizer.idOf("zebra"), std::nullopt);
}

TEST(WordPiece, NeedsOnlyTheVocabulary) {
  const TempFolder folder;
  folder.write("vocab.txt", textOf(kVocabulary));

  EXPECT_EQ(WordPieceTokenizer::fromFolder(folder.path()).options(), WordPieceOptions{});
}

TEST(WordPiece, WritesFilesThatMakeItAgain) {
  WordPieceOptions options;
  options.do_lower_case = false;
  options.strip_accents = true;
  options.model_max_length = 77;
  const WordPieceTokenizer original(kVocabulary, options);
  const TempFolder folder;
  folder.write("vocab.txt", original.vocabularyText());
  folder.write("tokenizer_config.json", original.configJson().dump());

  const auto copy = WordPieceTokenizer::fromFolder(folder.path());

  EXPECT_EQ(copy.options(), options);
  EXPECT_EQ(copy.vocabularyText(), original.vocabularyText());
}

TEST(WordPiece, SaysWhatIsWrongWithAVocabulary) {
  const TempFolder folder;
  EXPECT_THAT(folderError(folder, ExitCode::kMissingInput), HasSubstr("vocab.txt"));
  folder.write("vocab.txt", "");
  EXPECT_THAT(folderError(folder), HasSubstr("the vocabulary is empty"));
  folder.write("vocab.txt", "[PAD]\n[CLS]\n[SEP]\na\n");
  EXPECT_THAT(folderError(folder), HasSubstr("unk_token [UNK] is not in the vocabulary"));
  folder.write("vocab.txt", textOf(kVocabulary) + "hello\n");
  EXPECT_THAT(folderError(folder), HasSubstr("vocab.txt:17: token hello was already on line 9"));
}

TEST(WordPiece, SaysWhatIsWrongWithAConfig) {
  const TempFolder folder;
  folder.write("vocab.txt", textOf(kVocabulary));
  const auto configError = [&](std::string_view text) {
    folder.write("tokenizer_config.json", text);
    return folderError(folder);
  };

  EXPECT_THAT(configError(R"({"do_lower_case": tr)"),
              AllOf(HasSubstr("tokenizer_config.json"), HasSubstr("at byte")));
  EXPECT_THAT(configError("[]"), HasSubstr("expected a JSON object"));
  EXPECT_THAT(configError(R"({"tokenizer_class":"GPT2Tokenizer"})"),
              HasSubstr("GPT2Tokenizer is not a WordPiece tokenizer"));
  EXPECT_THAT(configError(R"({"tokenizer_class":7})"), HasSubstr("tokenizer_class 7"));
  EXPECT_THAT(configError(R"({"do_lower_case":"yes"})"), HasSubstr("do_lower_case is not true"));
  EXPECT_THAT(configError(R"({"strip_accents":1})"), HasSubstr("strip_accents is not true"));
  EXPECT_THAT(configError(R"({"sep_token":""})"), HasSubstr("sep_token is not a text"));
}

TEST(WordPiece, MustFitTheEmbeddingTable) {
  EXPECT_NO_THROW(checkVocabularyFits(smallTokenizer(), 16));
  EXPECT_THAT(
      testing::errorOf(ExitCode::kBadData, [] { checkVocabularyFits(smallTokenizer(), 15); }),
      HasSubstr("tokenizer has 16 ids, embedding table 15 rows"));
}

}  // namespace retort::train
