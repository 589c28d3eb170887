#include "core/cli/demo_summary.h"

#include "tests/core/cli/store_fixture.h"

namespace retort::cli {
namespace {

class DemoSummary : public LossStore {};

TEST_F(DemoSummary, TakesTheFirstAndLastEvaluations) {
  finish("000000000000000a", 0.9, 0.98);
  for (const char* id : {kScore1, kMap1}) {
    ingest(id,
           {other("open", {{"protocol", 1}, {"run", id}, {"from_step", -1}}),
            point("eval.accuracy", 0, 0.5)});
  }
  finish(kScore2, 0.7, 0.9);  // was not evaluated before training
  ingest(kScore1, {point("eval.accuracy", 10, 0.8)});
  ingest(kMap1, {point("eval.accuracy", 10, 1.0)});

  const auto numbers = loadDemoNumbers(*store_, *store_->experiments().find("losses"));

  ASSERT_TRUE(numbers.has_value());
  EXPECT_EQ(numbers->teacher, 0.98);
  EXPECT_EQ(numbers->before_kd_qat, 0.5);
  EXPECT_NEAR(*numbers->after_kd_qat, 0.9, 1e-12);
}

TEST(DemoSummaryText, IsThreeLinesOfPercentages) {
  EXPECT_EQ(demoSummary({0.975, 0.5, std::nullopt}),
            " 97.5 %  the teacher, full precision\n"
            " 50.0 %  ternary weights and 8-bit activations, without KD-QAT\n"
            "    –    the same after KD-QAT (mean over the grid)\n");
}

}  // namespace
}  // namespace retort::cli
