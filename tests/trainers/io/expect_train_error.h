#pragma once

#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace retort::train::testing {

/// The message of the TrainError that `action` throws; fails the test when it throws none or with
/// another exit code.
inline std::string errorOf(ExitCode exit_code, const std::function<void()>& action) {
  try {
    action();
  } catch (const TrainError& error) {
    EXPECT_EQ(static_cast<int>(error.exitCode()), static_cast<int>(exit_code)) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

}  // namespace retort::train::testing
