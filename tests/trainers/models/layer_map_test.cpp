#include "trainers/models/layer_map.h"

#include "tests/trainers/tensor_testing.h"
#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {
namespace {

LayerMap mapOf(const std::vector<std::string>& items, std::size_t student, std::size_t teacher) {
  return layerMap(items, student, teacher, "distill.layer_map");
}

TEST(LayerMap, IsTheIdentityForEqualDepths) {
  for (const char* name : {"uniform", "first", "last"}) {
    EXPECT_EQ(mapOf({name}, 3, 3), (LayerMap{0, 1, 2})) << name;
  }
}

TEST(LayerMap, TakesEveryThirdLayerOfTwelveForFour) {
  // TinyBERT: g(m) = 3 m, counted from 1.
  EXPECT_EQ(mapOf({"uniform"}, 4, 12), (LayerMap{2, 5, 8, 11}));
}

TEST(LayerMap, RoundsDownAndEndsWithTheLastLayer) {
  EXPECT_EQ(mapOf({"uniform"}, 4, 6), (LayerMap{0, 2, 3, 5}));
}

TEST(LayerMap, TakesTheFirstOrTheLastLayers) {
  EXPECT_EQ(mapOf({"first"}, 2, 6), (LayerMap{0, 1}));
  EXPECT_EQ(mapOf({"last"}, 2, 6), (LayerMap{4, 5}));
}

TEST(LayerMap, TakesLayersByNumber) {
  EXPECT_EQ(mapOf({"5", "0", "0"}, 3, 6), (LayerMap{5, 0, 0}));
  EXPECT_EQ(mapOf({"3"}, 1, 6), (LayerMap{3}));
}

TEST(LayerMap, RefusesWhatDoesNotFit) {
  for (const std::vector<std::string>& items :
       {std::vector<std::string>{"1"}, {"0", "6"}, {"0", "-1"}, {"0", "last"}, {"middle"}, {}}) {
    EXPECT_THAT([&] { static_cast<void>(mapOf(items, 2, 6)); },
                testing::ThrowsMessage<TrainError>(testing::HasSubstr("distill.layer_map")));
  }
}

TEST(LayerMap, RefusesADeeperStudent) {
  EXPECT_THAT([] { static_cast<void>(mapOf({"uniform"}, 7, 6)); },
              testing::ThrowsMessage<TrainError>(testing::HasSubstr("7 layers")));
}

TEST(AlignTrace, PutsTheTeachersLayersInPlace) {
  ModelTrace teacher;
  teacher.prob = {tensorOf({0}), tensorOf({1}), tensorOf({2})};
  teacher.normed_dense = {tensorOf({3}), tensorOf({4}), tensorOf({5})};
  teacher.hidden = {tensorOf({10}), tensorOf({11}), tensorOf({12}), tensorOf({13})};
  teacher.projection = {{{"q", tensorOf({20})}}, {{"q", tensorOf({21})}}, {{"q", tensorOf({22})}}};
  teacher.logits = tensorOf({{7}});

  const ModelTrace aligned = alignTrace(teacher, {0, 2});

  ASSERT_EQ(aligned.prob.size(), 2U);
  EXPECT_TRUE(aligned.prob[1].is_same(teacher.prob[2]));
  EXPECT_TRUE(aligned.normed_dense[0].is_same(teacher.normed_dense[0]));
  ASSERT_EQ(aligned.hidden.size(), 3U);
  EXPECT_TRUE(aligned.hidden[0].is_same(teacher.hidden[0]));
  EXPECT_TRUE(aligned.hidden[2].is_same(teacher.hidden[3]));
  ASSERT_EQ(aligned.projection.size(), 2U);
  EXPECT_TRUE(aligned.projection[1].at("q").is_same(teacher.projection[2].at("q")));
  EXPECT_TRUE(aligned.score.empty());
  EXPECT_TRUE(aligned.logits.is_same(teacher.logits));
}

}  // namespace
}  // namespace retort::train
