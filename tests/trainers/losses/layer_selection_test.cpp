#include "trainers/losses/layer_selection.h"

#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {
namespace {

std::vector<std::size_t> selected(const std::vector<std::string>& items, std::size_t count) {
  const LayerSelection selection(items, count, "distill.hidden.layers");
  std::vector<std::size_t> layers;
  for (std::size_t layer = 0; layer < count; ++layer) {
    if (selection.has(layer)) {
      layers.push_back(layer);
    }
  }
  return layers;
}

using Layers = std::vector<std::size_t>;

TEST(LayerSelection, HasAllLayersUnlessToldOtherwise) {
  EXPECT_TRUE(LayerSelection().has(0));
  EXPECT_TRUE(LayerSelection().has(47));
}

TEST(LayerSelection, KnowsAllAndLast) {
  EXPECT_EQ(selected({"all"}, 3), (Layers{0, 1, 2}));
  EXPECT_EQ(selected({"last"}, 3), (Layers{2}));
}

TEST(LayerSelection, JoinsNumbersAndRanges) {
  EXPECT_EQ(selected({"5", "1-3", "2", "0-0"}, 6), (Layers{0, 1, 2, 3, 5}));
}

TEST(LayerSelection, RefusesWhatIsNoLayer) {
  for (const char* item :
       {"", "first", "3", "-1", "1-", "2-1", "0-3", "1 2", "+1", "0x1", "99999999999999999999"}) {
    EXPECT_THROW(static_cast<void>(selected({item}, 3)), TrainError) << item;
  }
  EXPECT_THROW(static_cast<void>(selected({}, 3)), TrainError);
}

TEST(LayerSelection, NamesTheSettingAndTheLayersThereAre) {
  EXPECT_THAT([] { static_cast<void>(selected({"6"}, 6)); },
              testing::ThrowsMessage<TrainError>(testing::AllOf(
                  testing::HasSubstr("distill.hidden.layers: '6'"), testing::HasSubstr("0 to 5"))));
}

}  // namespace
}  // namespace retort::train
