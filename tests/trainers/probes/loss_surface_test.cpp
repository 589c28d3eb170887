#include "trainers/probes/loss_surface.h"

#include "tests/trainers/analysis/probe_fixture.h"
#include "trainers/train_error.h"

namespace retort::train {
namespace {

class LossSurfaceProbe : public ProbedEncoder {};

TEST_F(LossSurfaceProbe, HasTheModelsOwnLossInTheMiddle) {
  settings_ = {{"probe.loss_surface.points", 3}, {"probe.loss_surface.extent", 0.5}};

  const auto values = measured(lossSurfaceProbe(), input());

  ASSERT_EQ(values.size(), 10U);
  EXPECT_LT(relativeDifference(values.at("loss_surface 0,0"),
                               golden_.at("student").at("loss").get<double>()),
            1e-9);
  double sum = 0;
  for (const double alpha : {-0.5, 0.0, 0.5}) {
    for (const double beta : {-0.5, 0.0, 0.5}) {
      sum += values.at("loss_surface " + surfaceComponent(alpha, beta));
    }
  }
  EXPECT_NEAR(values.at("loss_surface_rise"), sum / 9 - values.at("loss_surface 0,0"), 1e-12);
  expectUntouched();
}

TEST_F(LossSurfaceProbe, IsTheSameForTheSameSeed) {
  settings_ = {{"probe.loss_surface.points", 3}};
  const auto first = measured(lossSurfaceProbe(), input());
  const auto second = measured(lossSurfaceProbe(), input());
  settings_["probe.loss_surface.seed"] = 43;
  const auto other = measured(lossSurfaceProbe(), input());

  EXPECT_EQ(first, second);
  EXPECT_EQ(other.at("loss_surface 0,0"), first.at("loss_surface 0,0"));
  EXPECT_NE(other.at("loss_surface 1,1"), first.at("loss_surface 1,1"));
}

TEST_F(LossSurfaceProbe, ShowsTheTrainingLossByName) {
  settings_ = {{"probe.loss_surface.points", 3}, {"probe.loss_surface.loss", "training"}};
  const Json golden = tiny_.golden.at("loss").at("unified");

  const auto values = measured(lossSurfaceProbe(), input());

  EXPECT_LT(relativeDifference(values.at("loss_surface 0,0"), golden.at("loss").get<double>()),
            1e-9);
}

TEST_F(LossSurfaceProbe, RefusesAGridWithoutAMiddle) {
  settings_ = {{"probe.loss_surface.points", 4}};
  std::vector<MetricPoint> points;

  EXPECT_THROW(lossSurfaceProbe().measure(input(), points), TrainError);
}

TEST_F(LossSurfaceProbe, GivesNothingWhenItIsGivenUp) {
  ProbeInput stopped = input();
  stopped.pulse = [] {
    return false;
  };

  EXPECT_TRUE(measured(lossSurfaceProbe(), stopped).empty());
  expectUntouched();
}

TEST(SurfaceCsv, HasOneLineAPoint) {
  const std::vector<MetricPoint> points = {
      {.series = {.metric = "loss_surface", .component = surfaceComponent(-1, 0.5)}, .value = 0.25},
      {.series = {.metric = "loss_surface", .component = surfaceComponent(-0.0, 1)}, .value = 3},
      {.series = {.metric = "loss_surface_rise"}, .value = 7}};

  EXPECT_EQ(surfaceCsv(points), "alpha,beta,loss\n-1,0.5,0.25\n0,1,3\n");
}

}  // namespace
}  // namespace retort::train
