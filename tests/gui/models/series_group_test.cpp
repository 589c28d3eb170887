#include "gui/models/series_group.h"

#include "gui/models/depth_profile.h"
#include "gui/models/series_combination.h"

#include <gtest/gtest.h>

#include <cmath>

namespace retort::gui {
namespace {

std::vector<SeriesKey> gradientKeys() {
  std::vector<SeriesKey> keys;
  for (int layer = 0; layer < 3; ++layer) {
    for (const char* projection : {"q", "k"}) {
      keys.push_back({.metric = "grad_norm", .layer = layer, .projection = projection});
    }
  }
  keys.push_back({.metric = "grad_norm", .projection = "pooler"});
  return keys;
}

std::vector<std::string> labelsOf(const std::vector<SeriesGroup>& groups) {
  std::vector<std::string> labels;
  for (const SeriesGroup& group : groups) {
    labels.push_back(group.label);
  }
  return labels;
}

std::shared_ptr<const SeriesData> series(std::vector<Sample> samples) {
  return std::make_shared<const SeriesData>(std::move(samples));
}

TEST(SeriesGroupTest, GroupsByOneDimension) {
  using Labels = std::vector<std::string>;
  const auto keys = gradientKeys();
  EXPECT_EQ(labelsOf(groupSeries(keys, Grouping::kProjection, {})), (Labels{"q", "k", "pooler"}));
  EXPECT_EQ(labelsOf(groupSeries(keys, Grouping::kLayer, {})),
            (Labels{"", "layer 0", "layer 1", "layer 2"}));
  EXPECT_EQ(labelsOf(groupSeries(keys, Grouping::kTogether, {})), Labels{""});
  EXPECT_EQ(groupSeries(keys, Grouping::kEach, {}).size(), keys.size());
}

TEST(SeriesGroupTest, TakesOnlyWhatIsPicked) {
  SeriesPick pick;
  pick.layers = {1};
  pick.projections = {"q"};
  const auto groups = groupSeries(gradientKeys(), Grouping::kEach, pick);
  EXPECT_EQ(labelsOf(groups), std::vector<std::string>{"layer 1, q"});
}

TEST(SeriesGroupTest, NumbersAreOrderedBySizeAndNamesAsTheyCome) {
  std::vector<SeriesKey> keys;
  for (const int layer : {10, 2, 0}) {
    for (const char* projection : {"q", "k", "v", "o", "ffn1", "ffn2"}) {
      keys.push_back({.metric = "grad_norm", .layer = layer, .projection = projection});
    }
  }
  const auto ordered = inNaturalOrder(keys);
  std::vector<std::string> texts;
  for (const SeriesKey& key : ordered) {
    texts.push_back(dimensionText(key));
  }
  EXPECT_EQ(texts[0], "layer 0, q");
  EXPECT_EQ(texts[1], "layer 0, k");
  EXPECT_EQ(texts[5], "layer 0, ffn2");
  EXPECT_EQ(texts[6], "layer 2, q");
  EXPECT_EQ(texts[17], "layer 10, ffn2");
}

TEST(SeriesGroupTest, KnowsTheDimensions) {
  const SeriesDimensions found = dimensionsOf(gradientKeys());
  EXPECT_EQ(found.layers, (std::set<int>{0, 1, 2}));
  EXPECT_EQ(found.projections, (std::vector<std::string>{"q", "k", "pooler"}));
  EXPECT_TRUE(found.heads.empty() && found.components.empty());
}

void takeAll(CombinedSeries& combined) {
  WorkRoom room = WorkRoom::unlimited();
  EXPECT_TRUE(combined.update(room));
}

TEST(SeriesCombinationTest, CombinesWhatIsThereAtEachStep) {
  CombinedSeries combined({series({{0, 2}, {1, 4}, {3, 6}}), series({{0, 4}, {2, 8}})},
                          Combination::kMean);
  EXPECT_TRUE(combined.data()->isEmpty());
  WorkRoom small(8);
  EXPECT_FALSE(combined.update(small));
  EXPECT_EQ(combined.data()->samples(), (std::vector<Sample>{{0, 3}, {1, 4}}));
  takeAll(combined);
  EXPECT_EQ(combined.data()->samples(), (std::vector<Sample>{{0, 3}, {1, 4}, {2, 8}, {3, 6}}));
}

TEST(SeriesCombinationTest, GrowsAndStartsAgain) {
  const auto left = std::make_shared<SeriesData>(std::vector<Sample>{{0, 3}});
  const auto right = std::make_shared<SeriesData>(std::vector<Sample>{{0, 4}});
  CombinedSeries combined({left, right}, Combination::kRootOfSquares);
  takeAll(combined);
  left->append({1, 6});
  right->append({1, 8});
  takeAll(combined);
  EXPECT_EQ(combined.data()->samples(), (std::vector<Sample>{{0, 5}, {1, 10}}));
  left->clear();
  takeAll(combined);
  EXPECT_EQ(combined.data()->samples(), (std::vector<Sample>{{0, 4}, {1, 8}}));
}

TEST(SeriesCombinationTest, ASingleMemberIsItself) {
  const auto only = series({{0, -3}});
  CombinedSeries combined({only}, Combination::kRootOfSquares);
  EXPECT_EQ(combined.data(), only);
}

TEST(DepthProfileTest, TakesTheLastValuesUntilTheStep) {
  const LayerSeries layers = {{0, {series({{0, 3}, {10, 30}}), series({{0, 4}})}},
                              {1, {series({{5, 7}})}},
                              {2, {series({})}}};
  EXPECT_EQ(depthProfile(layers, -1, 4, Combination::kRootOfSquares).samples(),
            (std::vector<Sample>{{0, 5}}));
  EXPECT_EQ(depthProfile(layers, -1, 5, Combination::kMean).samples(),
            (std::vector<Sample>{{0, 3.5}, {1, 7}}));
  EXPECT_EQ(depthProfile(layers, -1, 1e9, Combination::kMean).samples(),
            (std::vector<Sample>{{0, 17}, {1, 7}}));
  // What was not measured any more is left out.
  EXPECT_EQ(depthProfile(layers, 10, 1e9, Combination::kMean).samples(),
            (std::vector<Sample>{{0, 30}}));
}

}  // namespace
}  // namespace retort::gui
