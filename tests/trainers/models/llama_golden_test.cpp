#include "tests/trainers/models/tiny_decoder.h"
#include "trainers/io/model_folder.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

#include <filesystem>

namespace retort::train {
namespace {

const TraceSet kAttention = TraceSet(TracePart::kProb) | TracePart::kHidden;

class DecoderGolden : public testing::TestWithParam<const char*> {
 protected:
  [[nodiscard]] at::Tensor goldenRows(const ModelTrace& trace) const {
    return trace.logits.index_select(0, tensorOf(tiny_.golden.at("rows")).to(at::kLong));
  }

  TinyDecoder tiny_{GetParam()};
};

TEST_P(DecoderGolden, LogitsAgreeWithHuggingFaces) {
  AttentionWrittenOut observer;
  const ModelTrace in_blocks = tiny_.model().forward(tiny_.batch, {});
  const ModelTrace written_out = tiny_.model().forward(tiny_.batch, {.observer = &observer});

  const at::Tensor golden = tensorOf(tiny_.golden.at("logits"));
  EXPECT_LT(largestDifference(goldenRows(in_blocks), golden), 1e-11);
  EXPECT_LT(largestDifference(goldenRows(written_out), golden), 1e-11);
}

TEST_P(DecoderGolden, FloatLogitsAgreeToRounding) {
  const TinyDecoder single(GetParam(), at::kFloat);

  AttentionWrittenOut written_out;
  for (ActivationObserver* observer : {static_cast<ActivationObserver*>(nullptr),
                                       static_cast<ActivationObserver*>(&written_out)}) {
    const ModelTrace pass = single.model().forward(single.batch, {.observer = observer});
    const at::Tensor logits = goldenRows(pass).to(at::kDouble);
    EXPECT_LT(largestDifference(logits, tensorOf(tiny_.golden.at("logits_float32"))), 5e-6);
  }
}

TEST_P(DecoderGolden, LossAndGradientsAgreeWithHuggingFaces) {
  AttentionWrittenOut written_out;
  for (ActivationObserver* observer : {static_cast<ActivationObserver*>(nullptr),
                                       static_cast<ActivationObserver*>(&written_out)}) {
    const LlamaModel model = tiny_.model();
    const at::Tensor loss =
        nextTokenLoss(model.forward(tiny_.batch, {.observer = observer}), tiny_.batch);
    loss.backward();

    EXPECT_LT(relativeDifference(loss.item<double>(), tiny_.golden.at("loss").get<double>()),
              1e-12);
    const Json& golden = tiny_.golden.at("gradient");
    ASSERT_EQ(golden.size(), model.parameters().size());
    for (const NamedTensor& parameter : model.parameters()) {
      const at::Tensor gradient = parameter.tensor.grad();
      const double norm = golden.at(parameter.name).at(0).get<double>();
      const double sum = golden.at(parameter.name).at(1).get<double>();
      EXPECT_LT(relativeDifference(gradient.norm().item<double>(), norm), 1e-9) << parameter.name;
      EXPECT_LT(std::abs(hashedSum(gradient, parameter.name + ".probe") - sum) / norm, 1e-9)
          << parameter.name;
    }
  }
}

TEST_P(DecoderGolden, TracedProbabilitiesAndStatesAgreeWithHuggingFaces) {
  const at::NoGradGuard no_grad;
  const ModelTrace trace = tiny_.model().forward(tiny_.batch, {.trace = kAttention});

  EXPECT_LT(largestTraceDifference(trace, tiny_.batch, tiny_.golden), 1e-10);
}

INSTANTIATE_TEST_SUITE_P(All,
                         DecoderGolden,
                         testing::Values("llama",
                                         "llama_tied_grouped",
                                         "llama_biases",
                                         "llama_linear",
                                         "llama_dynamic",
                                         "llama3",
                                         "llama_yarn",
                                         "llama_yarn_scaled",
                                         "llama_documents",
                                         "mistral",
                                         "mistral_documents",
                                         "qwen2",
                                         "qwen2_windows",
                                         "qwen3"),
                         [](const auto& test) { return std::string(test.param); });

TEST(SharedDecoder, TellsTheStoryThatLlamaTwoTells) {
  const std::filesystem::path folder =
      std::filesystem::path(SHARED_DATA_DIR) / "data/models/stories260K";
  if (!std::filesystem::exists(folder / "expected.json")) {
    GTEST_SKIP() << "the decoder of ../shared is not there";
  }
  const ModelFolder files(folder);
  const DecoderConfig config = decoderConfigFromJson(files.config(), "config.json");
  std::vector<ExpectedTensor> expected;
  for (const ParameterShape& parameter : decoderParameterShapes(config)) {
    expected.push_back({.name = parameter.name, .shape = parameter.shape});
  }
  NamedTensors parameters;
  for (const auto& [name, tensor] : files.load(expected).tensors) {
    parameters.push_back({name, tensor.to(at::kDouble)});
  }
  const Json golden = Json::parse(*readFile(folder / "expected.json", 1 << 20));
  const at::Tensor ids = tensorOf(golden.at("ids")).to(at::kLong).unsqueeze(0);
  const at::NoGradGuard no_grad;

  const at::Tensor logits = LlamaModel(config, parameters).forward({.input_ids = ids}, {}).logits;

  const at::Tensor first = logits[-1].narrow(0, 0, 8);
  EXPECT_LT(largestDifference(first, tensorOf(golden.at("logits_last_first8"))), 1e-9);
  const std::int64_t judged = ids.size(1) - 1;
  const at::Tensor loss =
      at::cross_entropy_loss(logits.narrow(0, 0, judged), ids[0].narrow(0, 1, judged));
  EXPECT_LT(relativeDifference(loss.item<double>(), golden.at("mean_nll_float64").get<double>()),
            1e-9);
}

}  // namespace
}  // namespace retort::train
