#include "trainers/settings/loop_settings.h"

#include "trainers/train_error.h"

#include <fmt/format.h>

namespace retort::train {

const SettingGroup<LoopSettings>& loopSettings() {
  static const auto kGroup =
      SettingGroup<LoopSettings>()
          .add(&LoopSettings::epochs,
               {.key = "train.epochs",
                .documentation = "passes over the training rows; train.steps takes precedence",
                .unit = "epochs",
                .minimum = 1,
                .maximum = 1e6})
          .add(&LoopSettings::steps,
               {.key = "train.steps",
                .documentation = "number of updates; 0: as many as train.epochs asks for",
                .unit = "steps",
                .minimum = 0,
                .maximum = 1e9})
          .add(&LoopSettings::spent_steps,
               {.key = "train.spent_steps",
                .documentation =
                    "updates of train.epochs that an earlier run of the same budget has "
                    "made: this run makes so many less",
                .unit = "steps",
                .minimum = 0,
                .maximum = 1e9,
                .when = {{.key = "train.steps", .any_of = {0}}}})
          .add(&LoopSettings::batch,
               {.key = "train.batch",
                .documentation = "rows of one forward and backward pass",
                .unit = "rows",
                .minimum = 1,
                .maximum = 65536})
          .add(&LoopSettings::gradient_accumulation_steps,
               {.key = "train.gradient_accumulation_steps",
                .documentation = "passes whose gradients make one update, in the memory of one: an "
                                 "update is of train.batch times as many rows, and its losses are "
                                 "those of all of them together (means over tokens count every "
                                 "judged token the same); probes see the last pass",
                .unit = "passes",
                .minimum = 1,
                .maximum = 65536})
          .add(&LoopSettings::eval_batch,
               {.key = "train.eval_batch",
                .documentation = "rows that are evaluated at once; 0: as train.batch",
                .unit = "rows",
                .minimum = 0,
                .maximum = 65536})
          .add(&LoopSettings::eval_every,
               {.key = "train.eval_every",
                .documentation = "steps between evaluations; 0: after each epoch",
                .unit = "steps",
                .minimum = 0})
          .add(&LoopSettings::bad_steps,
               {.key = "train.bad_steps",
                .documentation = "the run has diverged at this many steps with a loss or gradient "
                                 "that is not finite; the ones before are skipped",
                .unit = "steps",
                .minimum = 1})
          .add(&LoopSettings::log_every,
               {.key = "log.every",
                .documentation = "steps between points of the training curves (means over them)",
                .unit = "steps",
                .minimum = 1});
  return kGroup;
}

std::int64_t plannedSteps(const LoopSettings& settings, std::int64_t batches_per_epoch) {
  if (settings.steps > 0) {
    return settings.steps;
  }
  const std::int64_t budget = settings.epochs * batches_per_epoch;
  if (settings.spent_steps >= budget) {
    throw TrainError(ExitCode::kBadSpec,
                     fmt::format("train.spent_steps is {}, but train.epochs: {} gives {} updates "
                                 "in all; nothing is left to train",
                                 settings.spent_steps,
                                 settings.epochs,
                                 budget));
  }
  return budget - settings.spent_steps;
}

const SettingGroup<CheckpointSettings>& checkpointSettings() {
  static const auto kGroup =
      SettingGroup<CheckpointSettings>()
          .add(&CheckpointSettings::every,
               {.key = "checkpoint.every",
                .documentation = "steps between checkpoints; 0: only when the run is stopped",
                .unit = "steps",
                .minimum = 0,
                .affects_result = false})
          .add(&CheckpointSettings::keep,
               {.key = "checkpoint.keep",
                .documentation = "how many checkpoints are kept",
                .minimum = 1,
                .maximum = 1000,
                .affects_result = false})
          .add(&CheckpointSettings::best,
               {.key = "checkpoint.best",
                .documentation = "also keep the model of the best evaluation (model-best/)",
                .affects_result = false});
  return kGroup;
}

}  // namespace retort::train
