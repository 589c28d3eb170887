#include "trainers/settings/run_settings.h"

namespace retort::train {

const SettingGroup<RunSettings>& runSettings() {
  static const auto kGroup =
      SettingGroup<RunSettings>()
          .add(&RunSettings::phase,
               {.key = "phase",
                .documentation = "what the run does: fine-tune a model on a task, train a "
                                 "language model on text, train a quantized student against its "
                                 "teacher, or write texts with a teacher",
                .choices = {"finetune", "pretrain", "kd_qat", "generate"},
                .presets = {{"generate", Json::array({{{"settings", {{"train.epochs", 1}}}}})}}})
          .add(&RunSettings::seed,
               {.key = "seed",
                .documentation =
                    "seed of the weights' initialization, the order of rows and dropout",
                .minimum = 0,
                .is_seed = true})
          .add(&RunSettings::dtype,
               {.key = "dtype",
                .documentation = "type of weights and activations",
                .choices = {"float32", "float64"}})
          .add(&RunSettings::numerics,
               {.key = "numerics",
                .documentation = "reference: the formulas as the papers' own code computes them",
                .choices = {"reference"}})
          .add(
              &RunSettings::device,
              {.key = "device",
               .documentation = "where to compute: auto (the first GPU if there is one), cpu, cuda "
                                "or cuda:N",
               .affects_result = false})
          .add(&RunSettings::threads,
               {.key = "threads",
                .documentation = "threads to compute with; 0: what the agent grants",
                .unit = "threads",
                .minimum = 0,
                .maximum = 4096,
                .affects_result = false})
          .add(&RunSettings::deterministic,
               {.key = "deterministic",
                .documentation = "use only algorithms that give the same numbers every time"});
  return kGroup;
}

}  // namespace retort::train
