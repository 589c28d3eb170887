#include "core/agent/clock.h"

#include "core/base/file.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace retort {
namespace {

TEST(SystemClock, TellsTheTimeOfDay) {
  const std::int64_t before = wallClockMs();
  const std::int64_t now = SystemClock().wallMs();
  EXPECT_GE(now, before - 1);
  EXPECT_LE(now, wallClockMs() + 1);
}

TEST(SystemClock, NeverGoesBack) {
  const SystemClock clock;
  std::int64_t last = clock.steadyMs();
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t now = clock.steadyMs();
    EXPECT_GE(now, last);
    last = now;
  }
}

TEST(SystemClock, MeasuresWhatPasses) {
  const SystemClock clock;
  const std::int64_t start = clock.steadyMs();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_GE(clock.steadyMs() - start, 19);
}

}  // namespace
}  // namespace retort
