#include "trainers/tokenizers/json_tokenizer.h"

#include "tests/trainers/tokenizers/tokenizer_golden.h"
#include "trainers/train_error.h"

// Golden ids by Hugging Face's tokenizers: tests/data/tokenizer/make_tokenizer_json_golden.py.
namespace retort::train {

namespace {

using retort::testing::goldenOf;
using retort::testing::Ids;

const Json& tinyTokenizers() {
  static const Json kTokenizers = goldenOf("tokenizer_json_tiny.json");
  return kTokenizers;
}

JsonTokenizer tokenizerOf(const Json& tokenizer, const Json& config = Json::object()) {
  return {{{"tokenizer.json", tokenizer.dump()}, {"tokenizer_config.json", config.dump()}},
          "folder"};
}

/// The smallest tokenizer that there can be, with one part replaced.
Json smallTokenizer(const char* key, const Json& part) {
  Json tokenizer = {{"model",
                     {{"type", "BPE"},
                      {"vocab", {{"a", 0}, {"b", 1}, {"ab", 2}}},
                      {"merges", Json::array({"a b"})}}}};
  tokenizer[key] = part;
  return tokenizer;
}

std::string refusalOf(const Json& tokenizer) {
  try {
    static_cast<void>(tokenizerOf(tokenizer));
  } catch (const TrainError& error) {
    EXPECT_EQ(error.exitCode(), ExitCode::kBadData);
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST(JsonTokenizer, HostileTextsHaveHuggingFacesIds) {
  const Json golden = goldenOf("tokenizer_json_golden.json");

  for (const auto& [name, tiny] : tinyTokenizers().items()) {
    SCOPED_TRACE(name);
    const JsonTokenizer tokenizer = tokenizerOf(tiny);

    retort::testing::expectGolden(tokenizer, golden.at(name));
    EXPECT_EQ(tokenizer.vocabularySize(), golden.at(name).at("size").get<std::int64_t>());
  }
}

TEST(JsonTokenizer, LlamasConfigReplacesThePostProcessor) {
  const Json golden = goldenOf("tokenizer_json_golden.json").at("llama2_config");
  const JsonTokenizer tokenizer = tokenizerOf(tinyTokenizers().at("llama2"),
                                              {{"tokenizer_class", "LlamaTokenizerFast"},
                                               {"bos_token", "<s>"},
                                               {"eos_token", "</s>"},
                                               {"add_bos_token", false},
                                               {"add_eos_token", true}});

  retort::testing::expectGolden(tokenizer, golden);
  EXPECT_TRUE(tokenizer.prefix().empty());
  EXPECT_EQ(tokenizer.suffix(), Ids{2});
}

TEST(JsonTokenizer, ARealModelGivesTheSameIds) {
  const auto folder = std::filesystem::path(SHARED_DATA_DIR) / "data/models/stories260K";
  if (!std::filesystem::exists(folder / "tokenizer.json")) {
    GTEST_SKIP() << folder << " is not there";
  }
  const Json expected = parseJson(retort::testing::contentsOf(folder / "expected.json")).value();
  const std::unique_ptr<Tokenizer> tokenizer = readTokenizer(folder);

  EXPECT_EQ(tokenizer->encode(expected.at("sentence").get<std::string>()),
            expected.at("ids").get<Ids>());
}

TEST(JsonTokenizer, KnowsItsSpecialTokens) {
  const JsonTokenizer tokenizer =
      tokenizerOf(tinyTokenizers().at("llama3"),
                  {{"bos_token", "<|begin_of_text|>"},
                   {"eos_token", {{"content", "<|eot_id|>"}}},
                   {"added_tokens_decoder", {{"500", {{"content", "<new>"}, {"special", true}}}}}});
  const std::int32_t begin = tokenizer.idOf("<|begin_of_text|>").value();

  EXPECT_EQ(tokenizer.specialIds(), (SpecialIds{.bos = begin, .eos = begin + 1}));
  EXPECT_EQ(tokenizer.prefix(), Ids{begin});
  EXPECT_EQ(tokenizer.encodePlain("<new>"), Ids{500});
  EXPECT_EQ(tokenizer.vocabularySize(), 501);
}

TEST(JsonTokenizer, BytesThatAreNotUtf8AreReplacedAsPythonDoes) {
  const JsonTokenizer tokenizer = tokenizerOf(tinyTokenizers().at("gpt2"));

  EXPECT_EQ(tokenizer.encode("a\xFF"
                             "b\xE4\xB8"),
            tokenizer.encode("a\uFFFDb\uFFFD"));
}

TEST(JsonTokenizer, WithoutADecoderTokensAreJoinedBySpaces) {
  const JsonTokenizer tokenizer = tokenizerOf(smallTokenizer("decoder", nullptr));

  EXPECT_EQ(tokenizer.encode("abxa"), (Ids{2, 0}));
  EXPECT_EQ(tokenizer.decode(Ids{2, 0}), "ab a");
  EXPECT_THROW(static_cast<void>(tokenizer.decode(Ids{3})), TrainError);
}

TEST(JsonTokenizer, ARealTextHasHuggingFacesIds) {
  const Json golden = goldenOf("tokenizer_json_golden.json");
  for (const auto& [name, tiny] : tinyTokenizers().items()) {
    SCOPED_TRACE(name);
    retort::testing::expectWikitext(tokenizerOf(tiny), golden.at(name));
  }
}

TEST(JsonTokenizer, BytesComeBackWhole) {
  const Json golden = goldenOf("tokenizer_json_golden.json");
  for (const char* name : {"gpt2", "llama3", "gpt4o", "smollm2"}) {
    const JsonTokenizer tokenizer = tokenizerOf(tinyTokenizers().at(name));
    for (const Json& row : golden.at(name).at("texts")) {
      const auto text = row[0].get<std::string>();
      EXPECT_EQ(tokenizer.decode(tokenizer.encodePlain(text)), text) << name;
    }
  }
}

TEST(JsonTokenizer, TheFilesMakeTheSameTokenizerAgain) {
  for (const auto& [name, tiny] : tinyTokenizers().items()) {
    const JsonTokenizer first = tokenizerOf(tiny, {{"eos_token", "</s>"}});
    const auto again = makeTokenizer(first.files(), "elsewhere");

    EXPECT_EQ(again->fingerprint(), first.fingerprint());
    EXPECT_EQ(again->specialIds(), first.specialIds()) << name;
    EXPECT_EQ(again->encode("the fox </s> \u4E2D"), first.encode("the fox </s> \u4E2D")) << name;
  }
}

TEST(JsonTokenizer, IsPreferredToTheModel) {
  const auto tokenizer = makeTokenizer(
      {{"tokenizer.json", tinyTokenizers().at("gpt2").dump()}, {"tokenizer.model", "broken"}},
      "folder");

  EXPECT_NE(dynamic_cast<const JsonTokenizer*>(tokenizer.get()), nullptr);
  EXPECT_EQ(tokenizer->files().count("tokenizer.model"), 1U);
}

// Every cut and every changed part is refused by a sentence or understood; nothing else happens.
TEST(JsonTokenizer, DamagedFilesNeverCrash) {
  const std::string text = tinyTokenizers().at("llama3").dump();
  int refused = 0;
  for (std::size_t i = 1; i < 60; ++i) {
    std::string cut = text.substr(0, text.size() * i / 60);
    std::string changed = text;
    changed[text.size() * i / 60] = "\"{}[],:0\xFF"[i % 9];
    for (const std::string& damaged : {cut, changed}) {
      try {
        const JsonTokenizer tokenizer({{"tokenizer.json", damaged}}, "folder");
        static_cast<void>(tokenizer.decode(tokenizer.encode("hello, World 123")));
      } catch (const TrainError& error) {
        ++refused;
        EXPECT_EQ(error.exitCode(), ExitCode::kBadData);
        EXPECT_TRUE(std::string(error.what()).starts_with("folder/tokenizer.json")) << error.what();
      }
    }
  }
  EXPECT_GE(refused, 59);
}

TEST(JsonTokenizer, PartsOfAnotherTypeAreRefused) {
  const Json whole = tinyTokenizers().at("llama3");
  for (const auto& [key, value] : whole.items()) {
    for (const Json& odd : {Json(7), Json("x"), Json::array({1}), Json(true)}) {
      if (key == "version" || key == "truncation" || key == "padding") {
        continue;  // not looked at
      }
      Json damaged = whole;
      damaged[key] = odd;
      EXPECT_NE(refusalOf(damaged), "accepted") << key << " " << odd;
    }
  }
}

TEST(JsonTokenizer, WhatIsNotSupportedIsNamed) {
  const Json unigram = {{"type", "Unigram"}, {"vocab", Json::array()}};
  const std::string file = "folder/tokenizer.json";

  EXPECT_EQ(refusalOf(smallTokenizer("model", unigram)),
            file + ": model: Unigram is not supported (supported: BPE, WordLevel)");
  EXPECT_EQ(refusalOf(smallTokenizer("normalizer", {{"type", "Nmt"}})),
            file +
                ": normalizer: Nmt is not supported (supported: NFC, NFD, NFKC, NFKD, "
                "Lowercase, Strip, Prepend, Replace, Sequence)");
  EXPECT_EQ(
      refusalOf(smallTokenizer("pre_tokenizer",
                               {{"type", "Sequence"}, {"pretokenizers", {{{"type", "Odd"}}}}})),
      file +
          ": pre_tokenizer.pretokenizers[0]: Odd is not supported (supported: ByteLevel, Split, "
          "Metaspace, Digits, Punctuation, Whitespace, WhitespaceSplit, Sequence)");
  EXPECT_EQ(refusalOf(smallTokenizer("decoder", {{"type", "CTC"}})),
            file +
                ": decoder: CTC is not supported (supported: ByteLevel, ByteFallback, Fuse, "
                "Metaspace, Replace, Strip, Sequence)");
  EXPECT_EQ(refusalOf(smallTokenizer("post_processor", {{"type", "BertProcessing"}})),
            file +
                ": post_processor: BertProcessing is not supported (supported: "
                "TemplateProcessing, ByteLevel, Sequence)");
}

TEST(JsonTokenizer, WhatIsMalformedIsNamed) {
  const std::string file = "folder/tokenizer.json";

  EXPECT_EQ(refusalOf(Json::object()), file + ": there is no \"model\"");
  EXPECT_EQ(refusalOf(Json::array()), file + ": expected a JSON object");
  EXPECT_EQ(refusalOf(smallTokenizer("added_tokens", {{{"id", -1}, {"content", "x"}}})),
            file + ".added_tokens[0]: -1 is not an id");
  EXPECT_EQ(refusalOf(smallTokenizer("added_tokens", {{{"id", 7}}})),
            file + ".added_tokens[0]: there is no content");
  EXPECT_EQ(refusalOf(smallTokenizer("post_processor",
                                     {{"type", "TemplateProcessing"}, {"single", Json::array()}})),
            file + ": post_processor: \"single\" has no place for the text");
  EXPECT_NE(
      refusalOf(smallTokenizer(
                    "pre_tokenizer",
                    {{"type", "Split"}, {"pattern", {{"Regex", "("}}}, {"behavior", "Isolated"}}))
          .find("pre_tokenizer.pattern: the regular expression \"(\" is not understood"),
      std::string::npos);
}

TEST(JsonTokenizer, ALlamaWithoutTheTokenThatItAddsIsRefused) {
  try {
    static_cast<void>(
        tokenizerOf(smallTokenizer("decoder", nullptr), {{"tokenizer_class", "LlamaTokenizer"}}));
    FAIL();
  } catch (const TrainError& error) {
    EXPECT_EQ(std::string(error.what()),
              "folder/tokenizer_config.json: bos_token is to be added, but there is no such token");
  }
}

}  // namespace retort::train
