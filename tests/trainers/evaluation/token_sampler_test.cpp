#include "trainers/evaluation/token_sampler.h"

#include "tests/trainers/models/tiny_decoder.h"
#include "tests/trainers/tensor_testing.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace retort::train {
namespace {

using Texts = std::vector<std::vector<std::int32_t>>;

/// Probabilities 1/10, 4/10, 2/10, 3/10.
at::Tensor fourTokens() {
  return tensorOf({1.0, 4.0, 2.0, 3.0}).log();
}

bool goOn() {
  return true;
}

TEST(TokenSampler, WithoutTemperatureTheLikeliestIsTaken) {
  for (const double uniform : {0.0, 0.5, 0.999}) {
    EXPECT_EQ(drawToken(fourTokens(), {}, uniform), 1);
  }
  EXPECT_EQ(drawToken(tensorOf({2.0, 5.0, 5.0}), {}, 0.9), 1);
}

// The sums are 0.1, 0.5, 0.7, 1.
TEST(TokenSampler, TheNumberFallsOnTheDistribution) {
  const SamplingOptions options = {.temperature = 1};
  EXPECT_EQ(drawToken(fourTokens(), options, 0), 0);
  EXPECT_EQ(drawToken(fourTokens(), options, 0.0999), 0);
  EXPECT_EQ(drawToken(fourTokens(), options, 0.1001), 1);
  EXPECT_EQ(drawToken(fourTokens(), options, 0.4999), 1);
  EXPECT_EQ(drawToken(fourTokens(), options, 0.5001), 2);
  EXPECT_EQ(drawToken(fourTokens(), options, 0.7001), 3);
  EXPECT_EQ(drawToken(fourTokens(), options, std::nextafter(1.0, 0.0)), 3);
}

// At temperature 1/2 the weights are squared: 1, 16, 4, 9 of 30.
TEST(TokenSampler, TemperatureSharpens) {
  const SamplingOptions options = {.temperature = 0.5};
  EXPECT_EQ(drawToken(fourTokens(), options, 0.99 / 30), 0);
  EXPECT_EQ(drawToken(fourTokens(), options, 1.01 / 30), 1);
  EXPECT_EQ(drawToken(fourTokens(), options, 16.99 / 30), 1);
  EXPECT_EQ(drawToken(fourTokens(), options, 17.01 / 30), 2);
}

// 0.4 + 0.3 >= 0.6: tokens 1 and 3 remain, with 4/7 and 3/7.
TEST(TokenSampler, TopPLeavesTheLikeliest) {
  const SamplingOptions options = {.temperature = 1, .top_p = 0.6};
  EXPECT_EQ(drawToken(fourTokens(), options, 0), 1);
  EXPECT_EQ(drawToken(fourTokens(), options, 3.99 / 7), 1);
  EXPECT_EQ(drawToken(fourTokens(), options, 4.01 / 7), 3);
  EXPECT_EQ(drawToken(fourTokens(), options, std::nextafter(1.0, 0.0)), 3);
  EXPECT_EQ(drawToken(fourTokens(), {.temperature = 1, .top_p = 1e-9}, 0.9), 1);
}

TEST(TokenSampler, WhatIsImpossibleIsNeverDrawn) {
  const double never = -std::numeric_limits<double>::infinity();
  const at::Tensor logits = tensorOf({0.0, 0.0, 0.0});
  logits[2] = never;
  EXPECT_EQ(drawToken(logits, {.temperature = 1}, std::nextafter(1.0, 0.0)), 1);
  logits[1] = std::nan("");
  EXPECT_THROW(static_cast<void>(drawToken(logits, {.temperature = 1}, 0.5)), c10::Error);
}

// Numbers at equal distances: each token's share is its probability.
TEST(TokenSampler, DrawsHaveTheirProbabilities) {
  constexpr int kDraws = 4'000;
  std::vector<double> counts(4, 0);
  for (int i = 0; i < kDraws; ++i) {
    counts[static_cast<std::size_t>(
        drawToken(fourTokens(), {.temperature = 1}, (i + 0.5) / kDraws))] += 1;
  }

  const std::vector<double> expected = {0.1, 0.4, 0.2, 0.3};
  for (std::size_t token = 0; token < 4; ++token) {
    EXPECT_NEAR(counts[token] / kDraws, expected[token], 2.0 / kDraws);
  }
}

/// A model whose likeliest token is the next id of 8; it counts its calls.
struct Counting {
  int calls = 0;

  at::Tensor operator()(const TokenBatch& batch) {
    ++calls;
    EXPECT_EQ(batch.targets().numel(), batch.input_ids.size(0));
    const at::Tensor last = batch.input_ids.gather(1, (batch.lengths - 1).unsqueeze(1)).squeeze(1);
    return at::one_hot((last + 1) % 8, 8).to(at::kDouble);
  }
};

std::int64_t likeliest(std::size_t, std::int64_t, const at::Tensor& logits) {
  return drawToken(logits, {}, 0);
}

TEST(TokenSampler, TextsOfUnequalLengthGoOnSideBySide) {
  Counting model;

  const auto texts = continueTexts(
      std::ref(model), {{1}, {4, 2, 5}}, {.new_tokens = 3}, likeliest, at::kCPU, goOn);

  EXPECT_EQ(texts.value(), (Texts{{1, 2, 3, 4}, {4, 2, 5, 6, 7, 0}}));
  EXPECT_EQ(model.calls, 3);
}

TEST(TokenSampler, TextsEndAtEosAndWhereTheModelEnds) {
  Counting model;

  const auto texts = continueTexts(std::ref(model),
                                   {{1}, {5}, {0, 0, 0, 0, 0}},
                                   {.new_tokens = 9, .positions = 5, .eos = 7},
                                   likeliest,
                                   at::kCPU,
                                   goOn);

  EXPECT_EQ(texts.value(), (Texts{{1, 2, 3, 4, 5}, {5, 6, 7}, {0, 0, 0, 0, 0}}));
}

TEST(TokenSampler, GivesUpWhenTold) {
  Counting model;

  EXPECT_FALSE(continueTexts(
      std::ref(model), {{1}}, {.new_tokens = 3}, likeliest, at::kCPU, [] { return false; }));
  EXPECT_EQ(model.calls, 0);
}

TEST(TokenSampler, TellsWhichTokenIsChosen) {
  Counting model;
  std::vector<std::pair<std::size_t, std::int64_t>> asked;
  const auto choose = [&](std::size_t text, std::int64_t place, const at::Tensor& logits) {
    asked.emplace_back(text, place);
    return drawToken(logits, {}, 0);
  };

  static_cast<void>(continueTexts(
      std::ref(model), {{6}, {1, 2}}, {.new_tokens = 2, .eos = 7}, choose, at::kCPU, goOn));

  EXPECT_EQ(asked, (std::vector<std::pair<std::size_t, std::int64_t>>{{0, 1}, {1, 2}, {1, 3}}));
}

// Padding and neighbours change nothing: the likeliest tokens of a real decoder, read alone, and a
// pass over the whole text says the same at each place.
TEST(TokenSampler, ADecoderWritesWhatItWouldRead) {
  const TinyDecoder tiny("llama");
  const LlamaModel model = tiny.model();
  const auto forward = [&](const TokenBatch& batch) {
    return model.forward(batch, {}).logits;
  };

  const auto texts =
      continueTexts(forward, {{3}, {5, 9, 2, 7}}, {.new_tokens = 6}, likeliest, at::kCPU, goOn)
          .value();

  for (const auto& [prompt, text] : {std::pair<std::size_t, std::size_t>{1, 0}, {4, 1}}) {
    const std::vector<std::int32_t>& ids = texts.at(text);
    const at::Tensor row =
        at::tensor(std::vector<std::int64_t>(ids.begin(), ids.end())).unsqueeze(0);
    const at::Tensor all = model
                               .forward({.input_ids = row,
                                         .attention_mask = {},
                                         .segment_ids = {},
                                         .lengths = {},
                                         .labels = at::zeros_like(row)},
                                        {})
                               .logits.argmax(-1);
    ASSERT_EQ(ids.size(), prompt + 6);
    for (std::size_t i = prompt; i < ids.size(); ++i) {
      EXPECT_EQ(all[static_cast<std::int64_t>(i) - 1].item<std::int64_t>(), ids[i]) << i;
    }
  }
}

}  // namespace
}  // namespace retort::train
