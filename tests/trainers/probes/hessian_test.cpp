#include "trainers/probes/hessian.h"

#include "tests/trainers/analysis/probe_fixture.h"

namespace retort::train {
namespace {

class HessianProbe : public ProbedEncoder {};

TEST_F(HessianProbe, FindsTheEigenvaluesOfTheTaskLoss) {
  settings_ = {{"probe.hessian.count", 2},
               {"probe.hessian.iterations", 400},
               {"probe.hessian.tolerance", 1e-5}};

  const auto values = measured(hessianProbe(), input());

  const Json& golden = golden_.at("student").at("eigenvalues");
  EXPECT_EQ(values.size(), 6U);
  for (const std::size_t i : {0U, 1U}) {
    const std::string rank = std::to_string(i + 1);
    EXPECT_LT(
        relativeDifference(values.at("hessian_eigenvalue " + rank), golden.at(i).get<double>()),
        1e-7);
    EXPECT_LE(values.at("hessian_residual " + rank), 1e-5);
    EXPECT_EQ(values.at("hessian_converged " + rank), 1);
  }
  expectUntouched();
}

TEST_F(HessianProbe, FindsTheSameByLanczos) {
  settings_ = {{"probe.hessian.count", 2},
               {"probe.hessian.iterations", 60},
               {"probe.hessian.method", "lanczos"},
               {"probe.hessian.tolerance", 1e-5}};

  const auto values = measured(hessianProbe(), input());

  const Json& golden = golden_.at("student").at("eigenvalues");
  for (const std::size_t i : {0U, 1U}) {
    const std::string rank = std::to_string(i + 1);
    EXPECT_LT(
        relativeDifference(values.at("hessian_eigenvalue " + rank), golden.at(i).get<double>()),
        1e-7);
    EXPECT_EQ(values.at("hessian_converged " + rank), 1);
  }
  expectUntouched();
}

TEST_F(HessianProbe, FindsThePublishedValuesByName) {
  ProbeInput published = input();
  published.is_published = true;

  const auto values = measured(hessianProbe(), published);

  const Json& golden = golden_.at("student").at("published");
  for (const std::size_t i : {0U, 1U, 2U}) {
    EXPECT_LT(relativeDifference(values.at("hessian_eigenvalue " + std::to_string(i + 1)),
                                 golden.at(i).get<double>()),
              1e-6);
  }
}

TEST_F(HessianProbe, TakesTheFirstRowsAndSaysWhenItRanOut) {
  settings_ = {
      {"probe.hessian.count", 1}, {"probe.hessian.rows", 1}, {"probe.hessian.iterations", 1}};
  ProbeInput one = input();
  const auto cut = measured(hessianProbe(), one);
  one.batch = {.input_ids = tiny_.batch.input_ids.narrow(0, 0, 1),
               .attention_mask = tiny_.batch.attention_mask.narrow(0, 0, 1),
               .segment_ids = tiny_.batch.segment_ids.narrow(0, 0, 1),
               .lengths = tiny_.batch.lengths.narrow(0, 0, 1),
               .labels = tiny_.batch.labels.narrow(0, 0, 1)};

  EXPECT_EQ(measured(hessianProbe(), one), cut);
  EXPECT_EQ(cut.at("hessian_converged 1"), 0);
}

TEST_F(HessianProbe, DiffersByDifferencesBecauseLevelsStay) {
  settings_ = {{"probe.hessian.count", 1}, {"probe.hessian.iterations", 3}};
  const auto exact = measured(hessianProbe(), input());
  settings_["probe.hessian.product"] = "finite_difference";

  const auto difference = measured(hessianProbe(), input());

  EXPECT_NE(difference.at("hessian_eigenvalue 1"), exact.at("hessian_eigenvalue 1"));
  expectUntouched();
}

TEST_F(HessianProbe, AgreesByDifferencesWithoutQuantizers) {
  student_ = tiny_.teacher();
  student_.setTrainable({});
  parameters_ = student_.parameters();
  settings_ = {{"probe.hessian.count", 1},
               {"probe.hessian.iterations", 40},
               {"probe.hessian.step", 1e-6},
               {"probe.hessian.product", "finite_difference"}};

  const double value = measured(hessianProbe(), input()).at("hessian_eigenvalue 1");

  EXPECT_LT(relativeDifference(value, golden_.at("teacher").at("eigenvalues").at(0).get<double>()),
            1e-4);
}

TEST_F(HessianProbe, GivesNothingWhenItIsGivenUpOrThereIsNoModel) {
  ProbeInput stopped = input();
  stopped.pulse = [] {
    return false;
  };

  EXPECT_TRUE(measured(hessianProbe(), stopped).empty());
  EXPECT_TRUE(measured(hessianProbe(), {.parameters = &parameters_}).empty());
}

}  // namespace
}  // namespace retort::train
