#include "trainers/freezing/signal_freezing.h"

#include "tests/trainers/tensor_testing.h"
#include "trainers/freezing/gradient_freezing.h"
#include "trainers/freezing/oscillation_freezing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(SignalFreezing, IsOffUnlessARuleIsNamed) {
  EXPECT_EQ(makeSignalFreezing({}, {}), nullptr);
  EXPECT_EQ(makeSignalFreezing({{"signal_freeze.rule", "none"}}, {}), nullptr);
}

TEST(SignalFreezing, MakesTheRuleThatIsNamed) {
  const auto gradient = makeSignalFreezing({{"signal_freeze.rule", "gradient_norm"}}, {});
  const auto oscillation = makeSignalFreezing({{"signal_freeze.rule", "oscillation"}}, {});

  EXPECT_NE(dynamic_cast<GradientFreezing*>(gradient.get()), nullptr);
  EXPECT_NE(dynamic_cast<OscillationFreezing*>(oscillation.get()), nullptr);
}

TEST(SignalFreezing, EveryChoiceIsATechnique) {
  std::vector<std::string> names = {"none"};
  for (const TechniqueSpec& spec : signalFreezeSpecs()) {
    EXPECT_EQ(spec.kind, "freeze_rule");
    names.push_back(spec.name);
  }
  EXPECT_EQ(signalFreezeSettings().specs().front().choices, names);
}

TEST(SignalFreezing, EveryPointHasADeclaredMetric) {
  const auto freezing = makeSignalFreezing({{"signal_freeze.rule", "oscillation"}}, {});
  std::vector<std::string> declared;
  for (const MetricSpec& metric : signalFreezeMetrics()) {
    declared.push_back(metric.name);
  }
  for (const MetricPoint& point : freezing->points()) {
    EXPECT_THAT(declared, testing::Contains(point.series.metric));
  }
}

}  // namespace
}  // namespace retort::train
