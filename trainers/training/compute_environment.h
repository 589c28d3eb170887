#pragma once

#include "core/base/json.h"
#include "trainers/settings/run_settings.h"

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <string>

namespace retort::train {

/// The process-wide state of LibTorch for one run: threads, deterministic algorithms, warnings. The
/// destructor takes the warning handler out again.
class ComputeEnvironment {
 public:
  /// `warn` receives each different warning of LibTorch once; in deterministic mode those that say
  /// which operation has no deterministic form are marked "not reproducible".
  ComputeEnvironment(const RunSettings& settings, std::function<void(const std::string&)> warn);
  ~ComputeEnvironment();
  ComputeEnvironment(const ComputeEnvironment&) = delete;
  ComputeEnvironment& operator=(const ComputeEnvironment&) = delete;

  /// Facts for the `environment` event: host, pid, device, threads, versions.
  [[nodiscard]] static Json describe(const at::Device& device, const RunSettings& settings);

 private:
  class Warnings;
  std::unique_ptr<Warnings> warnings_;
};

/// Threads to compute with: the setting, else RETORT_THREADS (what the agent grants), else all
/// cores that this process may use.
int grantedThreads(std::int64_t setting, const char* granted);

}  // namespace retort::train
