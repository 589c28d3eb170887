#include "trainers/models/held_weights.h"

#include "tests/trainers/models/tiny_decoder.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

namespace retort::train {
namespace {

// Rows whose largest magnitude is 127 steps: a step of 1, of 1/2, and none.
TEST(RowCodes, HoldWhatIsOnTheirGridExactly) {
  const at::Tensor weight =
      tensorOf({{127.0, -3.0, 0.0, -127.0}, {1.5, -63.5, 0.5, 20.0}, {0.0, 0.0, 0.0, 0.0}});

  const at::Tensor codes = rowCodes(weight);

  EXPECT_TRUE(at::equal(codes.dequantize().to(at::kDouble), weight));
  EXPECT_TRUE(
      at::equal(codes.int_repr().to(at::kDouble).select(0, 1), tensorOf({3.0, -127.0, 1.0, 40.0})));
  EXPECT_EQ(codes.nbytes(), 12U);
}

TEST(RowCodes, RoundHalfToEven) {
  const at::Tensor codes = rowCodes(tensorOf({{127.0, 0.5, 1.5, 2.5, -0.5, -1.5, 2.51}}));

  EXPECT_TRUE(at::equal(codes.int_repr().to(at::kDouble),
                        tensorOf({{127.0, 0.0, 2.0, 2.0, 0.0, -2.0, 3.0}})));
}

TEST(RowCodes, AreWithinHalfAStep) {
  const at::Tensor weight = randomTensor({40, 300}, 1);
  const at::Tensor steps = weight.abs().amax(1, /*keepdim=*/true) / 127;

  const at::Tensor error = (rowCodes(weight).dequantize().to(at::kDouble) - weight).abs();

  EXPECT_TRUE(error.le(steps * (0.5 + 1e-4)).all().item<bool>());
  EXPECT_GT((error / steps).max().item<double>(), 0.49);
}

TEST(HeldWeights, TablesAndNormsAreNotCodes) {
  const TinyDecoder tiny("llama", at::kFloat);
  for (const NamedTensor& entry :
       heldAs("int8", hashedParameters(decoderParameterShapes(tiny.config), at::kFloat))) {
    const bool is_table = entry.name == "model.embed_tokens.weight";
    EXPECT_EQ(entry.tensor.is_quantized(), entry.tensor.dim() == 2 && !is_table) << entry.name;
    EXPECT_TRUE(entry.tensor.is_quantized() || entry.tensor.scalar_type() == at::kFloat);
  }
}

/// Decoders whose weights are held in fewer bits against Hugging Face's
/// (tests/data/make_precision_golden.py).
class HeldDecoder : public testing::TestWithParam<const char*> {
 protected:
  [[nodiscard]] at::Tensor logits(const TinyDecoder& tiny, const std::string& how) const {
    const at::NoGradGuard no_grad;
    const LlamaModel model(
        tiny.config,
        heldAs(how, hashedParameters(decoderParameterShapes(tiny.config), tiny.dtype)));
    return model.forward(tiny.batch, {}).logits;
  }

  Json golden_ = testData("precision_golden.json").at("decoders").at(GetParam());
};

// One step of bfloat16 is 1/128 of a number: of logits of up to 4, 1/64 to 1/32. Sums of other
// orders differ by a few steps.
TEST_P(HeldDecoder, InBfloat16HasHuggingFacesLogits) {
  const TinyDecoder tiny(GetParam(), at::kFloat);
  const at::Tensor golden = tensorOf(golden_.at("bfloat16_rows"));

  const at::Tensor found = logits(tiny, "bfloat16");

  EXPECT_EQ(found.scalar_type(), at::kBFloat16);
  const at::Tensor rows = found.narrow(0, 0, 2).to(at::kDouble);
  EXPECT_LT(largestDifference(rows, golden), 0.08);
  EXPECT_LT((rows - golden).abs().mean().item<double>(), 0.02);
}

TEST_P(HeldDecoder, In8BitsHasTheLogitsOfTheCodes) {
  const TinyDecoder tiny(GetParam());
  const at::Tensor golden = tensorOf(golden_.at("int8_rows"));

  EXPECT_LT(largestDifference(logits(tiny, "int8").narrow(0, 0, 2), golden), 1e-5);
  EXPECT_GT(largestDifference(logits(tiny, "float64").narrow(0, 0, 2), golden), 1e-3);
}

INSTANTIATE_TEST_SUITE_P(All, HeldDecoder, testing::Values("llama", "llama_tied_grouped", "qwen2"));

}  // namespace
}  // namespace retort::train
