#include "tests/trainers/training/temporary_folder.h"
#include "tests/trainers/training/tiny_settings.h"
#include "trainers/io/checkpoint_folder.h"
#include "trainers/io/model_folder.h"
#include "trainers/training/kd_qat_phase.h"
#include "trainers/training/training_loop.h"

#include <ATen/ATen.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {

namespace {

using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kStep = "quantizers.layer.1.value.lsq_4.step";

/// Students whose activations are on learned grids, and the loop that trains them.
class LearnedQuantizersTest : public testing::Test {
 protected:
  LearnedQuantizersTest() { tinyPhase().writeModel(folder() / "teacher"); }

  [[nodiscard]] std::filesystem::path folder() const { return folder_.path(); }

  [[nodiscard]] SettingValues given() const {
    SettingValues settings = tinyKdQatGiven(folder() / "teacher");
    settings["quant.activation.scheme"] = "lsq";
    settings["quant.activation.bits"] = 4;
    settings["quant.activation.ffn2_input.scheme"] = "pact";
    settings["quant.activation.pooler_input.scheme"] = "symmetric";
    settings["quant.activation.pooler_input.range"] = "percentile";
    settings["quant.learned.learning_rate"] = 0.01;
    settings["quant.calibration.batches"] = 2;
    return settings;
  }

  /// Trains in the run folder `name`, from a checkpoint if there is one, to the end unless it
  /// `stops` at once. All parameters afterwards.
  TensorMap train(const std::string& name, const SettingValues& settings, bool stops = false) {
    const RunPaths paths{folder() / name};
    std::filesystem::create_directories(paths.folder);
    seedGenerators(3, at::kCPU);
    KdQatPhase phase(phaseInput(settings));
    RunLog log(EventWriter::open(paths.events(), "0123456789abcdef", 1, -1).value());
    TrainingLoop loop(resolved(settings),
                      {.paths = paths,
                       .is_stop_requested =
                           [stops] {
                             return stops;
                           }},
                      phase,
                      log);
    std::vector<std::string> warnings;
    if (const auto saved = CheckpointFolder(paths.checkpoints(), 1).loadNewest(warnings)) {
      loop.resume(*saved);
    }
    loop.run();
    TensorMap numbers;
    for (const NamedTensor& parameter : phase.parameters()) {
      numbers[parameter.name] = parameter.tensor.detach().clone();
    }
    return numbers;
  }

  std::vector<std::string> warnings_;

  PhaseInput listening(const SettingValues& settings) {
    PhaseInput input = phaseInput(settings);
    input.warn = [this](const std::string& text) {
      warnings_.push_back(text);
    };
    return input;
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(LearnedQuantizersTest, GetTheirNumbersBeforeTheFirstStep) {
  KdQatPhase phase(phaseInput(given()));
  ASSERT_TRUE(phase.model().activations().needRanges());

  ASSERT_TRUE(phase.prepare(goOn));

  EXPECT_FALSE(phase.model().activations().needRanges());
  const StepOutcome outcome = phase.step({.rows = std::vector<std::int64_t>{0, 1, 2}}, goOn);
  EXPECT_TRUE(std::isfinite(outcome.loss));
  const NamedTensors trainable = phase.trainableParameters();
  const at::Tensor* step = findTensor(trainable, kStep);
  ASSERT_NE(step, nullptr);
  EXPECT_NE(step->grad().item<double>(), 0);
}

TEST_F(LearnedQuantizersTest, AreNotPreparedWhereEverythingIsDynamic) {
  KdQatPhase phase(phaseInput(tinyKdQatGiven(folder() / "teacher")));

  EXPECT_TRUE(phase.prepare([] { return false; }));
  EXPECT_THAT(phase.model().quantizerParameters(), IsEmpty());
}

TEST_F(LearnedQuantizersTest, LearnWhileFixedRangesStay) {
  SettingValues frozen = given();
  frozen["quant.learned.learning_rate"] = 0.0;

  const TensorMap learned = train("learned", given());
  const TensorMap kept = train("kept", frozen);

  const char* bound = "quantizers.pooler_input.fixed_symmetric_4.bound";
  EXPECT_FALSE(at::equal(learned.at(kStep), kept.at(kStep)));
  EXPECT_TRUE(at::equal(learned.at(bound), kept.at(bound)));
  KdQatPhase start(phaseInput(given()));
  ASSERT_TRUE(start.prepare(goOn));
  EXPECT_TRUE(at::equal(*findTensor(start.parameters(), kStep), kept.at(kStep)));
}

TEST_F(LearnedQuantizersTest, GoOnFromACheckpointBitForBit) {
  SettingValues settings = given();
  settings["checkpoint.every"] = 5;
  const TensorMap once = train("once", settings);
  // Without its model and its last steps the run is as it was at the checkpoint of step 10.
  std::filesystem::create_directories(folder() / "resumed");
  std::filesystem::copy(RunPaths{folder() / "once"}.checkpoints(),
                        RunPaths{folder() / "resumed"}.checkpoints(),
                        std::filesystem::copy_options::recursive);

  const TensorMap resumed = train("resumed", settings);

  ASSERT_EQ(resumed.size(), once.size());
  for (const auto& [name, tensor] : once) {
    EXPECT_TRUE(at::equal(resumed.at(name), tensor)) << name;
  }
}

TEST_F(LearnedQuantizersTest, StopBeforeTheFirstStepLeavesNoCheckpoint) {
  train("stopped", given(), /*stops=*/true);

  EXPECT_THAT(CheckpointFolder(RunPaths{folder() / "stopped"}.checkpoints(), 1).steps(), IsEmpty());
}

TEST_F(LearnedQuantizersTest, OfWeightsAreSearchedByTheOutputsErrorBeforeTheFirstStep) {
  SettingValues settings = given();
  settings["quant.weight.scheme"] = "min_max";
  settings["quant.weight.bits"] = 3;
  settings["quant.weight.granularity"] = "row";
  settings["quant.weight.start"] = "output_mse";
  KdQatPhase phase(phaseInput(settings));
  const char* low = "quantizers.bert.pooler.dense.weight.min_max_3.low";
  const at::Tensor before = findTensor(phase.parameters(), low)->clone();

  ASSERT_TRUE(phase.prepare(goOn));

  const at::Tensor weight = *findTensor(phase.parameters(), "bert.pooler.dense.weight");
  const at::Tensor shares = *findTensor(phase.parameters(), low) / weight.amin(1, true) * 20;
  EXPECT_FALSE(at::equal(*findTensor(phase.parameters(), low), before));
  EXPECT_LT((shares - shares.round()).abs().max().item<double>(), 1e-4);
  // What another run has learned is not searched again.
  phase.writeModel(folder() / "searched");
  settings["model.student"] = (folder() / "searched").string();
  settings["quant.calibration.batches"] = 1;
  KdQatPhase next(phaseInput(settings));
  ASSERT_TRUE(next.prepare(goOn));
  EXPECT_TRUE(at::equal(*findTensor(next.parameters(), low), *findTensor(phase.parameters(), low)));
}

TEST_F(LearnedQuantizersTest, AreWrittenBesideTheModelForAnotherRun) {
  const TensorMap numbers = train("first", given());
  const std::filesystem::path model = RunPaths{folder() / "first"}.model();
  SettingValues settings = given();
  settings["model.student"] = model.string();

  KdQatPhase next(listening(settings));

  EXPECT_FALSE(next.model().activations().needRanges());
  EXPECT_TRUE(at::equal(*findTensor(next.parameters(), kStep), numbers.at(kStep)));
  EXPECT_THAT(warnings_, IsEmpty());
  // Other programs read model.safetensors, which holds the weights and nothing else.
  for (const TensorEntry& entry : ModelFolder(model).entries()) {
    EXPECT_FALSE(entry.name.starts_with("quantizers."));
  }
}

TEST_F(LearnedQuantizersTest, OfOtherBitsStartAnewAndSaySo) {
  train("first", given());
  SettingValues settings = given();
  settings["model.student"] = RunPaths{folder() / "first"}.model().string();
  settings["quant.activation.bits"] = 3;

  KdQatPhase next(listening(settings));

  EXPECT_TRUE(next.model().activations().needRanges());
  EXPECT_THAT(warnings_, Each(HasSubstr("0 of")));
  EXPECT_EQ(warnings_.size(), 1U);
}

TEST_F(LearnedQuantizersTest, CanBeFrozenByName) {
  SettingValues settings = given();
  settings["freeze"] = {"quantizers.*"};
  const KdQatPhase phase(phaseInput(settings));

  for (const NamedTensor& parameter : phase.trainableParameters()) {
    EXPECT_FALSE(parameter.name.starts_with("quantizers.")) << parameter.name;
  }
}

TEST_F(LearnedQuantizersTest, EveryLearnedSchemeTrains) {
  for (const char* scheme : {"lsq", "lsq_plus", "pact"}) {
    SettingValues settings = given();
    settings["quant.activation.scheme"] = scheme;
    settings["quant.activation.granularity"] = "head";
    settings["quant.activation.range"] = "mse";
    KdQatPhase phase(phaseInput(settings));
    ASSERT_TRUE(phase.prepare(goOn)) << scheme;
    EXPECT_TRUE(std::isfinite(phase.step({.rows = std::vector<std::int64_t>{0, 1}}, goOn).loss))
        << scheme;
  }
}

TEST_F(LearnedQuantizersTest, BinaryActivationsTrain) {
  SettingValues settings = tinyKdQatGiven(folder() / "teacher");
  settings["quant.activation.scheme"] = "elastic_binary";
  settings["quant.activation.bits"] = 1;
  settings["quant.activation.shift"] = true;
  KdQatPhase phase(phaseInput(settings));

  ASSERT_TRUE(phase.prepare(goOn));
  const StepOutcome outcome = phase.step({.rows = std::vector<std::int64_t>{0, 1, 2}}, goOn);

  EXPECT_TRUE(std::isfinite(outcome.loss));
  const NamedTensors trainable = phase.trainableParameters();
  const at::Tensor* shift = findTensor(trainable, "quantizers.layer.0.qkv_input.shift");
  ASSERT_NE(shift, nullptr);
  EXPECT_GT(shift->grad().abs().max().item<double>(), 0);
}

}  // namespace

}  // namespace retort::train
