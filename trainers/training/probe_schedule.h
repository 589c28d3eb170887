#pragma once

#include "core/settings/resolve.h"
#include "trainers/io/safetensors.h"
#include "trainers/probes/registry.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace retort::train {

/// Which probes measure at which step: each at step 1 and at every multiple of its interval.
class ProbeSchedule {
 public:
  /// Reads the settings of the probes; those that need a teacher are left out when there is none.
  ProbeSchedule(const SettingValues& settings,
                bool has_teacher,
                const std::vector<const ProbeDefinition*>& probes = probeRegistry());

  /// What the step's own forward passes must trace.
  [[nodiscard]] TraceSet needs(std::int64_t step) const;

  /// The points of all probes that are due at that step. Further forward passes (ProbePass) are
  /// made once for all of them, where `input` has models; without models, all look at the given
  /// traces. The states of the random generators are as before.
  [[nodiscard]] std::vector<MetricPoint> measure(std::int64_t step, const ProbeInput& input);

  /// What the probes keep between measurements, by "<probe>/<name>": part of a checkpoint.
  [[nodiscard]] TensorMap memory() const;
  void setMemory(const TensorMap& memory);

 private:
  struct Entry {
    const ProbeDefinition* probe = nullptr;
    std::int64_t every = 0;
    bool is_published = false;

    [[nodiscard]] bool isDue(std::int64_t step) const { return step == 1 || step % every == 0; }

    [[nodiscard]] ProbePass pass() const {
      return is_published ? probe->published->pass : probe->pass;
    }
  };

  [[nodiscard]] std::vector<Entry> dueAt(std::int64_t step) const;

  SettingValues settings_;
  std::vector<Entry> entries_;
  std::map<std::string, std::map<std::string, at::Tensor>> memory_;
};

}  // namespace retort::train
