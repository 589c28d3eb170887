#include "trainers/tokenizers/tokenizer_config.h"

#include "trainers/train_error.h"

#include <gtest/gtest.h>

namespace retort::train {

namespace {

std::string refusalOf(const TokenizerFiles& files) {
  try {
    static_cast<void>(readTokenizerConfig(files, "folder"));
  } catch (const TrainError& error) {
    EXPECT_EQ(error.exitCode(), ExitCode::kBadData);
    return error.what();
  }
  return "accepted";
}

std::string refusalOfConfig(const std::string& config) {
  return refusalOf({{"tokenizer_config.json", config}});
}

}  // namespace

TEST(TokenizerConfig, AbsentFilesSayNothing) {
  const TokenizerConfig config = readTokenizerConfig({}, "folder");

  EXPECT_EQ(config.bos_token, std::nullopt);
  EXPECT_EQ(config.legacy, std::nullopt);
  EXPECT_TRUE(config.special_tokens.empty() && config.added_tokens.empty());
}

TEST(TokenizerConfig, TokensAreTextsOrObjects) {
  const TokenizerConfig config = readTokenizerConfig(
      {{"tokenizer_config.json",
        R"({"tokenizer_class": "LlamaTokenizer", "bos_token": {"content": "<s>", "lstrip": false},
            "eos_token": "</s>", "pad_token": null, "add_bos_token": true, "legacy": false,
            "additional_special_tokens": ["<a>", {"content": "<b>"}]})"},
       {"special_tokens_map.json", R"({"eos_token": "<other>", "unk_token": "<unk>"})"}},
      "folder");

  EXPECT_EQ(config.tokenizer_class, "LlamaTokenizer");
  EXPECT_EQ(config.bos_token, "<s>");
  EXPECT_EQ(config.eos_token, "</s>");
  EXPECT_EQ(config.unk_token, "<unk>");
  EXPECT_EQ(config.pad_token, std::nullopt);
  EXPECT_EQ(config.add_bos_token, true);
  EXPECT_EQ(config.add_eos_token, std::nullopt);
  EXPECT_EQ(config.legacy, false);
  EXPECT_EQ(config.special_tokens, (std::set<std::string>{"<s>", "</s>", "<unk>", "<a>", "<b>"}));
}

TEST(TokenizerConfig, AddedTokensHaveBothForms) {
  const TokenizerConfig config = readTokenizerConfig(
      {{"tokenizer_config.json",
        R"({"added_tokens_decoder": {"7": {"content": "<m>", "lstrip": true, "special": true}}})"},
       {"added_tokens.json", R"({"<m>": 7, "<n>": 8})"}},
      "folder");
  const TokenizerConfig older =
      readTokenizerConfig({{"added_tokens.json", R"({"<n>": 8})"}}, "folder");

  EXPECT_EQ(
      config.added_tokens,
      (std::vector<AddedToken>{{.content = "<m>", .id = 7, .is_special = true, .lstrip = true}}));
  EXPECT_EQ(older.added_tokens, (std::vector<AddedToken>{{.content = "<n>", .id = 8}}));
}

TEST(TokenizerConfig, WhatIsMalformedIsNamed) {
  EXPECT_EQ(refusalOfConfig("[]"), "folder/tokenizer_config.json: expected a JSON object");
  EXPECT_EQ(refusalOfConfig(R"({"bos_token": 1})"),
            "folder/tokenizer_config.json: bos_token is not a text");
  EXPECT_EQ(refusalOfConfig(R"({"legacy": "no"})"),
            "folder/tokenizer_config.json: legacy is not true or false");
  EXPECT_EQ(refusalOfConfig(R"({"added_tokens_decoder": {"-1": {"content": "a"}}})"),
            "folder/tokenizer_config.json: added_tokens_decoder.-1: the key is not an id");
  EXPECT_EQ(refusalOfConfig(R"({"added_tokens_decoder": {"1": {}}})"),
            "folder/tokenizer_config.json: added_tokens_decoder.1: there is no content");
  EXPECT_EQ(refusalOf({{"added_tokens.json", R"({"a": -1})"}}),
            "folder/added_tokens.json: the id of \"a\" is -1");
}

}  // namespace retort::train
