#include "trainers/tokenizers/sentencepiece_tokenizer.h"

#include "tests/trainers/tokenizers/tokenizer_golden.h"
#include "trainers/train_error.h"

// Golden ids by Hugging Face's Python LlamaTokenizer:
// tests/data/tokenizer/make_sentencepiece_golden.py.
namespace retort::train {

namespace {

using retort::testing::goldenOf;
using retort::testing::Ids;
using retort::testing::tokenizerData;

std::string tinyModel() {
  return retort::testing::contentsOf(tokenizerData() / "sentencepiece_tiny.model");
}

SentencePieceTokenizer tokenizerOf(const std::string& model, const Json& config) {
  return {{{"tokenizer.model", model}, {"tokenizer_config.json", config.dump()}}, "folder"};
}

}  // namespace

TEST(SentencePieceTokenizer, HostileTextsHaveHuggingFacesIds) {
  const std::string model = tinyModel();
  const Json golden = goldenOf("sentencepiece_golden.json");

  for (const Json& test_case : golden.at("cases")) {
    SCOPED_TRACE(test_case.at("config").dump());
    const SentencePieceTokenizer tokenizer = tokenizerOf(model, test_case.at("config"));

    retort::testing::expectGolden(tokenizer, test_case);
    EXPECT_EQ(tokenizer.vocabularySize(), test_case.at("size").get<std::int64_t>());
  }
}

TEST(SentencePieceTokenizer, RealModelsGiveTheSameIds) {
  const auto folder = std::filesystem::path(SHARED_DATA_DIR) / "data/tokenizers";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << folder << " is not there";
  }
  const Json golden = goldenOf("sentencepiece_golden.json");

  for (const auto& [key, name] : {std::pair("llama2", "llama2_tokenizer.model"),
                                  std::pair("unigram", "sentencepiece_test_model.model")}) {
    const std::string model = retort::testing::contentsOf(folder / name);
    for (const Json& test_case : golden.at(key)) {
      SCOPED_TRACE(name + test_case.at("config").dump());
      const SentencePieceTokenizer tokenizer = tokenizerOf(model, test_case.at("config"));
      retort::testing::expectGolden(tokenizer, test_case);
    }
  }
}

TEST(SentencePieceTokenizer, KnowsItsSpecialTokens) {
  const SentencePieceTokenizer tokenizer =
      tokenizerOf(tinyModel(), {{"pad_token", "<pad>"}, {"add_eos_token", true}});

  EXPECT_EQ(tokenizer.specialIds(), (SpecialIds{.bos = 1, .eos = 2, .unk = 0, .pad = 500}));
  EXPECT_EQ(tokenizer.prefix(), Ids{1});
  EXPECT_EQ(tokenizer.suffix(), Ids{2});
  EXPECT_EQ(tokenizer.idOf("</s>"), 2);
  EXPECT_EQ(tokenizer.idOf("<unk>"), 0);
  EXPECT_EQ(tokenizer.idOf("no such piece"), std::nullopt);
  EXPECT_EQ(tokenizer.vocabularySize(), 501);
}

TEST(SentencePieceTokenizer, BytesThatAreNotUtf8AreReplacedAsPythonDoes) {
  const SentencePieceTokenizer tokenizer = tokenizerOf(tinyModel(), Json::object());

  EXPECT_EQ(tokenizer.encode("a\xFF"
                             "b"),
            tokenizer.encode("a\uFFFDb"));
  EXPECT_EQ(tokenizer.encode("\xE4\xB8"), tokenizer.encode("\uFFFD"));
}

TEST(SentencePieceTokenizer, RefusesBrokenModels) {
  const std::string model = tinyModel();

  for (const std::string& broken :
       {std::string(),
        std::string("no model"),
        model.substr(0, model.size() / 2 + 1),
        std::string("\x0A\xFF\xFF\xFF\xFF\x0F")}) {  // a piece of four thousand million bytes
    try {
      static_cast<void>(tokenizerOf(broken, Json::object()));
      FAIL() << "a model of " << broken.size() << " bytes";
    } catch (const TrainError& error) {
      EXPECT_EQ(error.exitCode(), ExitCode::kBadData);
      EXPECT_NE(std::string(error.what()).find("folder/tokenizer.model: not a SentencePiece model"),
                std::string::npos)
          << error.what();
    }
  }
}

// Whatever a file holds: it is refused by a sentence, or it gives ids that it can decode.
TEST(SentencePieceTokenizer, DamagedModelsNeverCrash) {
  const std::string model = tinyModel();
  for (std::size_t i = 1; i < 100; ++i) {
    std::string cut = model.substr(0, model.size() * i / 100);
    std::string changed = model;
    changed[model.size() * i / 100] ^= static_cast<char>(1U << (i % 8));
    for (const std::string& damaged : {cut, changed}) {
      try {
        const SentencePieceTokenizer tokenizer = tokenizerOf(damaged, Json::object());
        for (const std::int32_t id : tokenizer.encode("the quick brown fox \u4E2D")) {
          EXPECT_LT(id, tokenizer.vocabularySize());
        }
      } catch (const TrainError& error) {
        EXPECT_EQ(error.exitCode(), ExitCode::kBadData);
      }
    }
  }
}

TEST(SentencePieceTokenizer, RefusesIdsThatThereAreNot) {
  const SentencePieceTokenizer tokenizer = tokenizerOf(tinyModel(), Json::object());

  EXPECT_THROW(static_cast<void>(tokenizer.decode(Ids{500})), TrainError);
  EXPECT_THROW(static_cast<void>(tokenizer.decode(Ids{-1})), TrainError);
}

}  // namespace retort::train
