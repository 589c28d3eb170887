#include "trainers/evaluation/text_samples.h"

#include "tests/trainers/tokenizers/tokenizer_golden.h"
#include "trainers/train_error.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

#include <memory>

namespace retort::train {
namespace {

std::unique_ptr<Tokenizer> tinyTokenizer(const std::string& name, const std::string& config) {
  const std::string model = retort::testing::goldenOf("tokenizer_json_tiny.json").at(name).dump();
  return makeTokenizer({{"tokenizer.json", model}, {"tokenizer_config.json", config}}, "folder");
}

bool goOn() {
  return true;
}

/// A model that goes on with the given ids behind a prompt of `prompt` tokens, and then with eos.
auto reciting(const std::vector<std::int32_t>& ids,
              std::int64_t prompt,
              const Tokenizer& tokenizer) {
  return [ids, prompt, size = tokenizer.vocabularySize(), eos = *tokenizer.specialIds().eos](
             const TokenBatch& batch) {
    const auto place = static_cast<std::size_t>(batch.lengths[0].item<std::int64_t>() - prompt);
    const std::int64_t next = place < ids.size() ? ids[place] : eos;
    return at::one_hot(at::full({batch.input_ids.size(0)}, next, at::kLong), size).to(at::kFloat);
  };
}

TEST(TextSamples, AreWhatTheModelAddsToThePrompt) {
  const auto tokenizer = tinyTokenizer("gpt2", R"({"eos_token": "<|endoftext|>"})");
  const auto prompt = encodePrompt(*tokenizer, "the fox");
  const auto added = tokenizer->encodePlain(" jumps\n");
  const auto model = reciting(added, static_cast<std::int64_t>(prompt.size()), *tokenizer);

  const auto samples =
      writeSamples(model, *tokenizer, {prompt}, {.new_tokens = 40}, 0, at::kCPU, goOn).value();

  EXPECT_EQ(samples,
            (std::vector<TextSample>{{.prompt = "the fox", .text = " jumps\n<|endoftext|>"}}));
}

// Alone, the continuation's first piece would be decoded without the space before it.
TEST(TextSamples, KeepTheSpaceBetweenPromptAndText) {
  const auto tokenizer = tinyTokenizer("llama2", R"({"bos_token": "<s>", "eos_token": "</s>"})");
  const auto prompt = encodePrompt(*tokenizer, "the fox");
  const auto added = tokenizer->encodePlain("jumps");
  const auto model = reciting(added, static_cast<std::int64_t>(prompt.size()), *tokenizer);
  const SampleSettings settings = {.new_tokens = static_cast<std::int64_t>(added.size())};

  const auto samples =
      writeSamples(model, *tokenizer, {prompt}, settings, 0, at::kCPU, goOn).value();

  EXPECT_EQ(samples.at(0).text, " jumps");
}

TEST(TextSamples, DrawsDependOnSeedAndPlaceOnly) {
  const auto tokenizer = tinyTokenizer("gpt2", R"({"eos_token": "<|endoftext|>"})");
  const auto prompt = encodePrompt(*tokenizer, "the");
  const auto other = encodePrompt(*tokenizer, "a longer prompt than that");
  const auto flat = [&](const TokenBatch& batch) {
    return at::zeros({batch.input_ids.size(0), tokenizer->vocabularySize()});
  };
  const auto write = [&](const std::vector<std::vector<std::int32_t>>& prompts, std::int64_t seed) {
    const SampleSettings settings = {.new_tokens = 12, .temperature = 1, .seed = seed};
    return writeSamples(flat, *tokenizer, prompts, settings, 0, at::kCPU, goOn).value();
  };

  const auto alone = write({prompt}, 1);
  const auto together = write({prompt, other}, 1);
  const auto twice = write({prompt, prompt}, 1);

  EXPECT_EQ(alone.at(0), together.at(0));
  EXPECT_NE(twice.at(0), twice.at(1));
  EXPECT_NE(alone, write({prompt}, 2));
}

TEST(TextSamples, AnEmptyPromptIsTheBeginningOfAText) {
  const auto without_bos = tinyTokenizer("gpt2", R"({"eos_token": "<|endoftext|>"})");
  const auto neither = tinyTokenizer("gpt2", "{}");

  EXPECT_EQ(encodePrompt(*without_bos, ""),
            (std::vector<std::int32_t>{*without_bos->specialIds().eos}));
  EXPECT_THROW(static_cast<void>(encodePrompt(*neither, "")), TrainError);
}

TEST(TextSamples, AreNotAskedForByDefault) {
  EXPECT_FALSE(SampleSettings().wantsAny());
  EXPECT_TRUE((SampleSettings{.count = 1}).wantsAny());
  EXPECT_TRUE((SampleSettings{.prompts = {"a"}}).wantsAny());
}

}  // namespace
}  // namespace retort::train
