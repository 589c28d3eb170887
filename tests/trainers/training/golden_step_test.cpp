#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "tests/trainers/models/tiny_encoder.h"
#include "tests/trainers/training/temporary_folder.h"
#include "tests/trainers/training/tiny_settings.h"
#include "trainers/training/kd_qat_phase.h"
#include "trainers/training/training_loop.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace retort::train {

namespace {

/// The first steps of the recorded curves (tests/trainers/models/shared_curve_test.cpp, which also
/// chooses the code paths that made them): the loop feeds the same batch, weights and update.
class GoldenStepTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(shared() / "data/models/minilm-l6-sst2")) {
      GTEST_SKIP() << "no shared data at " << shared();
    }
    at::set_num_threads(1);
  }

  static std::filesystem::path shared() { return SHARED_DATA_DIR; }

  [[nodiscard]] Json curve() const {
    return testData("encoder_curves_float64.json").at("curves").at("16x64").at(GetParam());
  }

  [[nodiscard]] SettingValues settings() const {
    SettingValues given = {{"phase", "kd_qat"},
                           {"model.teacher", (shared() / "data/models/minilm-l6-sst2").string()},
                           {"model.hidden_dropout", 0.0},
                           {"model.attention_dropout", 0.0},
                           {"data.task", "sst2"},
                           {"data.path", (shared() / "data/glue/SST-2").string()},
                           {"data.max_length", 64},
                           {"data.train_rows", 64},
                           {"data.eval_rows", 2},
                           {"data.shuffle", false},
                           {"train.batch", 16},
                           {"train.steps", 2},
                           {"train.schedule", "constant"},
                           {"train.warmup", 0.0},
                           {"dtype", "float64"},
                           {"device", "cpu"}};
    given["distill.attention_score"] = GetParam() == "score" ? 1 : 0;
    given["distill.attention_map"] = GetParam() == "map" ? 1 : 0;
    given["distill.attention_output"] = GetParam() == "output" ? 1 : 0;
    return resolved(given);
  }
};

std::map<std::string, double> componentsOf(const std::vector<MetricPoint>& points) {
  std::map<std::string, double> values;
  for (const MetricPoint& point : points) {
    if (point.series.metric == "train.loss_component") {
      values[point.series.component] = point.value;
    }
  }
  return values;
}

void expectRelative(double value, double expected) {
  EXPECT_NEAR(value, expected, 1e-9 * std::abs(expected));
}

TEST_P(GoldenStepTest, LossesAndGradientsOfTheFirstBatchAreTheAuthors) {
  KdQatPhase phase({.settings = settings(), .warn = [](const std::string&) {
                    }});
  std::vector<std::int64_t> rows(16);
  std::iota(rows.begin(), rows.end(), 0);

  const StepOutcome outcome = phase.step({.rows = rows}, [] { return true; });

  const Json golden = curve().at(0);
  expectRelative(outcome.loss, golden.at("loss").get<double>());
  for (const LossComponent& part : outcome.losses) {
    const std::map<std::string, std::string> names = {{"logits", "cls_loss"},
                                                      {"hidden", "rep_loss"},
                                                      {"attention_score", "attscore_loss"},
                                                      {"attention_map", "attmap_loss"},
                                                      {"attention_output", "output_loss"}};
    expectRelative(part.value.item<double>(), golden.at(names.at(part.name)).get<double>());
  }
  for (const auto& [name, norm] : golden.at("grad_norm").items()) {
    // "L0/attention.self.query": weight and bias of the module together.
    const std::string module =
        "bert.encoder.layer." + name.substr(1, 1) + "." + name.substr(3) + ".";
    double squares = 0;
    for (const NamedTensor& parameter : phase.parameters()) {
      if (parameter.name == module + "weight" || parameter.name == module + "bias") {
        squares += parameter.tensor.grad().square().sum().item<double>();
      }
    }
    expectRelative(std::sqrt(squares), norm.get<double>());
  }
}

TEST_P(GoldenStepTest, TheLoopsSecondStepSeesTheAuthorsUpdate) {
  if (GetParam() != "score") {
    GTEST_SKIP() << "one curve is enough for the update";
  }
  const TemporaryFolder folder;
  const RunPaths paths{folder.path()};
  SettingValues values = settings();
  values["probe.losses.every"] = 1;
  values["checkpoint.best"] = false;
  KdQatPhase phase({.settings = values, .warn = [](const std::string&) {
                    }});
  {
    RunLog log(EventWriter::open(paths.events(), "0123456789abcdef", 1, -1).value());
    TrainingLoop loop(values,
                      {.paths = paths,
                       .is_stop_requested =
                           [] {
                             return false;
                           }},
                      phase,
                      log);
    EXPECT_EQ(loop.run().exit_code, ExitCode::kFinished);
  }

  const std::string text = readFile(paths.events(), 1 << 24).value();
  for (const std::string& line : splitString(text, '\n')) {
    const auto event = parseEvent(line);
    const auto parts = event ? componentsOf(event->points) : std::map<std::string, double>();
    if (!parts.empty()) {
      const Json golden = curve().at(static_cast<std::size_t>(event->step.value()) - 1);
      expectRelative(parts.at("logits"), golden.at("cls_loss").get<double>());
      expectRelative(parts.at("hidden"), golden.at("rep_loss").get<double>());
      expectRelative(parts.at("attention_score"), golden.at("attscore_loss").get<double>());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Losses, GoldenStepTest, testing::Values("score", "map", "output"));

}  // namespace

}  // namespace retort::train
