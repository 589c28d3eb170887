#include "gui/models/step_clock.h"

#include <gtest/gtest.h>

namespace retort::gui {
namespace {

std::shared_ptr<StepClock> makeClock() {
  auto clock = std::make_shared<StepClock>();
  clock->append({{0, 10'000}, {10, 12'500}, {20, 20'000}});
  return clock;
}

std::vector<Sample> timed(const SeriesData& raw, XQuantity quantity) {
  TimedSeries series(makeClock(), quantity);
  WorkRoom room = WorkRoom::unlimited();
  EXPECT_TRUE(series.update(raw, room));
  return series.data()->samples();
}

TEST(StepClock, TellsTimeSinceTheFirstStepAndOfDay) {
  const SeriesData raw({{0, 1}, {10, 2}, {20, 3}});
  EXPECT_EQ(timed(raw, XQuantity::kElapsed), (std::vector<Sample>{{0, 1}, {2.5, 2}, {10, 3}}));
  EXPECT_EQ(timed(raw, XQuantity::kClock), (std::vector<Sample>{{10, 1}, {12.5, 2}, {20, 3}}));
}

TEST(StepClock, TakesTheNextReportedStepAndTheLastBehindTheEnd) {
  const SeriesData raw({{-5, 1}, {11, 2}, {500, 3}});
  EXPECT_EQ(timed(raw, XQuantity::kElapsed), (std::vector<Sample>{{0, 1}, {10, 2}, {10, 3}}));
}

TEST(StepClock, GrowsWithItsCurvePieceByPiece) {
  const auto clock = makeClock();
  SeriesData raw({{0, 1}, {10, 2}, {20, 3}});
  TimedSeries series(clock, XQuantity::kElapsed);
  WorkRoom small(1);
  EXPECT_FALSE(series.update(raw, small));
  EXPECT_EQ(series.data()->size(), 1u);
  WorkRoom room = WorkRoom::unlimited();
  EXPECT_TRUE(series.update(raw, room));
  clock->append({{30, 25'000}});
  raw.append({30, 4});
  EXPECT_TRUE(series.update(raw, room));
  EXPECT_EQ(series.data()->samples(), (std::vector<Sample>{{0, 1}, {2.5, 2}, {10, 3}, {15, 4}}));
  raw.clear();
  raw.append({10, 7});
  EXPECT_TRUE(series.update(raw, room));
  EXPECT_EQ(series.data()->samples(), (std::vector<Sample>{{2.5, 7}}));
}

TEST(StepClock, WithoutTimesThereIsNoCurve) {
  TimedSeries series(std::make_shared<StepClock>(), XQuantity::kElapsed);
  WorkRoom room = WorkRoom::unlimited();
  EXPECT_TRUE(series.update(SeriesData({{0, 1}}), room));
  EXPECT_TRUE(series.data()->isEmpty());
}

}  // namespace
}  // namespace retort::gui
