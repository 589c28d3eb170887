#include "trainers/training/probe_schedule.h"

#include "trainers/training/generator_state.h"

#include <ATen/core/grad_mode.h>

#include <optional>

namespace retort::train {

namespace {

template <class T>
T valueOr(const SettingValues& settings, const std::string& key, T fallback) {
  const auto found = settings.find(key);
  return found == settings.end() || found->second.is_null() ? fallback : found->second.get<T>();
}

/// Traces of both models from one pass.
struct TracePair {
  ModelTrace student;
  std::optional<ModelTrace> teacher;
};

TracePair runModels(const ProbeInput& input, ProbePass pass, TraceSet needs) {
  const at::NoGradGuard no_grad;
  const ForwardOptions options{.is_training = pass == ProbePass::kDropout, .trace = needs};
  TracePair traces{.student = input.training.student->forward(input.batch, options),
                   .teacher = std::nullopt};
  if (input.training.teacher != nullptr) {
    traces.teacher = teacherTrace(input.training, input.batch, options);
  }
  return traces;
}

}  // namespace

ProbeSchedule::ProbeSchedule(const SettingValues& settings,
                             bool has_teacher,
                             const std::vector<const ProbeDefinition*>& probes)
    : settings_(settings) {
  for (const ProbeDefinition* probe : probes) {
    const auto every =
        valueOr<std::int64_t>(settings, probeIntervalKey(*probe), probe->default_every);
    if (every > 0 && (has_teacher || !probe->needs_teacher)) {
      const auto defects = valueOr<std::string>(settings, probeDefectsKey(*probe), "fixed");
      entries_.push_back({.probe = probe,
                          .every = every,
                          .is_published = probe->published && defects == "published"});
    }
  }
}

std::vector<ProbeSchedule::Entry> ProbeSchedule::dueAt(std::int64_t step) const {
  std::vector<Entry> due;
  for (const Entry& entry : entries_) {
    if (entry.isDue(step)) {
      due.push_back(entry);
    }
  }
  return due;
}

TraceSet ProbeSchedule::needs(std::int64_t step) const {
  TraceSet needs;
  for (const Entry& entry : dueAt(step)) {
    if (entry.pass() == ProbePass::kTraining) {
      needs |= entry.probe->needs;
    }
  }
  return needs;
}

std::vector<MetricPoint> ProbeSchedule::measure(std::int64_t step, const ProbeInput& input) {
  const std::vector<Entry> due = dueAt(step);
  if (due.empty()) {
    return {};
  }
  const NamedTensors generators = generatorStates(input.device);
  std::map<ProbePass, TraceSet> needs;
  for (const Entry& entry : due) {
    needs[entry.pass()] |= entry.probe->needs;
  }
  std::map<ProbePass, TracePair> traces;
  for (const auto& [pass, parts] : needs) {
    if (pass != ProbePass::kTraining && input.training.student != nullptr) {
      traces.emplace(pass, runModels(input, pass, parts));
    }
  }
  std::vector<MetricPoint> points;
  for (const Entry& entry : due) {
    ProbeInput own = input;
    own.settings = &settings_;
    own.is_published = entry.is_published;
    own.memory = &memory_[entry.probe->spec.name];
    if (const auto found = traces.find(entry.pass()); found != traces.end()) {
      own.student = &found->second.student;
      own.teacher = found->second.teacher ? &*found->second.teacher : nullptr;
    }
    entry.probe->measure(own, points);
  }
  setGeneratorStates(generators, input.device);
  return points;
}

TensorMap ProbeSchedule::memory() const {
  TensorMap all;
  for (const auto& [probe, tensors] : memory_) {
    for (const auto& [name, tensor] : tensors) {
      all[probe + "/" + name] = tensor;
    }
  }
  return all;
}

void ProbeSchedule::setMemory(const TensorMap& memory) {
  memory_.clear();
  for (const auto& [name, tensor] : memory) {
    const auto slash = name.find('/');
    memory_[name.substr(0, slash)][name.substr(slash + 1)] = tensor;
  }
}

}  // namespace retort::train
