#include "trainers/training/probe_schedule.h"

#include "trainers/probes/registry.h"

namespace retort::train {

ProbeSchedule::ProbeSchedule(const SettingValues& settings, bool has_teacher) {
  for (const ProbeDefinition* probe : probeRegistry()) {
    const auto setting = settings.find(probeSettingKey(*probe));
    const auto every = setting != settings.end() && setting->second.is_number_integer()
                           ? setting->second.get<std::int64_t>()
                           : probe->default_every;
    if (every > 0 && (has_teacher || !probe->needs_teacher)) {
      entries_.push_back({.probe = probe, .every = every});
    }
  }
}

TraceSet ProbeSchedule::needs(std::int64_t step) const {
  TraceSet needs;
  for (const Entry& entry : entries_) {
    if (entry.isDue(step)) {
      needs |= entry.probe->needs;
    }
  }
  return needs;
}

std::vector<MetricPoint> ProbeSchedule::measure(std::int64_t step, const ProbeInput& input) const {
  std::vector<MetricPoint> points;
  for (const Entry& entry : entries_) {
    if (entry.isDue(step)) {
      entry.probe->measure(input, points);
    }
  }
  return points;
}

}  // namespace retort::train
