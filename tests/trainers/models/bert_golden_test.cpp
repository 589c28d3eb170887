#include "tests/trainers/models/tiny_encoder.h"
#include "trainers/optimizers/gradient_clipping.h"
#include "trainers/optimizers/registry.h"
#include "trainers/schedules/schedule.h"

#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

namespace retort::train {
namespace {

class TinyGolden : public testing::TestWithParam<const char*> {
 protected:
  TinyEncoder tiny_;
};

TEST_P(TinyGolden, LossesAndGradientsAgree) {
  const std::string variant = GetParam();
  const BertModel student = tiny_.student();

  const LossTerms terms = forwardBackward(variant, student, tiny_.teacher(), tiny_.batch);

  EXPECT_LT(largestRelativeDifference(lossValues(terms), tiny_.golden.at("loss").at(variant)),
            1e-11);
  EXPECT_LT(
      largestRelativeDifference(moduleGradientNorms(student), tiny_.golden.at("grad").at(variant)),
      1e-9);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    TinyGolden,
    testing::Values("score", "map", "output", "unified", "context", "sa", "OI", "CI", "MI"),
    [](const auto& test) { return std::string(test.param); });

TEST(TinyGoldenRun, TeacherLogitsAgree) {
  const TinyEncoder tiny;
  const at::NoGradGuard no_grad;

  const ModelTrace trace = tiny.teacher().forward(tiny.batch, {});

  EXPECT_LT(largestDifference(trace.logits, tensorOf(tiny.golden.at("teacher_logits"))), 1e-12);
}

TEST(TinyGoldenRun, DropoutFallsOnTheSamePlaces) {
  const TinyEncoder tiny;
  const BertModel student = tiny.student(tiny.config);

  at::manual_seed(11);
  const LossTerms terms =
      forwardBackward("unified", student, tiny.teacher(), tiny.batch, /*is_training=*/true);

  EXPECT_LT(largestRelativeDifference(lossValues(terms), tiny.golden.at("dropout_loss")), 1e-11);
}

TEST(TinyGoldenRun, TwelveStepsAgree) {
  const TinyEncoder tiny;
  BertModel student = tiny.student();
  const BertModel teacher = tiny.teacher();
  const Json& settings = tiny.golden.at("curve_settings");
  const ScheduleSettings schedule = {.learning_rate = settings.at("learning_rate"),
                                     .warmup = settings.at("warmup")};
  const auto optimizer = makeOptimizer(student.trainableParameters(), {});
  const Json& curve = tiny.golden.at("curve");

  for (std::size_t step = 0; step < curve.size(); ++step) {
    const LossTerms terms = forwardBackward("unified", student, teacher, tiny.batch);
    EXPECT_LT(relativeDifference(terms.total.item<double>(), curve[step].get<double>()), 1e-9)
        << "step " << step;
    clipPerTensor(student.trainableParameters(), 1.0);
    optimizer->step(learningRate(schedule, static_cast<std::int64_t>(step), settings.at("total")));
    student.clearGradients();
  }
}

TEST(TinyGoldenRun, FloatStaysNear) {
  const TinyEncoder tiny(at::kFloat);
  const BertModel student = tiny.student();

  const LossTerms terms = forwardBackward("unified", student, tiny.teacher(), tiny.batch);

  EXPECT_LT(largestRelativeDifference(lossValues(terms), tiny.golden.at("loss").at("unified")),
            2e-2);
}

TEST(ModelTrace, ContextIsMadeOfTheTracedProbabilitiesAndValues) {
  const TinyEncoder encoder;
  const TraceSet parts = TraceSet(TracePart::kProb) | TracePart::kValue | TracePart::kContext;

  const ModelTrace teacher = encoder.teacher().forward(encoder.batch, {.trace = parts});
  const ModelTrace student = encoder.student().forward(encoder.batch, {.trace = parts});

  ASSERT_EQ(teacher.value.size(), 2U);
  ASSERT_EQ(student.value.size(), 2U);
  EXPECT_LT(largestDifference(teacher.prob[1].matmul(teacher.value[1]), teacher.context[1]), 1e-12);
  // On the student's values lies a symmetric 8-bit grid: at most 255 of them differ.
  EXPECT_LE(std::get<0>(at::_unique(student.value[0])).numel(), 255);
}

TEST(BertModel, GivesItsWeightsAsAPassUsesThem) {
  const TinyEncoder encoder;
  const BertModel student = encoder.student();
  const std::string query = "bert.encoder.layer.0.attention.self.query.weight";

  EXPECT_EQ(std::get<0>(at::_unique(student.weightInUse(query))).numel(), 3);
  EXPECT_TRUE(at::equal(encoder.teacher().weightInUse(query),
                        *findTensor(encoder.teacher().parameters(), query)));
  EXPECT_TRUE(at::equal(student.weightInUse("classifier.weight"),
                        *findTensor(student.parameters(), "classifier.weight")));
  EXPECT_THROW(static_cast<void>(student.weightInUse("lm_head.weight")), c10::Error);
}

}  // namespace
}  // namespace retort::train
