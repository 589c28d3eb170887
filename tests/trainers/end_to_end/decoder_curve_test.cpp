#include "core/base/file.h"
#include "tests/trainers/end_to_end/run_directory.h"
#include "tests/trainers/models/tiny_decoder.h"
#include "trainers/io/model_folder.h"
#include "trainers/models/llama_parameters.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

namespace retort::train {
namespace {

/// The script's weights: uniform, norms around 1.
TensorMap curveWeights(const DecoderConfig& config, const Json& spreads) {
  TensorMap weights;
  for (const ParameterShape& shape : decoderParameterShapes(config)) {
    const at::Tensor values = hashedTensor(shape.name, shape.shape);
    const auto spread =
        spreads.at(shape.name.starts_with("lm_head") ? "head" : "matrices").get<double>();
    weights[shape.name] =
        (shape.shape.size() == 1 ? 1 + 0.2 * values : spread * values).to(at::kFloat);
  }
  return weights;
}

/// Uniform tokens as 16-bit numbers.
std::string tokenBytes(std::int64_t count, std::int64_t vocabulary) {
  const at::Tensor tokens = ((hashedTensor("tokens", {count}) + 1) / 2 * vocabulary).floor();
  std::string bytes;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto token = static_cast<std::uint16_t>(tokens.data_ptr<double>()[i]);
    bytes += static_cast<char>(token & 0xFFU);
    bytes += static_cast<char>(token >> 8U);
  }
  return bytes;
}

/// A tokenizer of that many tokens, which no text of the test goes through.
std::string plainTokenizer(int vocabulary) {
  Json tokens = Json::object();
  for (int id = 0; id < vocabulary; ++id) {
    tokens["t" + std::to_string(id)] = id;
  }
  return Json({{"model", {{"type", "BPE"}, {"vocab", tokens}, {"merges", Json::array()}}}}).dump();
}

/// The whole program, from a model folder and a file of tokens to the losses it records, beside
/// Hugging Face's model with torchao's fake-quantized linear layers and PyTorch's AdamW
/// (tests/data/make_decoder_curves.py).
class DecoderCurve : public testing::TestWithParam<const char*> {
 protected:
  DecoderCurve() {
    const Json& config = golden_.at("config");
    writeModelFolder(
        teacher(),
        {.config = config,
         .tensors =
             curveWeights(decoderConfigFromJson(config, "config.json"), golden_.at("spread")),
         .tokenizer = {{"tokenizer.json", plainTokenizer(config.at("vocab_size").get<int>())}}});
    std::filesystem::create_directories(data());
    const auto rows = static_cast<std::int64_t>(losses().size()) * golden_.at("rows").get<int>();
    const std::string bytes = tokenBytes(rows * golden_.at("length").get<std::int64_t>() + 1,
                                         config.at("vocab_size").get<std::int64_t>());
    EXPECT_TRUE(writeFileAtomically(data() / "train.bin", bytes));
    EXPECT_TRUE(writeFileAtomically(data() / "valid.bin", bytes.substr(0, 1024)));
  }

  [[nodiscard]] std::filesystem::path teacher() const { return folder_.path() / "teacher"; }

  [[nodiscard]] std::filesystem::path data() const { return folder_.path() / "data"; }

  [[nodiscard]] const Json& curve() const { return golden_.at("curves").at(GetParam()); }

  [[nodiscard]] const Json& losses() const { return curve().at("losses"); }

  [[nodiscard]] SettingValues settings() const {
    const Json& training = golden_.at("training");
    const double kd_weight = training.at("kd_weight").get<double>();
    return {{"phase", "kd_qat"},
            {"model.teacher", teacher().string()},
            {"data.task", "text"},
            {"data.path", data().string()},
            {"data.text.train", "train.bin"},
            {"data.text.validation", "valid.bin"},
            {"data.max_length", golden_.at("length")},
            {"data.shuffle", false},
            {"train.batch", golden_.at("rows")},
            {"train.steps", losses().size()},
            {"train.optimizer", "adamw"},
            {"train.epsilon", 1e-8},
            {"train.schedule", "constant"},
            {"train.warmup", 0},
            {"train.learning_rate", training.at("lr")},
            {"train.weight_decay", training.at("weight_decay")},
            {"train.clip_tensor", 0},
            {"quant.weight.scheme", "symmetric_full"},
            {"quant.weight.bits", curve().at("bits")},
            {"quant.weight.granularity", "row"},
            {"quant.head.scheme", "symmetric_full"},
            {"quant.head.bits", 8},
            {"quant.head.granularity", "row"},
            {"quant.activation.bits", 0},
            {"distill.logits", 0},
            {"distill.hidden", 0},
            {"distill.kl.coefficient", kd_weight},
            {"distill.kl.temperature", training.at("temperature")},
            {"distill.ground_truth.coefficient", 1 - kd_weight},
            {"distill.ground_truth.reduction", "mean"},
            {"freeze", curve().at("freeze")},
            {"log.every", 1},
            {"checkpoint.every", 0},
            {"threads", 1},
            {"device", "cpu"}};
  }

  Json golden_ = testData("decoder_curves.json");
  TemporaryFolder folder_;
};

// A row's largest weight lies halfway between two levels and may round either way after an update:
// where the reference leaves itself by more than 1e-3 (2 bits), the program may by twice as much.
TEST_P(DecoderCurve, AgreesWithTorchaoOverFiftySteps) {
  const RunDirectory run(settings());

  const ProgramEnd end = run.run();

  ASSERT_EQ(end.exit_code, 0) << end.errors;
  const auto points = run.points();
  const std::size_t steps = losses().size();
  ASSERT_EQ(steps, 50U);
  const auto itself = curve().at("itself").get<double>();
  const double tolerance = itself < 1e-3 ? 1e-3 : 2 * itself;
  double last_ten = 0;
  double expected_last_ten = 0;
  for (std::size_t step = 0; step < steps; ++step) {
    const auto point = points.find({{.metric = "train.loss"}, static_cast<std::int64_t>(step) + 1});
    ASSERT_NE(point, points.end()) << step;
    const auto expected = losses().at(step).get<double>();
    EXPECT_LT(relativeDifference(point->second, expected), step == 0 ? 1e-6 : tolerance) << step;
    last_ten += step < steps - 10 ? 0 : point->second;
    expected_last_ten += step < steps - 10 ? 0 : expected;
  }
  EXPECT_LT(relativeDifference(last_ten, expected_last_ten), 1e-3);
}

INSTANTIATE_TEST_SUITE_P(All,
                         DecoderCurve,
                         testing::Values("int4", "int2", "int4_ov", "int2_ov"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace retort::train
