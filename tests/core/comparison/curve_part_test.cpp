#include "core/comparison/curve_part.h"

#include <gtest/gtest.h>

namespace retort {
namespace {

TEST(CurvePart, IsOfTheWholeMetric) {
  const SeriesKey whole{"grad_norm", {}, {}, "", ""};
  EXPECT_TRUE(isPartOf({"grad_norm", 3, 1, "q", "total"}, whole));
  EXPECT_TRUE(isPartOf({"grad_norm", {}, {}, "", ""}, whole));
}

TEST(CurvePart, HasEveryDimensionThatIsNamed) {
  const SeriesKey key{"grad_norm", 3, 1, "q", "total"};
  EXPECT_TRUE(isPartOf(key, {"grad_norm", 3, {}, "", ""}));
  EXPECT_FALSE(isPartOf(key, {"grad_norm", 2, {}, "", ""}));
  EXPECT_TRUE(isPartOf(key, {"grad_norm", {}, 1, "", ""}));
  EXPECT_FALSE(isPartOf(key, {"grad_norm", {}, 0, "", ""}));
  EXPECT_TRUE(isPartOf(key, {"grad_norm", 3, 1, "q", "total"}));
  EXPECT_FALSE(isPartOf(key, {"grad_norm", 3, 1, "k", "total"}));
  EXPECT_FALSE(isPartOf(key, {"grad_norm", 3, 1, "q", "map"}));
}

TEST(CurvePart, LacksDimensionsThatTheCurveHasNot) {
  EXPECT_FALSE(isPartOf({"memory", {}, {}, "", ""}, {"memory", 0, {}, "", ""}));
  EXPECT_FALSE(isPartOf({"memory", {}, {}, "", ""}, {"memory", {}, {}, "", "peak"}));
}

}  // namespace
}  // namespace retort
