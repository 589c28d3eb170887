#pragma once

#include <exception>
#include <string>

namespace retort::train {

/// Why a run failed, as the exit code and one sentence.
struct Failure {
  int exit_code = 70;
  std::string message;

  bool operator==(const Failure&) const = default;
};

/// Turns any exception into a failure: TrainError has its own code (the contract's); everything
/// else is a crash that the agent tries again: 71 out of memory, 74 input/output, 70 the rest.
[[nodiscard]] Failure describeFailure(const std::exception_ptr& exception);

}  // namespace retort::train
