#include "trainers/training/loop_state.h"

#include "core/base/json.h"
#include "trainers/train_error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace retort::train {

namespace {

LoopState someState() {
  LoopState state;
  state.step = 120;
  state.bad_steps = 1;
  state.evaluated_step = 100;
  state.is_teacher_evaluated = true;
  state.loss_sum = 0.1 + 0.2;
  state.loss_count = 3;
  state.position = {.epoch = 2, .batch = 7};
  state.teacher = {{"teacher.eval.accuracy", 0.99}};
  state.last = {{"eval.accuracy", 1.0 / 3}, {"eval.loss", 0.7}};
  state.best = {{"eval.accuracy", 2.0 / 3}};
  state.best_step = 60;
  return state;
}

TEST(LoopState, ReadsBackExactlyThroughText) {
  const LoopState state = someState();

  const auto json = parseJson(canonicalJson(toJson(state)));

  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(loopStateFromJson(*json), state);
}

TEST(LoopState, KeepsNumbersThatAreNotFinite) {
  LoopState state = someState();
  state.best["eval.matthews"] = std::numeric_limits<double>::infinity();
  state.last["eval.matthews"] = std::numeric_limits<double>::quiet_NaN();

  const LoopState back = loopStateFromJson(toJson(state));

  EXPECT_TRUE(std::isnan(back.last.at("eval.matthews")));
  EXPECT_EQ(back.best, state.best);
}

TEST(LoopState, RefusesAMissingOrMistypedField) {
  Json missing = toJson(someState());
  missing.erase("epoch");
  Json mistyped = toJson(someState());
  mistyped["step"] = "twelve";

  EXPECT_THROW(loopStateFromJson(missing), TrainError);
  EXPECT_THROW(loopStateFromJson(mistyped), TrainError);
}

TEST(NumberToJson, WritesWordsForNumbersThatAreNotFinite) {
  EXPECT_EQ(numberToJson(-std::numeric_limits<double>::infinity()), "-Infinity");
  EXPECT_EQ(numberToJson(std::nan("")), "NaN");
  EXPECT_EQ(numberToJson(0.5), 0.5);
}

}  // namespace

}  // namespace retort::train
