#include "trainers/training/stop_signals.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

#include <unistd.h>

namespace retort::train {

namespace {

// Signals change the whole process: each case runs in a child.

TEST(StopSignalsDeathTest, FirstSignalAsksForAStop) {
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1, SIGUSR2}) {
    EXPECT_EXIT(
        {
          StopSignals::install();
          const bool before = StopSignals::isStopRequested();
          raise(signal);
          const bool is_right =
              !before && StopSignals::isStopRequested() && StopSignals::signalNumber() == signal;
          _exit(is_right ? 0 : 1);
        },
        testing::ExitedWithCode(0),
        "");
  }
}

TEST(StopSignalsDeathTest, SecondSignalEndsAtOnce) {
  EXPECT_EXIT(
      {
        StopSignals::install();
        raise(SIGTERM);
        raise(SIGINT);
        _exit(0);
      },
      testing::ExitedWithCode(75),
      "");
}

TEST(StopSignalsDeathTest, ClosedPipesAndFileSizeLimitsDoNotKill) {
  EXPECT_EXIT(
      {
        StopSignals::install();
        raise(SIGPIPE);
        raise(SIGXFSZ);
        _exit(StopSignals::isStopRequested() ? 1 : 0);
      },
      testing::ExitedWithCode(0),
      "");
}

}  // namespace

}  // namespace retort::train
