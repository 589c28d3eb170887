#include "tests/trainers/models/tiny_decoder.h"
#include "tests/trainers/models/tiny_gpt2.h"
#include "trainers/models/model_quantization.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

#include <tuple>

namespace retort::train {
namespace {

/// Hugging Face's decoders with keys and values of few bits, as LLM-QAT places them
/// (tests/data/make_precision_golden.py).
class KvCacheGolden : public testing::TestWithParam<std::tuple<const char*, int>> {
 protected:
  [[nodiscard]] int bits() const { return std::get<1>(GetParam()); }

  TinyDecoder tiny_{std::get<0>(GetParam())};
  Json golden_ = testData("precision_golden.json")
                     .at("decoders")
                     .at(std::get<0>(GetParam()))
                     .at("cache_" + std::to_string(bits()));
};

TEST_P(KvCacheGolden, LogitsLossAndGradientsAgree) {
  const LlamaModel model = tiny_.model({.kv_cache_bits = bits()});

  const ModelTrace trace = model.forward(tiny_.batch, {});
  const at::Tensor loss = nextTokenLoss(trace, tiny_.batch);
  loss.backward();

  EXPECT_LT(largestDifference(trace.logits.narrow(0, 0, 2), tensorOf(golden_.at("rows"))), 1e-11);
  EXPECT_LT(relativeDifference(loss.item<double>(), golden_.at("loss").get<double>()), 1e-12);
  for (const NamedTensor& parameter : model.parameters()) {
    const Json& expected = golden_.at("gradient").at(parameter.name);
    const double norm = expected.at(0).get<double>();
    const double sum = hashedSum(parameter.tensor.grad(), parameter.name + ".probe");
    EXPECT_LT(std::abs(sum - expected.at(1).get<double>()) / norm, 1e-9) << parameter.name;
  }
}

TEST_P(KvCacheGolden, RecomputedLayersHaveTheSameGradients) {
  const LlamaModel plain = tiny_.model({.kv_cache_bits = bits()});
  const LlamaModel saving = tiny_.model({.kv_cache_bits = bits()});

  nextTokenLoss(plain.forward(tiny_.batch, {}), tiny_.batch).backward();
  nextTokenLoss(saving.forward(tiny_.batch, {.recomputes_layers = true}), tiny_.batch).backward();

  for (std::size_t i = 0; i < plain.parameters().size(); ++i) {
    EXPECT_TRUE(
        at::equal(plain.parameters()[i].tensor.grad(), saving.parameters()[i].tensor.grad()));
  }
}

INSTANTIATE_TEST_SUITE_P(All,
                         KvCacheGolden,
                         testing::Combine(testing::Values("llama", "llama_tied_grouped", "qwen2"),
                                          testing::Values(4, 8)));

// Of 3 bits a token has at most 7 values over all its heads; without a cache all are different.
TEST(KvCache, OfGpt2HasFewLevelsForEachToken) {
  const at::NoGradGuard no_grad;
  const TinyGpt2 tiny("gpt2");
  const auto levels = [&](int bits) {
    const Gpt2Model model = tiny.model({.kv_cache_bits = bits});
    const ModelTrace trace = model.forward(tiny.batch, {.trace = TracePart::kValue});
    const at::Tensor token = trace.value.front().select(0, 0).select(1, 1).flatten();
    return std::get<0>(at::_unique(token)).numel();
  };

  EXPECT_LE(levels(3), 7);
  EXPECT_GT(levels(3), 3);
  EXPECT_EQ(levels(0), 32);
}

}  // namespace
}  // namespace retort::train
