#include "core/comparison/figure_spec.h"

#include <gtest/gtest.h>

namespace retort {
namespace {

TEST(FigureSpec, ReadsBackWhatItWrote) {
  FigureSpec spec;
  spec.minus = "0123456789abcdef";
  spec.workspace = "/tmp/größer";
  spec.kind = "depth";
  spec.subject = "$(id)\n\"x\"";
  spec.metric = "grad_norm[projection=q]";
  spec.reference = "full_precision_grad_norm";
  spec.comparison.by = {"freeze", "distill"};
  spec.comparison.baseline = {"freeze=none"};
  spec.comparison.confidence = 0.9;
  spec.spread = Spread::kInterval;
  spec.profile_value = ProfileValue::kMean;
  spec.is_log = true;
  spec.is_over_time = true;
  spec.width_mm = 84.5;
  spec.dots_per_inch = 600;
  spec.file = "a b.pdf";

  const auto json = parseJson(canonicalJson(toJson(spec)));

  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(figureSpecFromJson(*json), spec);
}

TEST(FigureSpec, NamesTheFieldThatIsWrong) {
  Json json = toJson(FigureSpec{});
  json["spread"] = 7;

  EXPECT_EQ(figureSpecFromJson(json).error().message,
            "the figure's description has no valid 'spread'");
  json.erase("file");
  json["spread"] = 1;
  EXPECT_EQ(figureSpecFromJson(json).error().code, ErrorCode::kProtocol);
  EXPECT_FALSE(figureSpecFromJson(Json::array()).has_value());
}

TEST(FigureSize, IsInMillimetresOrInches) {
  EXPECT_EQ(parseFigureSize("140x90mm"), std::pair(140.0, 90.0));
  const auto inches = parseFigureSize("5x3.5in");
  ASSERT_TRUE(inches.has_value());
  EXPECT_NEAR(inches->first, 127, 1e-9);
  EXPECT_NEAR(inches->second, 88.9, 1e-9);
}

TEST(FigureSize, RefusesEverythingElse) {
  for (const char* text :
       {"", "x", "mm", "140mm", "140x90", "140x90cm", "-1x90mm", "0x5mm", "NaNx5mm", "1x1x1mm"}) {
    EXPECT_EQ(parseFigureSize(text).error().code, ErrorCode::kUsage) << text;
  }
}

}  // namespace
}  // namespace retort
