#include "trainers/tokenizers/gpt2_files.h"

#include "tests/trainers/tokenizers/tokenizer_golden.h"
#include "trainers/train_error.h"

namespace retort::train {
namespace {

using retort::testing::goldenOf;

/// The files of a GPT-2 before tokenizer.json was invented.
TokenizerFiles oldFiles() {
  const Json model = goldenOf("tokenizer_json_tiny.json").at("gpt2").at("model");
  std::string merges = "#version: 0.2\n";
  for (const Json& merge : model.at("merges")) {
    merges += merge.is_string()
                  ? merge.get<std::string>()
                  : merge.at(0).get<std::string>() + " " + merge.at(1).get<std::string>();
    merges += "\n";
  }
  return {{"vocab.json", model.at("vocab").dump()}, {"merges.txt", merges}};
}

std::string refusalOf(const TokenizerFiles& files) {
  try {
    static_cast<void>(makeTokenizer(files, "folder"));
  } catch (const TrainError& error) {
    EXPECT_EQ(error.exitCode(), ExitCode::kBadData);
    return error.what();
  }
  return "accepted";
}

TEST(Gpt2Files, HostileTextsHaveHuggingFacesIds) {
  const auto tokenizer = makeTokenizer(oldFiles(), "folder");

  retort::testing::expectGolden(*tokenizer, goldenOf("tokenizer_json_golden.json").at("gpt2"));
  EXPECT_TRUE(tokenizer->files().contains("tokenizer.json"));
  EXPECT_TRUE(tokenizer->files().contains("vocab.json"));
}

TEST(Gpt2Files, TheEndOfTextIsBeginningAndEndUnlessAFileNamesOthers) {
  TokenizerFiles files = oldFiles();
  Json vocabulary = Json::parse(files["vocab.json"]);
  const auto id = static_cast<std::int32_t>(vocabulary.size());
  vocabulary.emplace("<|endoftext|>", id);
  files["vocab.json"] = vocabulary.dump();
  const std::int32_t end = vocabulary.at("<|endoftext|>").get<std::int32_t>();

  const auto tokenizer = makeTokenizer(files, "folder");
  EXPECT_EQ(tokenizer->specialIds().eos, end);
  EXPECT_EQ(tokenizer->specialIds().bos, end);
  EXPECT_EQ(tokenizer->encode("<|endoftext|>"), std::vector<std::int32_t>{end});

  files["tokenizer_config.json"] = R"({"eos_token": "a"})";
  EXPECT_EQ(makeTokenizer(files, "folder")->specialIds().bos, std::nullopt);
}

TEST(Gpt2Files, WhatIsMalformedIsNamed) {
  TokenizerFiles files = oldFiles();
  files["merges.txt"] = "#version: 0.2\na b\nabc\n";
  EXPECT_EQ(refusalOf(files), "folder/merges.txt: line 3 is not a pair of tokens: abc");

  files = oldFiles();
  files["vocab.json"] = "[1]";
  EXPECT_EQ(refusalOf(files), "folder/vocab.json: expected a JSON object");

  files = oldFiles();
  files["tokenizer_config.json"] = R"({"tokenizer_class": "Qwen2Tokenizer"})";
  EXPECT_NE(refusalOf(files).find("the class is Qwen2Tokenizer"), std::string::npos);
}

}  // namespace
}  // namespace retort::train
