#pragma once

#include "core/base/json.h"
#include "core/cli/command.h"

#include <string>
#include <vector>

namespace retort::cli {

enum class CheckLevel { kOk, kWarn, kFail };

/// One thing that was looked at.
struct CheckResult {
  CheckLevel level = CheckLevel::kOk;
  std::string subject;  ///< "trainer retort-train"
  std::string finding;  ///< what was found
  std::string advice;   ///< what to do; empty when nothing is to be done

  bool operator==(const CheckResult&) const = default;
};

/// Programs and libraries, trainers with their catalogues, devices, and the workspace: database,
/// states of runs, disk, agent. Takes some seconds at most.
[[nodiscard]] std::vector<CheckResult> examine(const Session& session);

/// "OK    subject  finding", advice on a line of its own.
[[nodiscard]] std::string reportText(const std::vector<CheckResult>& results, bool has_color);
[[nodiscard]] Json reportJson(const std::vector<CheckResult>& results);

/// 1 when anything failed, else 0.
[[nodiscard]] int reportExitCode(const std::vector<CheckResult>& results);

}  // namespace retort::cli
