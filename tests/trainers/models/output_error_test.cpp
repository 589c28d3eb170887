#include "trainers/models/output_error.h"

#include "tests/trainers/models/tiny_decoder.h"
#include "trainers/quantizers/held_grid.h"
#include "trainers/train_error.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace retort::train {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::SizeIs;

bool goOn() {
  return true;
}

Granularity granularityOf(const std::string& word) {
  if (word == "tensor") {
    return Granularity::kTensor;
  }
  return word == "row" ? Granularity::kRow : Granularity::kGroup;
}

/// The blocks of x^T x that a grid per group of `width` inputs needs.
at::Tensor blocksOfProducts(const at::Tensor& x, std::int64_t width) {
  const at::Tensor products = x.t().matmul(x);
  std::vector<at::Tensor> blocks;
  for (std::int64_t first = 0; first < x.size(1); first += width) {
    blocks.push_back(products.slice(0, first, first + width).slice(1, first, first + width));
  }
  return at::stack(blocks);
}

TEST(OutputError, IsLeastAsFoundByTryingEverythingOnTheInputs) {
  const Json golden = testData("output_error_golden.json");
  const at::Tensor x = tensorOf(golden["inputs"]);
  const at::Tensor weight = tensorOf(golden["weight"]);
  for (const Json& entry : golden["cases"]) {
    const std::string name =
        entry["scheme"].get<std::string>() + " " + entry["granularity"].get<std::string>();
    const QuantizerOptions options = {.bits = golden["bits"],
                                      .granularity = granularityOf(entry["granularity"]),
                                      .group_size = golden["group_size"]};
    const Quantizer quantizer(
        *findHeldGrid(entry["scheme"].get<std::string>()), GridStart::kLeastError, options);
    const bool has_groups = options.granularity == Granularity::kGroup;

    const std::vector<at::Tensor> found = leastOutputError(
        quantizer, weight, blocksOfProducts(x, has_groups ? options.group_size : x.size(1)));

    ASSERT_EQ(found.size(), entry["parameters"].size()) << name;
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_LT(largestDifference(found[i].flatten(), tensorOf(entry["parameters"][i])), 1e-12)
          << name;
      EXPECT_EQ(found[i].sizes(), quantizer.startParameters(weight)[i].sizes()) << name;
    }
  }
}

TEST(OutputError, OfWeightsInBfloat16IsThatOfTheirValues) {
  const at::Tensor held = randomTensor({3, 32}, 21).to(at::kBFloat16);
  const at::Tensor gram = blocksOfProducts(randomTensor({40, 32}, 22), 32);
  const Quantizer quantizer(
      *findHeldGrid("lsq"), GridStart::kLeastError, {.bits = 3, .granularity = Granularity::kRow});

  const auto found = leastOutputError(quantizer, held, gram);
  const auto expected = leastOutputError(quantizer, held.to(at::kDouble), gram);

  ASSERT_EQ(found.size(), expected.size());
  EXPECT_TRUE(at::equal(found.front(), expected.front()));
}

TEST(OutputError, OfInputsThatAreTheIdentityIsTheWeightsOwn) {
  const at::Tensor weight = randomTensor({3, 32}, 21);
  const HeldGrid& grid = *findHeldGrid("lsq");
  const Quantizer quantizer(
      grid, GridStart::kLeastError, {.bits = 3, .granularity = Granularity::kRow});
  const at::Tensor extreme = weight.abs().amax(1, /*keepdim=*/true);

  const at::Tensor found =
      leastOutputError(quantizer, weight, at::eye(32, at::kDouble).unsqueeze(0)).front();

  const auto ownError = [&](const at::Tensor& step) {
    return (grid.quantize(weight, {step}, {.bits = 3}) - weight).square().sum(1);
  };
  const at::Tensor least = ownError(found);
  for (int i = 0; i < 10; ++i) {
    // The largest of three bits is 3.
    EXPECT_TRUE((least <= ownError(extreme * (1 - i / 20.0) / 3)).all().item<bool>()) << i;
  }
  const at::Tensor shares = found * 3 / extreme * 20;
  EXPECT_LT((shares - shares.round()).abs().max().item<double>(), 1e-9);
  EXPECT_GE(shares.min().item<double>(), 11 - 1e-9);
}

ModelQuantization quantizationOf(const std::vector<std::string>& rules) {
  return makeModelQuantization({{"quant.weight.scheme", "min_max"},
                                {"quant.weight.bits", 3},
                                {"quant.weight.granularity", "row"},
                                {"quant.weight.start", "output_mse"},
                                {"quant.head.scheme", "min_max"},
                                {"quant.head.bits", 8},
                                {"quant.activation.bits", 0},
                                {"quant.map", Json(rules)}});
}

/// Real inputs of a place in layer 1.
struct Inputs : ActivationObserver {
  explicit Inputs(ActivationPoint point) : wanted(point) {}

  bool takes(ActivationPoint point,
             std::size_t layer,
             const at::Tensor& x,
             const at::Tensor& is_real) override {
    if (point == wanted && layer == 1) {
      rows.push_back(x.masked_select(is_real.transpose(-1, -2).squeeze(1)).view({-1, x.size(-1)}));
    }
    return false;
  }

  ActivationPoint wanted;
  std::vector<at::Tensor> rows;
};

/// Of that weight, over what the full-precision model feeds to it.
double outputError(const TinyDecoder& tiny,
                   const Model& model,
                   const std::string& weight,
                   ActivationPoint point) {
  const at::NoGradGuard no_grad;
  Inputs inputs(point);
  static_cast<void>(tiny.model().forward(tiny.batch, {.observer = &inputs}));
  const at::Tensor change = model.weightInUse(weight) - *findTensor(model.parameters(), weight);
  return inputs.rows.at(0).matmul(change.t()).square().sum().item<double>();
}

TEST(OutputErrorSearch, LowersTheErrorOfEachProjectionsOutput) {
  const TinyDecoder tiny("llama");
  ASSERT_TRUE(tiny.batch.attention_mask.eq(0).any().item<bool>());
  LlamaModel searched = tiny.model(quantizationOf({}));
  const LlamaModel by_weights = tiny.model(quantizationOf({"layer:0-1 = start=mse"}));
  const LlamaModel by_range = tiny.model(quantizationOf({"layer:0-1 = start=range"}));
  const std::vector<std::string> weights = outputErrorWeights(searched);
  ASSERT_THAT(weights, SizeIs(14));
  EXPECT_THAT(weights, Each(HasSubstr("layers.")));

  ASSERT_TRUE(searchOutputError(searched, tiny.model(), weights, {tiny.batch}, goOn));

  const std::vector<std::pair<std::string, ActivationPoint>> places = {
      {"self_attn.q_proj", ActivationPoint::kQkvInput},
      {"self_attn.v_proj", ActivationPoint::kQkvInput},
      {"self_attn.o_proj", ActivationPoint::kOInput},
      {"mlp.gate_proj", ActivationPoint::kFfn1Input},
      {"mlp.up_proj", ActivationPoint::kFfn1Input},
      {"mlp.down_proj", ActivationPoint::kFfn2Input}};
  for (const auto& [name, point] : places) {
    const std::string weight = "model.layers.1." + name + ".weight";
    const double error = outputError(tiny, searched, weight, point);
    EXPECT_LT(error, outputError(tiny, by_weights, weight, point)) << name;
    EXPECT_LT(error, outputError(tiny, by_range, weight, point)) << name;
  }
}

TEST(OutputErrorSearch, LeavesWhatAsksForAnotherStart) {
  const TinyDecoder tiny("llama");
  const LlamaModel model = tiny.model(
      quantizationOf({"q = start=range", "k = start=range", "down = fp", "up = scheme=symmetric"}));

  EXPECT_THAT(outputErrorWeights(model), SizeIs(6));
}

TEST(OutputErrorSearch, GoesByBatchAndStopsWhenAsked) {
  const TinyDecoder tiny("llama");
  LlamaModel once = tiny.model(quantizationOf({}));
  LlamaModel twice = tiny.model(quantizationOf({}));
  const std::vector<std::string> weights = outputErrorWeights(once);
  const NamedTensors before = twice.quantizerParameters();
  EXPECT_FALSE(searchOutputError(
      twice, tiny.model(), weights, {tiny.batch, tiny.batch}, [] { return false; }));

  ASSERT_TRUE(searchOutputError(once, tiny.model(), weights, {tiny.batch}, goOn));
  ASSERT_TRUE(searchOutputError(twice, tiny.model(), weights, {tiny.batch, tiny.batch}, goOn));

  // Twice the same inputs double every error.
  const NamedTensors expected = once.quantizerParameters();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_TRUE(at::equal(twice.quantizerParameters()[i].tensor, expected[i].tensor));
  }
}

TEST(OutputErrorSearch, RefusesInputsThatAreNotFinite) {
  const TinyDecoder tiny("llama");
  LlamaModel model = tiny.model(quantizationOf({}));
  const LlamaModel reference = tiny.model();
  const at::NoGradGuard no_grad;
  at::Tensor(*findTensor(reference.parameters(), "model.layers.0.input_layernorm.weight"))
      .fill_(std::numeric_limits<double>::infinity());

  EXPECT_THROW(static_cast<void>(searchOutputError(
                   model, reference, outputErrorWeights(model), {tiny.batch}, goOn)),
               TrainError);
}

}  // namespace
}  // namespace retort::train
