#pragma once

#include "core/settings/resolve.h"
#include "trainers/probes/probe.h"

#include <cstdint>
#include <vector>

namespace retort::train {

/// Which probes measure at which step: each at step 1 and at every multiple of its interval.
class ProbeSchedule {
 public:
  /// Reads probe.<name>.every; probes that need a teacher are left out when there is none.
  ProbeSchedule(const SettingValues& settings, bool has_teacher);

  /// What the forward passes of that step must trace.
  [[nodiscard]] TraceSet needs(std::int64_t step) const;

  /// The points of all probes that are due at that step.
  [[nodiscard]] std::vector<MetricPoint> measure(std::int64_t step, const ProbeInput& input) const;

 private:
  struct Entry {
    const ProbeDefinition* probe = nullptr;
    std::int64_t every = 0;

    [[nodiscard]] bool isDue(std::int64_t step) const { return step == 1 || step % every == 0; }
  };

  std::vector<Entry> entries_;
};

}  // namespace retort::train
