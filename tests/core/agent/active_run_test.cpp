#include "core/agent/active_run.h"

#include <gtest/gtest.h>

#include <csignal>

namespace retort {
namespace {

constexpr std::int64_t kBegin = 1'000'000;

ActiveRun watchedRun() {
  ActiveRun run;
  beginWatch(run, kBegin, 0);
  return run;
}

TEST(ActiveRun, IsSentTermOnceACauseIsSet) {
  ActiveRun run = watchedRun();
  EXPECT_EQ(takeDueSignal(run, {}, kBegin), std::nullopt);

  run.cause = StopCause::kRequest;

  EXPECT_EQ(takeDueSignal(run, {}, kBegin), SIGTERM);
  EXPECT_EQ(takeDueSignal(run, {}, kBegin + 29'999), std::nullopt);
  EXPECT_EQ(takeDueSignal(run, {}, kBegin + 30'000), SIGKILL);
  EXPECT_EQ(takeDueSignal(run, {}, kBegin + 90'000), std::nullopt);
}

TEST(ActiveRun, IsKilledAtOnceWhenItBreaksTheProtocol) {
  ActiveRun run = watchedRun();
  run.refusal = "protocol 999";

  EXPECT_EQ(takeDueSignal(run, {}, kBegin), SIGKILL);
}

TEST(ActiveRun, ReachesItsTimeLimitOnce) {
  ActiveRun run = watchedRun();
  run.time_limit_ms = 5'000;

  EXPECT_FALSE(checkLimits(run, {}, kBegin + 4'999));
  EXPECT_TRUE(checkLimits(run, {}, kBegin + 5'000));
  EXPECT_EQ(run.cause, StopCause::kTimeLimit);
  EXPECT_FALSE(checkLimits(run, {}, kBegin + 6'000)) << "decided already";
}

TEST(ActiveRun, CountsTheTimeBeforeItWasTakenBack) {
  ActiveRun run;
  run.time_limit_ms = 5'000;
  beginWatch(run, kBegin, 4'000);

  EXPECT_TRUE(checkLimits(run, {}, kBegin + 1'000));
}

TEST(ActiveRun, IgnoresAnAgeThatIsNegativeBecauseAClockJumped) {
  ActiveRun run;
  beginWatch(run, kBegin, -500'000);

  EXPECT_EQ(run.started_ms, kBegin);
}

TEST(ActiveRun, HangsWithoutEventsAndWithoutProcessorTime) {
  ActiveRun run = watchedRun();
  noteCpuTicks(run, 10, kBegin + 15'000);
  noteCpuTicks(run, 10, kBegin + 30'000);

  EXPECT_FALSE(checkLimits(run, {}, kBegin + 119'999));
  EXPECT_TRUE(checkLimits(run, {}, kBegin + 120'000));
  EXPECT_EQ(run.cause, StopCause::kHang);
}

TEST(ActiveRun, DoesNotHangWhileItComputes) {
  ActiveRun run = watchedRun();
  noteCpuTicks(run, 10, kBegin + 15'000);
  noteCpuTicks(run, 99, kBegin + 100'000);

  EXPECT_FALSE(checkLimits(run, {}, kBegin + 219'999));
  EXPECT_TRUE(checkLimits(run, {}, kBegin + 220'000));
}

TEST(ActiveRun, HangsAfterALongSilenceEvenWhenItComputes) {
  ActiveRun run = watchedRun();
  for (std::int64_t ticks = 1; ticks < 1'000; ++ticks) {
    noteCpuTicks(run, ticks, kBegin + ticks * 10'000);
  }

  EXPECT_TRUE(checkLimits(run, {}, kBegin + 1'800'000));
}

TEST(ActiveRun, IsAliveAgainWithEveryEvent) {
  ActiveRun run = watchedRun();

  EXPECT_TRUE(noteEventFile(run, 100, kBegin + 100'000));
  EXPECT_FALSE(noteEventFile(run, 100, kBegin + 110'000)) << "nothing new to read";

  EXPECT_FALSE(checkLimits(run, {}, kBegin + 200'000));
  EXPECT_TRUE(checkLimits(run, {}, kBegin + 220'000));
}

TEST(ActiveRun, MeasuresProcessorTimeOnlyWhenItIsSilent) {
  ActiveRun run = watchedRun();

  EXPECT_FALSE(isCpuCheckDue(run, {}, kBegin + 14'999));
  EXPECT_TRUE(isCpuCheckDue(run, {}, kBegin + 15'000));
  noteCpuTicks(run, 1, kBegin + 15'000);
  EXPECT_FALSE(isCpuCheckDue(run, {}, kBegin + 16'000));
}

}  // namespace
}  // namespace retort
