#include "core/comparison/group_curves.h"
#include "core/comparison/group_profiles.h"
#include "tests/core/cli/store_fixture.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace retort {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class GroupFigures : public cli::LossStore {
 protected:
  /// `scale` times the layer's number plus one, for two projections; at steps 1 and 2.
  void ingestNorms(const std::string& run_id, double scale) {
    finish(run_id, 0.5, 0.6);
    std::vector<Event> events;
    for (const std::int64_t step : {1, 2}) {
      Event event = point("x", step, 0);
      event.points.clear();
      for (const int layer : {0, 1}) {
        const double base = scale * (layer + 1) * static_cast<double>(step);
        event.points.push_back({SeriesKey{"grad_norm", layer, {}, "q", ""}, base});
        event.points.push_back({SeriesKey{"grad_norm", layer, {}, "v", ""}, 3 * base});
      }
      events.push_back(event);
    }
    ingest(run_id, events);
  }

  std::vector<GroupProfile> profiles(const ProfileRequest& request) {
    const auto loaded = loadGroupProfiles(*store_, groups(), request);
    EXPECT_TRUE(loaded.has_value());
    return loaded.value_or(std::vector<GroupProfile>{});
  }

  static std::vector<RunGroup> groups() {
    return {{"score", {"score"}, {kScore1, kScore2}}, {"map", {"map"}, {kMap1, kMap2}}};
  }
};

TEST_F(GroupFigures, BandsTheCurvesOfEachGroup) {
  finish(kScore1, 0.2, 0.4);
  finish(kScore2, 0.4, 0.8);
  finish(kMap1, 0.5, 0.6);

  const auto loaded = loadGroupCurves(*store_, groups(), "eval.accuracy", Spread::kDeviation);

  ASSERT_TRUE(loaded.has_value());
  ASSERT_EQ(loaded->size(), 2U);
  EXPECT_EQ(loaded->at(0).curves.size(), 2U);
  ASSERT_EQ(loaded->at(0).band.size(), 2U);
  EXPECT_EQ(loaded->at(0).band[1].step, 10);
  EXPECT_NEAR(*loaded->at(0).band[1].summary.mean, 0.6, 1e-12);
  EXPECT_NEAR(loaded->at(0).band[1].spread->high, 0.6 + std::sqrt(0.08), 1e-12);
  EXPECT_EQ(loaded->at(1).curves.size(), 1U);
  EXPECT_FALSE(loaded->at(1).band[0].spread.has_value());
}

TEST_F(GroupFigures, KeepsGroupsThatHaveNoSuchCurve) {
  finish(kScore1, 0.2, 0.4);

  const auto loaded = loadGroupCurves(*store_, groups(), "eval.loss", Spread::kNone);

  ASSERT_TRUE(loaded.has_value());
  EXPECT_EQ(loaded->size(), 2U);
  EXPECT_TRUE(loaded->at(0).band.empty());
}

TEST_F(GroupFigures, RefusesMalformedCurves) {
  const auto loaded = loadGroupCurves(*store_, groups(), "grad_norm[layer=q]", Spread::kNone);

  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code, ErrorCode::kUsage);
  EXPECT_THAT(loaded.error().message, HasSubstr("grad_norm[layer=q]"));
}

TEST_F(GroupFigures, ProfilesOneProjectionByLayer) {
  ingestNorms(kScore1, 1);
  ingestNorms(kScore2, 2);

  const auto loaded = profiles({"grad_norm[projection=q]"});

  ASSERT_EQ(loaded[0].points.size(), 2U);
  EXPECT_EQ(loaded[0].points[1].layer, 1);
  EXPECT_THAT(loaded[0].points[1].values, ElementsAre(4.0, 8.0));  // the last step
  EXPECT_DOUBLE_EQ(*loaded[0].points[1].summary.mean, 6);
  EXPECT_NEAR(loaded[0].points[1].spread->low, 6 - std::sqrt(8.0), 1e-12);
  EXPECT_TRUE(loaded[1].points.empty());
}

TEST_F(GroupFigures, AveragesOverWhatTheProfileDoesNotName) {
  ingestNorms(kScore1, 1);

  const auto loaded = profiles({"grad_norm"});

  EXPECT_DOUBLE_EQ(*loaded[0].points[0].summary.mean, 4);  // (2 + 6) / 2
}

TEST_F(GroupFigures, CombinesALayersCurvesAsTheMetricSays) {
  ingestNorms(kScore1, 1);
  ProfileRequest request{"grad_norm"};
  request.combination = Combination::kRootOfSquares;

  const auto loaded = profiles(request);

  EXPECT_DOUBLE_EQ(*loaded[0].points[0].summary.mean, std::sqrt(2.0 * 2 + 6 * 6));
  request.value = ProfileValue::kMean;  // of the steps first: 1.5 and 4.5
  EXPECT_DOUBLE_EQ(*profiles(request)[0].points[0].summary.mean, std::sqrt(22.5));
}

TEST_F(GroupFigures, AveragesOverTheStepsWhenAsked) {
  ingestNorms(kScore1, 1);

  const auto loaded = profiles({"grad_norm[projection=v]", ProfileValue::kMean});

  EXPECT_DOUBLE_EQ(*loaded[0].points[0].summary.mean, 4.5);  // (3 + 6) / 2
}

TEST_F(GroupFigures, CountsOnlyFiniteValuesInAProfile) {
  Event event = point("x", 1, 0);
  event.points = {{SeriesKey{"grad_norm", 0, {}, "q", ""}, std::numeric_limits<double>::infinity()},
                  {SeriesKey{"grad_norm", 1, {}, "q", ""}, 5}};
  finish(kScore1, 0.5, 0.6);
  ingest(kScore1, {event});

  const auto loaded = profiles({"grad_norm"});

  ASSERT_EQ(loaded[0].points.size(), 1U);
  EXPECT_EQ(loaded[0].points[0].layer, 1);
}

}  // namespace
}  // namespace retort
