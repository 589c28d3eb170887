#include "trainers/tokenizers/tokenizer.h"

#include "tests/trainers/tokenizers/tokenizer_golden.h"
#include "trainers/train_error.h"

namespace retort::train {

namespace {

using retort::testing::tokenizerData;

std::string tinyModel() {
  return retort::testing::contentsOf(tokenizerData() / "sentencepiece_tiny.model");
}

}  // namespace

TEST(ReadTokenizer, TheFilesOfTheFolderDecide) {
  const retort::testing::TempFolder folder;
  folder.write("tokenizer.model", tinyModel());
  folder.write("tokenizer_config.json", R"({"add_bos_token": false})");
  folder.write("config.json", "{}");

  const std::unique_ptr<Tokenizer> tokenizer = readTokenizer(folder.path());

  EXPECT_EQ(tokenizer->vocabularySize(), 500);
  EXPECT_EQ(tokenizer->decode(tokenizer->encode("the fox")), "the fox");
  EXPECT_EQ(tokenizer->files(),
            (TokenizerFiles{{"tokenizer.model", tinyModel()},
                            {"tokenizer_config.json", R"({"add_bos_token": false})"}}));
}

TEST(ReadTokenizer, AFolderWithoutATokenizerIsMissingInput) {
  const retort::testing::TempFolder folder;

  try {
    static_cast<void>(readTokenizer(folder.path()));
    FAIL();
  } catch (const TrainError& error) {
    EXPECT_EQ(error.exitCode(), ExitCode::kMissingInput);
    EXPECT_EQ(error.what(),
              folder.path().string() +
                  ": there is no tokenizer.json and no tokenizer.model, nor vocab.json with "
                  "merges.txt");
  }
}

TEST(ReadTokenizer, TheFingerprintIsThatOfTheFiles) {
  const TokenizerFiles files = {{"tokenizer.model", tinyModel()}};
  TokenizerFiles other = files;
  other["tokenizer_config.json"] = R"({"legacy": false})";

  const std::string fingerprint = makeTokenizer(files, "a")->fingerprint();

  EXPECT_EQ(makeTokenizer(files, "b")->fingerprint(), fingerprint);
  EXPECT_NE(makeTokenizer(other, "a")->fingerprint(), fingerprint);
}

TEST(ReadTokenizer, AVocabularyLargerThanTheEmbeddingIsRefused) {
  const auto tokenizer = makeTokenizer({{"tokenizer.model", tinyModel()}}, "folder");

  checkVocabularyFits(*tokenizer, 500);
  try {
    checkVocabularyFits(*tokenizer, 499);
    FAIL();
  } catch (const TrainError& error) {
    EXPECT_EQ(std::string(error.what()),
              "tokenizer has 500 ids, embedding table 499 rows: the tokenizer does not belong to "
              "this model");
  }
}

}  // namespace retort::train
