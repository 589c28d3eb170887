#include "trainers/training/model_phase.h"

#include "tests/trainers/training/temporary_folder.h"
#include "tests/trainers/training/tiny_settings.h"
#include "trainers/training/encoder_source.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace retort::train {

namespace {

TEST(ModelPhase, WritesAFolderThatReadsBack) {
  const TemporaryFolder folder;
  const FinetunePhase phase = tinyPhase();
  phase.writeModel(folder.path() / "model");

  const EncoderSource source = readEncoder(folder.path() / "model", {.labels = 2});

  EXPECT_EQ(bertConfigToJson(source.config, "float32"), phase.blueprint().configJson("float32"));
  ASSERT_EQ(source.parameters.size(), phase.parameters().size());
  for (std::size_t i = 0; i < source.parameters.size(); ++i) {
    EXPECT_EQ(source.parameters[i].name, phase.parameters()[i].name);
    EXPECT_TRUE(at::equal(source.parameters[i].tensor, phase.parameters()[i].tensor));
  }
  EXPECT_TRUE(source.warnings.empty());
}

TEST(ModelPhase, FreezesWhatIsNamed) {
  SettingValues given = tinyFinetuneGiven();
  given["freeze"] = Json::array({"o", "v"});
  FinetunePhase phase(phaseInput(given));

  phase.step({.rows = std::vector<std::int64_t>{0, 1}}, goOn);

  for (const NamedTensor& parameter : phase.parameters()) {
    const bool is_frozen = parameter.name.find("attention.self.value") != std::string::npos ||
                           parameter.name.find("attention.output.dense") != std::string::npos;
    EXPECT_EQ(parameter.tensor.grad().defined(), !is_frozen) << parameter.name;
  }
  EXPECT_LT(phase.summary().at("trainable").get<std::int64_t>(),
            phase.summary().at("parameters").get<std::int64_t>());
}

TEST(ModelPhase, NamesWhereNumbersStopBeingFinite) {
  const at::NoGradGuard no_grad;
  const std::vector<std::int64_t> rows = {0, 1};
  FinetunePhase phase = tinyPhase();
  EXPECT_EQ(phase.firstNonFinite(rows), "");
  const NamedTensors parameters = phase.parameters();

  // Large enough for Q K^T to overflow while the weights themselves are finite.
  findTensor(parameters, "bert.encoder.layer.1.attention.self.query.bias")->fill_(1e25);
  findTensor(parameters, "bert.encoder.layer.1.attention.self.key.bias")->fill_(1e25);
  EXPECT_EQ(phase.firstNonFinite(rows), "attention scores of layer 1");

  findTensor(parameters, "bert.encoder.layer.0.output.dense.bias")
      ->fill_(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(phase.firstNonFinite(rows), "weight bert.encoder.layer.0.output.dense.bias");
}

}  // namespace

}  // namespace retort::train
