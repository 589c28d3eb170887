#include "trainers/schedules/schedule.h"

#include "trainers/train_error.h"

#include <algorithm>

#include <fmt/format.h>

namespace retort::train {
namespace {

/// The factor after the warm-up; x in [warmup, 1].
struct Schedule {
  TechniqueSpec spec;
  double (*factor)(double x, double warmup);
};

double linearFactor(double x, double warmup) {
  return warmup < 1 ? std::max(0.0, (1 - x) / (1 - warmup)) : 0.0;
}

const std::vector<Schedule>& scheduleTable() {
  static const std::vector<Schedule> kSchedules = {
      {.spec = {.kind = "schedule",
                .name = "linear",
                .documentation = "rises over the warm-up, then falls to 0 at the end",
                .formula = "\\eta\\,\\min(x/w, (1-x)/(1-w))",
                .source = "BertAdam's WarmupLinearSchedule",
                .settings = {"train.learning_rate", "train.warmup"}},
       .factor = linearFactor},
      {.spec = {.kind = "schedule",
                .name = "constant",
                .documentation = "rises over the warm-up, then stays",
                .formula = "\\eta\\,\\min(1, x/w)",
                .source = "BertAdam's WarmupConstantSchedule",
                .settings = {"train.learning_rate", "train.warmup"}},
       .factor =
           [](double, double) {
             return 1.0;
           }},
  };
  return kSchedules;
}

const Schedule& findSchedule(const std::string& name) {
  for (const Schedule& schedule : scheduleTable()) {
    if (schedule.spec.name == name) {
      return schedule;
    }
  }
  throw TrainError(ExitCode::kBadSpec, fmt::format("unknown schedule '{}'", name));
}

std::vector<std::string> scheduleNames() {
  std::vector<std::string> names;
  for (const Schedule& schedule : scheduleTable()) {
    names.push_back(schedule.spec.name);
  }
  return names;
}

}  // namespace

const SettingGroup<ScheduleSettings>& scheduleSettings() {
  static const auto kGroup =
      SettingGroup<ScheduleSettings>()
          .add(&ScheduleSettings::learning_rate,
               {.key = "train.learning_rate", .documentation = "peak learning rate", .minimum = 0})
          .add(&ScheduleSettings::schedule,
               {.key = "train.schedule",
                .documentation = "learning rate over the run",
                .choices = scheduleNames()})
          .add(&ScheduleSettings::warmup,
               {.key = "train.warmup",
                .documentation = "part of the run over which the learning rate rises from 0",
                .minimum = 0,
                .maximum = 1});
  return kGroup;
}

std::vector<TechniqueSpec> scheduleSpecs() {
  std::vector<TechniqueSpec> specs;
  for (const Schedule& schedule : scheduleTable()) {
    specs.push_back(schedule.spec);
  }
  return specs;
}

double learningRate(const ScheduleSettings& settings, std::int64_t step, std::int64_t total_steps) {
  const Schedule& schedule = findSchedule(settings.schedule);
  const double x = std::min(1.0, static_cast<double>(step) / static_cast<double>(total_steps));
  const double factor =
      x < settings.warmup ? x / settings.warmup : schedule.factor(x, settings.warmup);
  return settings.learning_rate * factor;
}

}  // namespace retort::train
