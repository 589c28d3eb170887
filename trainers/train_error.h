#pragma once

#include <stdexcept>
#include <string>

namespace retort::train {

/// The exit codes of the trainer contract (ARCHITECTURE.md).
enum class ExitCode : int {
  kFinished = 0,
  kDiverged = 2,
  kBadData = 65,
  kMissingInput = 66,
  kStopped = 75,
  kBadSpec = 78,
};

/// A failure that ends the run with one clear sentence and a meaningful exit code. `main` catches
/// it once.
class TrainError : public std::runtime_error {
 public:
  TrainError(ExitCode exit_code, const std::string& message)
      : std::runtime_error(message),
        exit_code_(exit_code) {}

  [[nodiscard]] ExitCode exitCode() const { return exit_code_; }

 private:
  ExitCode exit_code_;
};

}  // namespace retort::train
