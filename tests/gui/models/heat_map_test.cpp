#include "gui/models/heat_map.h"

#include <gtest/gtest.h>

#include <cmath>

namespace retort::gui {
namespace {

using Kind = HeatCell::Kind;

HeatMapRow row(const std::string& label, std::vector<Sample> samples) {
  return {label, std::make_shared<const SeriesData>(std::move(samples))};
}

TEST(HeatMapTest, OneCellASampleWhenThereIsRoom) {
  const HeatMap map = makeHeatMap(
      {row("a", {{0, 1}, {10, 2}, {20, 3}}), row("b", {{0, 4}, {10, 5}, {20, 6}})}, 100);
  ASSERT_EQ(map.columns, 3);
  EXPECT_EQ(map.x_begin, -5);
  EXPECT_EQ(map.x_end, 25);
  EXPECT_EQ(map.at(0, 0).value, 1);
  EXPECT_EQ(map.at(0, 2).value, 3);
  EXPECT_EQ(map.at(1, 1).value, 5);
}

TEST(HeatMapTest, ASpikeIsNotLostInALongRow) {
  std::vector<Sample> samples;
  for (int i = 0; i < 10'000; ++i) {
    samples.push_back({static_cast<double>(i), i == 4321 ? 99.0 : 1.0});
  }
  const HeatMap map = makeHeatMap({row("a", samples)}, 50);
  ASSERT_EQ(map.columns, 50);
  int spikes = 0;
  for (const HeatCell& cell : map.cells) {
    spikes += cell.value == 99 ? 1 : 0;
  }
  EXPECT_EQ(spikes, 1);
}

TEST(HeatMapTest, CellsTellWhatIsMissingAndWhatIsNotFinite) {
  const HeatMap map = makeHeatMap({row("whole", {{0, 1}, {1, 2}, {2, 3}, {3, 4}}),
                                   row("frozen", {{0, 1}, {1, 2}}),
                                   row("bad", {{0, std::nan("")}, {1, 1e308}, {3, 1}}),
                                   row("empty", {})},
                                  10);
  EXPECT_EQ(map.at(1, 1).kind, Kind::kValue);
  EXPECT_EQ(map.at(1, 2).kind, Kind::kNone);
  EXPECT_EQ(map.at(2, 0).kind, Kind::kNotFinite);
  EXPECT_EQ(map.at(2, 1).kind, Kind::kNotFinite);
  EXPECT_EQ(map.at(2, 2).kind, Kind::kNotFinite);  // continues the value before
  EXPECT_EQ(map.at(2, 3).kind, Kind::kValue);
  EXPECT_EQ(map.at(3, 0).kind, Kind::kNone);
  EXPECT_TRUE(map.hasNotFinite());
}

TEST(HeatMapTest, RangeOfALogarithmicScaleIsPositive) {
  const HeatMap map = makeHeatMap({row("a", {{0, -1}, {1, 0}, {2, 1e-8}, {3, 1e8}})}, 10);
  EXPECT_EQ(valueRange(map, false), (HeatRange{-1, 1e8}));
  EXPECT_EQ(valueRange(map, true), (HeatRange{1e-8, 1e8}));
  EXPECT_FALSE(valueRange(makeHeatMap({row("a", {{0, 0}})}, 10), true));
}

TEST(HeatMapTest, NothingGivesAnEmptyMap) {
  EXPECT_TRUE(makeHeatMap({}, 10).isEmpty());
  EXPECT_TRUE(makeHeatMap({row("a", {})}, 10).isEmpty());
  EXPECT_EQ(makeHeatMap({row("a", {{7, 1}})}, 10).columns, 1);
  EXPECT_EQ(makeHeatMap({row("a", {{7, 1}, {7, 2}})}, 10).columns, 1);
}

TEST(HeatMapTest, DifferenceOfNormsIsTheLogarithmOfTheirRatio) {
  const std::vector<HeatMapRow> left = {row("q", {{0, 10}, {1, 100}}), row("only left", {{0, 1}})};
  const std::vector<HeatMapRow> right = {row("q", {{0, 1}, {1, 0}})};
  const HeatMap ratio = makeDifferenceMap(left, right, 10, true);
  ASSERT_EQ(ratio.labels, std::vector<std::string>{"q"});
  EXPECT_DOUBLE_EQ(ratio.at(0, 0).value, 1);
  EXPECT_EQ(ratio.at(0, 1).kind, Kind::kNotFinite);
  const HeatMap difference = makeDifferenceMap(left, right, 10, false);
  EXPECT_DOUBLE_EQ(difference.at(0, 1).value, 100);
}

TEST(HeatMapTest, DifferenceCoversWhatBothRunsHave) {
  const std::vector<HeatMapRow> left = {row("q", {{0, 1}, {10, 1}, {20, 1}})};
  const std::vector<HeatMapRow> right = {row("q", {{10, 2}, {20, 2}, {30, 2}})};
  const HeatMap map = makeDifferenceMap(left, right, 10, false);
  EXPECT_GE(map.x_begin, 0);
  EXPECT_LE(map.x_end, 25);
  for (const HeatCell& cell : map.cells) {
    EXPECT_EQ(cell, (HeatCell{-1, Kind::kValue}));
  }
  const std::vector<HeatMapRow> later = {row("q", {{100, 1}, {110, 1}})};
  EXPECT_TRUE(makeDifferenceMap(left, later, 10, false).isEmpty());
}

TEST(HeatMapMaker, GoesPieceByPieceAndLeavesOutWhatComesMeanwhile) {
  std::vector<HeatMapRow> rows;
  std::vector<std::shared_ptr<SeriesData>> growing;
  for (int i = 0; i < 5; ++i) {
    growing.push_back(std::make_shared<SeriesData>());
    for (int x = 0; x < 40; ++x) {
      growing.back()->append({static_cast<double>(x), static_cast<double>((x * 7 + i) % 11)});
    }
    rows.push_back({std::to_string(i), growing.back()});
  }
  const HeatMap whole = makeHeatMap(rows, 10);
  HeatMapMaker maker({rows, 10, false, {}, false});
  int pieces = 1;
  for (WorkRoom room(60); !maker.advance(room); room = WorkRoom(60)) {
    ++pieces;
    for (const auto& data : growing) {
      data->append({1000, 99});
    }
  }
  EXPECT_GT(pieces, 1);
  EXPECT_EQ(maker.take(), whole);
}

TEST(HeatMap, KnowsWhatCannotStandOnALogarithmicScale) {
  EXPECT_FALSE(hasNegative({row("a", {{0, 0}, {1, 3}}), row("none", {})}));
  EXPECT_TRUE(hasNegative({row("a", {{0, 2}}), row("b", {{0, 5}, {1, -1e-9}})}));
}

}  // namespace
}  // namespace retort::gui
