#include "core/base/result.h"

#include "core/base/check.h"

#include <gtest/gtest.h>

namespace retort {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) {
    return fail(ErrorCode::kInvalidData, "odd");
  }
  return number / 2;
}

Result<std::string> halfAsText(int number) {
  const Result<int> result = half(number);
  if (!result) {
    return failWith(withContext(result.error(), "halving"));
  }
  return std::to_string(*result);
}

TEST(Result, HoldsTheValueOrTheError) {
  EXPECT_EQ(half(4), 2);
  ASSERT_FALSE(half(3));
  EXPECT_EQ(half(3).error(), (Error{ErrorCode::kInvalidData, "odd"}));
}

TEST(Result, PassesErrorsToOtherValueTypesWithContext) {
  EXPECT_EQ(halfAsText(8), "4");
  ASSERT_FALSE(halfAsText(7));
  EXPECT_EQ(halfAsText(7).error(), (Error{ErrorCode::kInvalidData, "halving: odd"}));
}

TEST(Result, ExitCodesFollowSysexits) {
  EXPECT_EQ(exitCode(ErrorCode::kUsage), 64);
  EXPECT_EQ(exitCode(ErrorCode::kInvalidData), 65);
  EXPECT_EQ(exitCode(ErrorCode::kNotFound), 66);
  EXPECT_EQ(exitCode(ErrorCode::kDatabase), 70);
  EXPECT_EQ(exitCode(ErrorCode::kProtocol), 70);
  EXPECT_EQ(exitCode(ErrorCode::kProcess), 71);
  EXPECT_EQ(exitCode(ErrorCode::kAlreadyExists), 73);
  EXPECT_EQ(exitCode(ErrorCode::kIo), 74);
  EXPECT_EQ(exitCode(ErrorCode::kCanceled), 75);
  EXPECT_EQ(exitCode(ErrorCode::kInvalidConfig), 78);
}

TEST(CheckDeathTest, AbortsWithFileLineAndMessage) {
  RETORT_CHECK(true, "never seen");
  EXPECT_DEATH(RETORT_CHECK(1 > 2, "one is small"),
               "result_test.cpp:[0-9]+: .*one is small.*1 > 2");
}

}  // namespace
}  // namespace retort
