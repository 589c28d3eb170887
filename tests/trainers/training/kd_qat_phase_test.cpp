#include "trainers/training/kd_qat_phase.h"

#include "tests/trainers/training/temporary_folder.h"
#include "tests/trainers/training/tiny_settings.h"
#include "trainers/probes/registry.h"
#include "trainers/train_error.h"
#include "trainers/training/probe_schedule.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace retort::train {

namespace {

/// A teacher in a folder.
class KdQatPhaseTest : public testing::Test {
 protected:
  KdQatPhaseTest() { tinyPhase().writeModel(teacher()); }

  [[nodiscard]] std::filesystem::path teacher() const { return folder_.path() / "teacher"; }

  [[nodiscard]] SettingValues given() const { return tinyKdQatGiven(teacher()); }

  /// Without quantization and dropout, student and teacher are the same network.
  [[nodiscard]] SettingValues plain() const {
    SettingValues settings = given();
    settings["quant.weight.scheme"] = "none";
    settings["quant.embedding.scheme"] = "none";
    settings["quant.activation.bits"] = 0;
    settings["model.hidden_dropout"] = 0.0;
    settings["model.attention_dropout"] = 0.0;
    return settings;
  }

 private:
  TemporaryFolder folder_;
};

double valueOf(const StepOutcome& outcome, const std::string& loss) {
  const auto found = std::find_if(outcome.losses.begin(),
                                  outcome.losses.end(),
                                  [&](const LossComponent& part) { return part.name == loss; });
  return found == outcome.losses.end() ? -1 : found->value.item<double>();
}

TEST_F(KdQatPhaseTest, StudentStartsAsACopyOfTheTeacher) {
  KdQatPhase phase(phaseInput(plain()));

  const StepOutcome outcome =
      phase.step({.rows = std::vector<std::int64_t>{0, 1, 2, 3}, .trace = TracePart::kProb}, goOn);

  EXPECT_EQ(valueOf(outcome, "hidden"), 0);
  ASSERT_TRUE(outcome.teacher.has_value());
  EXPECT_TRUE(at::equal(outcome.student.prob[1], outcome.teacher->prob[1]));
}

TEST_F(KdQatPhaseTest, TrainingTheStudentLeavesTheTeacherAlone) {
  KdQatPhase phase(phaseInput(given()));
  const std::vector<std::int64_t> rows = {0, 1, 2, 3};
  const at::Tensor before = phase.step({.rows = rows}, goOn).teacher->logits.clone();
  {
    const at::NoGradGuard no_grad;
    for (const NamedTensor& parameter : phase.parameters()) {
      parameter.tensor.mul_(1.5);
    }
  }

  const StepOutcome after = phase.step({.rows = rows}, goOn);

  EXPECT_TRUE(at::equal(after.teacher->logits, before));
  EXPECT_FALSE(after.teacher->logits.requires_grad());
}

TEST_F(KdQatPhaseTest, TeacherHasNoDropout) {
  KdQatPhase phase(phaseInput(given()));
  const std::vector<std::int64_t> rows = {0, 1};

  const StepOutcome first = phase.step({.rows = rows}, goOn);
  const StepOutcome second = phase.step({.rows = rows}, goOn);

  EXPECT_TRUE(at::equal(first.teacher->logits, second.teacher->logits));
  EXPECT_FALSE(at::equal(first.student.logits, second.student.logits));
}

TEST_F(KdQatPhaseTest, EvaluatesStudentAndTeacherApart) {
  KdQatPhase same(phaseInput(plain()));

  const auto student = same.evaluate(0, 1, goOn);
  const auto teacher = same.evaluateTeacher(goOn);

  ASSERT_TRUE(student.has_value());
  ASSERT_TRUE(teacher.has_value());
  ASSERT_EQ(student->size(), teacher->size());
  for (std::size_t i = 0; i < student->size(); ++i) {
    EXPECT_EQ((*teacher)[i].series.metric, "teacher." + (*student)[i].series.metric);
    EXPECT_EQ((*teacher)[i].value, (*student)[i].value);
  }
}

TEST_F(KdQatPhaseTest, QuantizesTheStudentWithoutTouchingItsLatentWeights) {
  KdQatPhase quantized(phaseInput(given()));
  KdQatPhase same(phaseInput(plain()));

  const auto before = quantized.evaluate(0, 1, goOn);
  const auto exact = same.evaluate(0, 1, goOn);

  EXPECT_NE(*before, *exact);
  for (std::size_t i = 0; i < quantized.parameters().size(); ++i) {
    EXPECT_TRUE(at::equal(quantized.parameters()[i].tensor, same.parameters()[i].tensor));
  }
}

class KdQatInterventionTest : public KdQatPhaseTest {
 protected:
  /// Four rows at the given step of 12, without dropout.
  [[nodiscard]] StepOutcome stepWith(SettingValues settings, std::int64_t step) const {
    settings["model.hidden_dropout"] = 0.0;
    settings["model.attention_dropout"] = 0.0;
    KdQatPhase phase(phaseInput(settings));
    return phase.step({.rows = std::vector<std::int64_t>{0, 1, 2, 3},
                       .step = step,
                       .total_steps = 12,
                       .trace = TraceSet::all()},
                      goOn);
  }

  [[nodiscard]] SettingValues with(const char* mode, std::int64_t steps) const {
    SettingValues settings = given();
    settings["intervention.mode"] = mode;
    settings["intervention.steps"] = steps;
    return settings;
  }
};

TEST_F(KdQatInterventionTest, GivesTheStudentTheTeachersParts) {
  const SettingValues gradual = with("gradual", 6);

  const StepOutcome output = stepWith(gradual, 0);
  const StepOutcome context = stepWith(gradual, 1);
  const StepOutcome map = stepWith(gradual, 2);
  const StepOutcome after = stepWith(gradual, 6);

  EXPECT_TRUE(at::equal(output.student.dense[1], output.teacher->dense[1]));
  EXPECT_TRUE(at::equal(context.student.context[1], context.teacher->context[1]));
  EXPECT_FALSE(at::equal(context.student.dense[1], context.teacher->dense[1]));
  EXPECT_FALSE(at::equal(map.student.context[1], map.teacher->context[1]));
  EXPECT_NE(map.loss, after.loss);
  EXPECT_EQ(after.loss, stepWith(given(), 6).loss);
}

TEST_F(KdQatInterventionTest, LeavesUnusedWeightsWithoutGradient) {
  KdQatPhase phase(phaseInput(with("output", 0)));

  phase.step({.rows = std::vector<std::int64_t>{0, 1}}, goOn);

  const auto hasGradient = [&](const char* module) {
    const std::string name = "bert.encoder.layer.0.attention." + std::string(module) + ".weight";
    return findTensor(phase.parameters(), name)->grad().defined();
  };
  EXPECT_FALSE(hasGradient("self.value"));
  EXPECT_FALSE(hasGradient("output.dense"));
}

TEST_F(KdQatInterventionTest, EvaluatesWithAndWithoutIt) {
  KdQatPhase helped(phaseInput(with("output", 4)));
  KdQatPhase alone(phaseInput(given()));
  const auto with_it = helped.evaluate(4, 12, goOn);
  const auto without = alone.evaluate(4, 12, goOn);
  std::map<std::string, double> values;
  for (const MetricPoint& point : *with_it) {
    values[point.series.metric] = point.value;
  }

  for (const MetricPoint& point : *without) {
    EXPECT_EQ(values.at(point.series.metric), point.value);
    EXPECT_TRUE(values.contains("intervention." + point.series.metric));
  }
  EXPECT_NE(values.at("intervention.eval.loss"), values.at("eval.loss"));
}

TEST_F(KdQatInterventionTest, EvaluatesWithoutItOnceItIsOver) {
  KdQatPhase phase(phaseInput(with("output", 4)));

  EXPECT_EQ(phase.evaluate(4, 12, goOn)->size(), 2 * phase.evaluate(5, 12, goOn)->size());
}

TEST_F(KdQatInterventionTest, EvaluatesWithoutItWhenToldSo) {
  SettingValues settings = with("map", 0);
  settings["intervention.evaluate"] = false;

  EXPECT_EQ(KdQatPhase(phaseInput(settings)).evaluate(0, 12, goOn)->size(),
            KdQatPhase(phaseInput(given())).evaluate(0, 12, goOn)->size());
}

TEST_F(KdQatPhaseTest, TrainsWhatLossesLearn) {
  SettingValues settings = given();
  settings["distill.map_output"] = 1;
  settings["distill.map_output.mixing"] = "learned";
  KdQatPhase phase(phaseInput(settings));

  phase.step({.rows = std::vector<std::int64_t>{0, 1}}, goOn);

  const NamedTensors trainable = phase.trainableParameters();
  EXPECT_EQ(trainable.size(), phase.model().trainableParameters().size() + 1);
  EXPECT_EQ(phase.parameters().back().name, "distill.map_output.mix");
  EXPECT_GT(trainable.back().tensor.grad().abs().sum().item<double>(), 0);
}

TEST_F(KdQatPhaseTest, DistilsIntoAShallowerStudent) {
  SettingValues shallow = tinyFinetuneGiven();
  shallow["model.architecture.layers"] = 1;
  const std::filesystem::path student = teacher().parent_path() / "student";
  FinetunePhase(phaseInput(shallow)).writeModel(student);
  SettingValues settings = given();
  settings["model.student"] = student.string();
  const auto outcomeWith = [&](const char* map) {
    settings["distill.layer_map"] = map;
    KdQatPhase phase(phaseInput(settings));
    return phase.step({.rows = std::vector<std::int64_t>{0, 1}, .trace = TracePart::kProb}, goOn);
  };

  const StepOutcome uniform = outcomeWith("uniform");
  const StepOutcome first = outcomeWith("first");

  ASSERT_EQ(uniform.student.hidden.size(), 2U);
  ASSERT_EQ(uniform.teacher->hidden.size(), 2U);
  ASSERT_EQ(uniform.teacher->prob.size(), 1U);
  EXPECT_TRUE(at::equal(uniform.teacher->hidden[0], first.teacher->hidden[0]));
  EXPECT_FALSE(at::equal(uniform.teacher->hidden[1], first.teacher->hidden[1]));
}

TEST_F(KdQatPhaseTest, RefusesADeeperStudent) {
  SettingValues deep = tinyFinetuneGiven();
  deep["model.architecture.layers"] = 3;
  const std::filesystem::path student = teacher().parent_path() / "student";
  FinetunePhase(phaseInput(deep)).writeModel(student);
  SettingValues settings = given();
  settings["model.student"] = student.string();

  EXPECT_THAT([&] { KdQatPhase(phaseInput(settings)); },
              testing::ThrowsMessage<TrainError>(testing::HasSubstr("3 layers")));
}

TEST_F(KdQatPhaseTest, SaysHowWeightsAreQuantized) {
  SettingValues settings = given();
  settings["quant.map"] = "layer:0 = int4";

  const Json precision = KdQatPhase(phaseInput(settings)).summary().at("precision");

  EXPECT_EQ(precision.at("weights").at("int4, 4 bits, per tensor"), 6);
  EXPECT_EQ(precision.at("weights").at("ternary, 2 bits, per row"), 1);
  EXPECT_LT(precision.at("stored_bytes").get<double>(),
            precision.at("full_precision_bytes").get<double>());
}

TEST_F(KdQatPhaseTest, CountsQuantizedCopiesOfLinearLayers) {
  SettingValues settings = given();
  EXPECT_EQ(KdQatPhase(phaseInput(plain())).memory().quantized, 0U);

  const std::uint64_t all = KdQatPhase(phaseInput(settings)).memory().quantized;
  settings["quant.map"] = "layer:0 = fp";
  const std::uint64_t half = KdQatPhase(phaseInput(settings)).memory().quantized;

  // Two layers of 16 x 16 (four) and 16 x 32 (two) weights, and the pooler.
  EXPECT_EQ(all, 4U * (2 * (4 * 16 * 16 + 2 * 16 * 32) + 16 * 16));
  EXPECT_EQ(all - half, 4U * (4 * 16 * 16 + 2 * 16 * 32));
}

TEST_F(KdQatPhaseTest, RefusesAMapThatDoesNotFitTheModel) {
  SettingValues settings = given();
  settings["quant.map"] = "layer:7 = int4";

  EXPECT_THROW(KdQatPhase(phaseInput(settings)), TrainError);
}

TEST_F(KdQatPhaseTest, RefusesAStudentOfAnotherShape) {
  SettingValues narrow = tinyFinetuneGiven();
  narrow["model.architecture.hidden_size"] = 8;
  const std::filesystem::path student = teacher().parent_path() / "student";
  FinetunePhase(phaseInput(narrow)).writeModel(student);
  SettingValues settings = given();
  settings["model.student"] = student.string();

  try {
    const KdQatPhase phase(phaseInput(settings));
    FAIL() << "not refused";
  } catch (const TrainError& error) {
    EXPECT_EQ(error.exitCode(), ExitCode::kBadData);
    EXPECT_THAT(error.what(), testing::HasSubstr("8 wide"));
    EXPECT_THAT(error.what(), testing::HasSubstr("16 wide"));
  }
}

TEST_F(KdQatPhaseTest, RefusesRowsLongerThanTheModelsPositions) {
  SettingValues settings = given();
  settings["data.max_length"] = 64;

  EXPECT_THROW(KdQatPhase(phaseInput(settings)), TrainError);
}

TEST_F(KdQatPhaseTest, ProbesSeeBothModelsTheRowsAndTheObjective) {
  SettingValues settings = given();
  settings["model.hidden_dropout"] = 0.0;
  settings["model.attention_dropout"] = 0.0;
  KdQatPhase phase(phaseInput(settings));
  const std::vector<std::int64_t> rows = {3, 1, 2};
  const StepOutcome outcome = phase.step({.rows = rows}, goOn);

  const ProbedTraining probed = phase.probed(0, 1);
  const TokenBatch batch = probed.batch(rows);
  const LossTerms terms = probed.objective(*probed.student, batch);

  EXPECT_TRUE(at::equal(batch.input_ids, outcome.batch.input_ids));
  EXPECT_EQ(probed.rows, phase.trainingRows());
  EXPECT_NE(probed.teacher, nullptr);
  EXPECT_EQ(terms.total.item<double>(), outcome.loss);
  EXPECT_TRUE(terms.total.requires_grad());
  ASSERT_EQ(terms.weighted.size(), terms.components.size());
}

/// Losses and last points of three steps with the probes of attention, or without any.
struct ProbedSteps {
  std::vector<double> losses;
  std::vector<MetricPoint> points;
};

ProbedSteps runProbed(const SettingValues& given, std::int64_t every, const std::string& defects) {
  SettingValues settings = resolved(given);
  for (const ProbeDefinition* probe : probeRegistry()) {
    settings[probeIntervalKey(*probe)] = 0;
  }
  for (const std::string name : {"attention_distance",
                                 "attention_entropy",
                                 "attention_norms",
                                 "attention_output_range",
                                 "cover_length_ratio",
                                 "ranking_loss",
                                 "special_token_mass"}) {
    settings["probe." + name + ".every"] = every;
    settings["probe." + name + ".defects"] = defects;
  }
  seedGenerators(3, at::kCPU);
  KdQatPhase phase({.settings = settings, .warn = [](const std::string&) {
                    }});
  ProbeSchedule schedule(settings, true);
  ProbedSteps steps;
  for (std::int64_t step = 1; step <= 3; ++step) {
    const std::vector<std::int64_t> rows = {step, step + 1, step + 2};
    const StepOutcome outcome = phase.step(
        {.rows = rows, .step = step - 1, .total_steps = 3, .trace = schedule.needs(step)}, goOn);
    steps.losses.push_back(outcome.loss);
    steps.points = schedule.measure(step,
                                    {.batch = outcome.batch,
                                     .student = &outcome.student,
                                     .teacher = &*outcome.teacher,
                                     .training = phase.probed(step - 1, 3)});
    const at::NoGradGuard no_grad;
    for (const NamedTensor& parameter : phase.trainableParameters()) {
      parameter.tensor.sub_(parameter.tensor.grad(), 0.01);
    }
  }
  return steps;
}

TEST_F(KdQatPhaseTest, TrainsTheSameNumbersWithAndWithoutProbes) {
  const ProbedSteps without = runProbed(given(), 0, "fixed");

  EXPECT_TRUE(without.points.empty());
  EXPECT_EQ(runProbed(given(), 1, "fixed").losses, without.losses);
  EXPECT_EQ(runProbed(given(), 1, "published").losses, without.losses);
}

TEST_F(KdQatPhaseTest, ProbesReportWhatTheCatalogueDeclares) {
  for (const char* defects : {"fixed", "published"}) {
    const std::vector<MetricPoint> points = runProbed(given(), 1, defects).points;
    ASSERT_FALSE(points.empty());
    for (const MetricPoint& point : points) {
      const MetricSpec* metric = trainerCatalogue().findMetric(point.series.metric);
      ASSERT_NE(metric, nullptr) << point.series.metric;
      const auto& dimensions = metric->dimensions;
      const auto has = [&](const char* dimension) {
        return std::find(dimensions.begin(), dimensions.end(), dimension) != dimensions.end();
      };
      EXPECT_EQ(point.series.layer.has_value(), has("layer")) << point.series.metric;
      EXPECT_EQ(point.series.head.has_value(), has("head")) << point.series.metric;
      EXPECT_EQ(!point.series.component.empty(), has("component")) << point.series.metric;
      EXPECT_TRUE(std::isfinite(point.value)) << point.series.metric;
    }
  }
}

}  // namespace

}  // namespace retort::train
