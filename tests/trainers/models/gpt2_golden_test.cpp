#include "tests/trainers/models/tiny_gpt2.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {
namespace {

class Gpt2Golden : public testing::TestWithParam<const char*> {
 protected:
  [[nodiscard]] at::Tensor goldenRows(const ModelTrace& trace) const {
    return trace.logits.index_select(0, tensorOf(tiny_.golden.at("rows")).to(at::kLong));
  }

  TinyGpt2 tiny_{GetParam()};
  AttentionWrittenOut written_out_;
};

TEST_P(Gpt2Golden, LogitsAgreeWithHuggingFaces) {
  const at::Tensor golden = tensorOf(tiny_.golden.at("logits"));

  const ModelTrace in_blocks = tiny_.model().forward(tiny_.batch, {});
  const ModelTrace written_out = tiny_.model().forward(tiny_.batch, {.observer = &written_out_});

  EXPECT_LT(largestDifference(goldenRows(in_blocks), golden), 1e-11);
  EXPECT_LT(largestDifference(goldenRows(written_out), golden), 1e-11);
}

TEST_P(Gpt2Golden, FloatLogitsAgreeToRounding) {
  const TinyGpt2 single(GetParam(), at::kFloat);
  const at::Tensor golden = tensorOf(tiny_.golden.at("logits_float32"));

  for (ActivationObserver* observer : {static_cast<ActivationObserver*>(nullptr),
                                       static_cast<ActivationObserver*>(&written_out_)}) {
    const ModelTrace pass = single.model().forward(single.batch, {.observer = observer});
    EXPECT_LT(largestDifference(goldenRows(pass).to(at::kDouble), golden), 5e-6);
  }
}

TEST_P(Gpt2Golden, LossAndGradientsAgreeWithHuggingFaces) {
  const Gpt2Model model = tiny_.model();
  const at::Tensor loss = nextTokenLoss(model.forward(tiny_.batch, {}), tiny_.batch);
  loss.backward();
  NamedTensors gradients;
  for (const NamedTensor& parameter : model.parameters()) {
    gradients.push_back({parameter.name, parameter.tensor.grad()});
  }

  EXPECT_LT(relativeDifference(loss.item<double>(), tiny_.golden.at("loss").get<double>()), 1e-12);
  const Json& golden = tiny_.golden.at("gradient");
  const auto as_in_files = gpt2ToFiles(tiny_.config, gradients);
  ASSERT_EQ(golden.size(), as_in_files.size());
  for (const auto& [name, gradient] : as_in_files) {
    const double norm = golden.at(name).at(0).get<double>();
    const double sum = golden.at(name).at(1).get<double>();
    EXPECT_LT(relativeDifference(gradient.norm().item<double>(), norm), 1e-9) << name;
    EXPECT_LT(std::abs(hashedSum(gradient, name + ".probe") - sum) / norm, 1e-9) << name;
  }
}

TEST_P(Gpt2Golden, TracedProbabilitiesAndStatesAgreeWithHuggingFaces) {
  const at::NoGradGuard no_grad;
  const ModelTrace trace = tiny_.model().forward(
      tiny_.batch, {.trace = TraceSet(TracePart::kProb) | TracePart::kHidden});

  EXPECT_LT(largestTraceDifference(trace, tiny_.batch, tiny_.golden), 1e-10);
}

INSTANTIATE_TEST_SUITE_P(All,
                         Gpt2Golden,
                         testing::Values("gpt2",
                                         "gpt2_untied",
                                         "gpt2_exact_gelu",
                                         "gpt2_unscaled",
                                         "gpt2_inverse_layer",
                                         "gpt2_documents"),
                         [](const auto& golden_case) { return std::string(golden_case.param); });

}  // namespace
}  // namespace retort::train
