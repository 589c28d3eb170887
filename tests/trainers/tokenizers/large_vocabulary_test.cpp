#include "tests/trainers/tokenizers/tokenizer_golden.h"
#include "trainers/data/split_mix.h"
#include "trainers/tokenizers/basic_tokenizer.h"
#include "trainers/tokenizers/json_tokenizer.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

// Golden ids by Hugging Face's tokenizers: tests/data/tokenizer/make_large_vocabulary_golden.py,
// whose rule for the vocabulary and the text is repeated here.
namespace retort::train {
namespace {

using retort::testing::Ids;

constexpr int kTokens = 128'000;
constexpr int kSpecial = 256;
constexpr const char* kLlama3 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";

/// The characters that stand for bytes, in the order of GPT-2's ids.
std::vector<std::string> alphabet() {
  std::vector<char32_t> shown;
  for (const auto& [first, end] : {std::pair{33, 127}, {161, 173}, {174, 256}}) {
    for (int code = first; code < end; ++code) {
      shown.push_back(static_cast<char32_t>(code));
    }
  }
  for (char32_t code = 256; shown.size() < 256; ++code) {
    shown.push_back(code);
  }
  std::vector<std::string> characters;
  for (const char32_t code : shown) {
    characters.push_back(encodeUtf8(std::u32string(1, code)));
  }
  return characters;
}

Json byteLevelBpe() {
  Json vocabulary = Json::object();
  for (const std::string& character : alphabet()) {
    vocabulary[character] = vocabulary.size();
  }
  std::vector<std::string> letters;
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    letters.emplace_back(1, letter);
  }
  letters.emplace_back("\u0120");
  std::vector<std::string> pool = letters;
  Json merges = Json::array();
  for (std::size_t i = 0; vocabulary.size() < kTokens; ++i) {
    for (std::size_t j = 0; j < letters.size() && vocabulary.size() < kTokens; ++j) {
      const std::string left = pool[i];
      vocabulary[left + letters[j]] = vocabulary.size();
      merges.push_back(Json::array({left, letters[j]}));
      pool.push_back(left + letters[j]);
    }
  }
  return {{"type", "BPE"}, {"ignore_merges", true}, {"vocab", vocabulary}, {"merges", merges}};
}

Json llama3Size() {
  Json special = Json::array();
  for (int i = 0; i < kSpecial; ++i) {
    special.push_back({{"id", kTokens + i},
                       {"content", "<|special_" + std::to_string(i) + "|>"},
                       {"special", true}});
  }
  const Json split = {{"type", "Split"},
                      {"pattern", {{"Regex", kLlama3}}},
                      {"behavior", "Isolated"},
                      {"invert", false}};
  const Json bytes = {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", false}};
  return {{"added_tokens", special},
          {"pre_tokenizer", {{"type", "Sequence"}, {"pretokenizers", Json::array({split, bytes})}}},
          {"decoder", {{"type", "ByteLevel"}}},
          {"model", byteLevelBpe()}};
}

std::string randomLetters() {
  const std::string letters = "abcdefghijklmnopqrstuvwxyz     ";
  SplitMix64 numbers(2);
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    text += letters[numbers.next() % letters.size()];
  }
  return text + "<|special_255|> 12345 \u00e9\u4e16";
}

TEST(LargeVocabulary, HasHuggingFacesIds) {
  const Json golden = retort::testing::goldenOf("large_vocabulary_golden.json");
  const auto tokenizer = makeTokenizer(
      {{"tokenizer.json", llama3Size().dump()}, {"tokenizer_config.json", "{}"}}, "large");
  const std::string text = randomLetters();

  const Ids ids = tokenizer->encodePlain(text);

  EXPECT_EQ(tokenizer->vocabularySize(), golden.at("vocabulary").get<std::int64_t>());
  EXPECT_EQ(ids.size(), golden.at("tokens").get<std::size_t>());
  EXPECT_EQ(Ids(ids.begin(), ids.begin() + 20), golden.at("first").get<Ids>());
  EXPECT_EQ(Ids(ids.end() - 12, ids.end()), golden.at("last").get<Ids>());
  EXPECT_EQ(retort::testing::digestOf(ids), golden.at("sha256").get<std::string>());
  EXPECT_EQ(tokenizer->decode(ids), text);
}

}  // namespace
}  // namespace retort::train
