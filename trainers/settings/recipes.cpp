#include "trainers/settings/recipes.h"

#include "core/settings/preset.h"

#include <utility>

namespace retort::train {

namespace {

constexpr const char* kKim2022 = "kim2022";
constexpr const char* kOvFreeze2024 = "ovfreeze2024";

/// Defaults of the authors' code; `source` is a place in MarsJacobs/kd-qat-large-enc.
Json kim2022(std::vector<SettingCondition> when,
             std::map<std::string, Json> settings,
             std::string source) {
  return toJson(Preset{std::move(when), std::move(settings), std::move(source)}, "recipe");
}

/// What depends on the task: rows of a batch, padded length, steps between evaluations.
Json kim2022Task(const char* task, int batch, int max_length, int eval_every) {
  return kim2022(
      {{.key = "data.task", .any_of = {task}}},
      {{"train.batch", batch}, {"data.max_length", max_length}, {"train.eval_every", eval_every}},
      "main.py:392-401");
}

/// Evaluations are rarer on augmented rows, of which there are 20 to 30 times as many.
Json kim2022Augmented(const char* task, int eval_every) {
  return kim2022(
      {{.key = "data.task", .any_of = {task}}, {.key = "data.augmentation", .none_of = {0}}},
      {{"train.eval_every", eval_every}},
      "main.py:392-401");
}

/// The same for base and large models.
Json kim2022Training() {
  return kim2022({},
                 {{"train.epochs", 3},
                  {"train.learning_rate", 2e-5},
                  {"train.schedule", "linear"},
                  {"train.warmup", 0.1},
                  {"train.optimizer", "bert_adam"},
                  {"train.weight_decay", 0.01},
                  {"train.clip_tensor", 1.0},
                  {"train.clip_global", 0.0},
                  {"data.padding", "fixed"}},
                 "main.py:470, 589-601; optimization.py:162-298; run_*.sh");
}

/// Ternary weights, one scale a matrix (embeddings: one a row), 8-bit activations, and the losses
/// that all methods of the paper share.
Json kim2022Quantization() {
  return kim2022({{.key = "phase", .any_of = {"kd_qat"}}},
                 {{"quant.weight.scheme", "ternary"},
                  {"quant.weight.granularity", "tensor"},
                  {"quant.embedding.scheme", "ternary"},
                  {"quant.activation.bits", 8},
                  {"quant.clip", 2.5},
                  {"distill.logits.coefficient", 1.0},
                  {"distill.hidden.coefficient", 1.0}},
                 "utils_quant.py:12-59, 119-167, 265-317; main.py:646-770");
}

/// A later one wins over those before it.
Json kim2022Presets() {
  return {kim2022Training(),
          kim2022Quantization(),
          kim2022Task("cola", 16, 64, 50),
          kim2022Task("sst2", 32, 64, 100),
          kim2022Task("mrpc", 32, 128, 50),
          kim2022Task("stsb", 32, 128, 100),
          kim2022Task("qqp", 32, 128, 1000),
          kim2022Task("qnli", 32, 128, 1000),
          kim2022Task("mnli", 32, 128, 8000),
          kim2022Task("rte", 32, 128, 20),
          kim2022Augmented("cola", 400),
          kim2022Augmented("rte", 100)};
}

/// The paper does not give its hyper-parameters: these are those of its authors' public pipeline.
Json aimet(std::vector<SettingCondition> when, std::map<std::string, Json> settings) {
  return toJson(Preset{std::move(when),
                       std::move(settings),
                       "quic/aimet, Examples/torch/quantization/llm_qat_kd"},
                "recipe");
}

Json ovFreeze2024Presets() {
  return {aimet({},
                {{"train.epochs", 1},
                 {"train.batch", 8},
                 {"data.max_length", 1024},
                 {"train.learning_rate", 1e-6},
                 {"train.schedule", "linear"},
                 {"train.warmup", 0.0},
                 {"train.optimizer", "adamw"},
                 {"train.epsilon", 1e-6},
                 {"train.weight_decay", 0.1},
                 {"train.clip_tensor", 0.0},
                 {"train.clip_global", 0.5}}),
          aimet({{.key = "phase", .any_of = {"kd_qat"}}},
                {{"quant.weight.scheme", "symmetric"},
                 {"quant.weight.bits", 4},
                 {"quant.weight.granularity", "row"},
                 {"quant.activation.bits", 0},
                 {"distill.logits.coefficient", 0.0},
                 {"distill.hidden.coefficient", 0.0},
                 {"distill.kl.coefficient", 0.5},
                 {"distill.kl.reduction", "sequence_sum"},
                 {"distill.ground_truth.coefficient", 0.5},
                 {"distill.ground_truth.reduction", "mean"}})};
}

}  // namespace

const SettingGroup<RecipeSettings>& recipeSettings() {
  static const auto kGroup = SettingGroup<RecipeSettings>().add(
      &RecipeSettings::recipe,
      {.key = "recipe",
       .documentation = "defaults of a paper, by task; every other setting that is given wins",
       .choices = {"none", kKim2022, kOvFreeze2024},
       .presets = {{kKim2022, kim2022Presets()}, {kOvFreeze2024, ovFreeze2024Presets()}},
       .affects_result = false});
  return kGroup;
}

std::vector<TechniqueSpec> recipeTechniques() {
  return {{.kind = "recipe",
           .name = kKim2022,
           .documentation =
               "\"Understanding and Improving KD for QAT of Large Transformer Encoders\": GLUE "
               "with ternary weights and 8-bit activations. The paper reports the best evaluation "
               "on the dev set: 'report: {at: best}' of an experiment does the same and says so",
           .source = "arXiv 2211.11014; MarsJacobs/kd-qat-large-enc",
           .settings = {"recipe"}},
          {.kind = "recipe",
           .name = kOvFreeze2024,
           .documentation =
               "\"Oh! We Freeze\": language models with 4-bit weights, one scale for each output "
               "channel, from half the divergence from the teacher and half the cross entropy. The "
               "paper leaves its hyper-parameters open; these are of its authors' public pipeline, "
               "whose divergence is a sum over the positions (distill.kl.reduction: token_mean "
               "makes it the mean)",
           .source = "arXiv 2403.18159; quic/aimet, llm_qat_kd",
           .settings = {"recipe"}}};
}

}  // namespace retort::train
