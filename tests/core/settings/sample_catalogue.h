#pragma once

#include "core/settings/catalogue.h"

namespace retort::testing {

inline SettingSpec setting(std::string key, SettingType type, Json default_value = nullptr) {
  SettingSpec spec;
  spec.key = std::move(key);
  spec.type = type;
  spec.default_value = std::move(default_value);
  spec.documentation = "documentation of " + spec.key;
  return spec;
}

inline SettingSpec choice(std::string key, std::vector<std::string> choices) {
  SettingSpec spec = setting(std::move(key), SettingType::kChoice, choices.front());
  spec.choices = std::move(choices);
  return spec;
}

inline SettingSpec when(SettingSpec spec, std::string key, std::vector<Json> any_of) {
  spec.when.push_back({std::move(key), std::move(any_of), {}});
  return spec;
}

inline SettingSpec distillationLoss(const std::string& name, double coefficient) {
  SettingSpec spec = setting("distill." + name + ".coefficient", SettingType::kReal, coefficient);
  spec.minimum = 0;
  spec.is_shorthand = true;
  return when(spec, "phase", {"kd_qat"});
}

/// Small, but with one of each thing: the shape of retort-train's own catalogue.
inline Catalogue sampleCatalogue() {
  Catalogue catalogue;
  catalogue.trainer = "retort-train";
  catalogue.release = "1";
  std::vector<SettingSpec>& settings = catalogue.settings;

  settings.push_back(choice("phase", {"kd_qat", "finetune"}));
  settings.push_back(setting("seed", SettingType::kInteger, 42));
  settings.back().is_seed = true;
  settings.back().minimum = 0;
  settings.push_back(setting("device", SettingType::kString, "auto"));
  settings.back().affects_result = false;
  settings.push_back(setting("deterministic", SettingType::kBool, true));

  settings.push_back(when(setting("model.init", SettingType::kPath), "phase", {"finetune"}));
  settings.back().choices = {"random"};
  settings.back().is_required = true;
  settings.push_back(when(setting("model.teacher", SettingType::kPath), "phase", {"kd_qat"}));
  settings.back().is_required = true;
  settings.push_back(
      when(setting("model.student", SettingType::kPath, "teacher"), "phase", {"kd_qat"}));
  settings.back().choices = {"teacher"};
  settings.push_back(setting("model.hidden_dropout", SettingType::kReal));
  settings.back().minimum = 0;
  settings.back().maximum = 1;
  settings.push_back(when(
      setting("model.architecture.layers", SettingType::kInteger, 4), "model.init", {"random"}));
  settings.back().minimum = 1;

  settings.push_back(choice("data.task", {"agreement", "sst2", "cola"}));
  settings.push_back(when(setting("data.path", SettingType::kPath), "data.task", {"sst2", "cola"}));
  settings.back().is_required = true;

  settings.push_back(setting("train.epochs", SettingType::kInteger, 3));
  settings.back().minimum = 1;
  settings.back().maximum = 1000;
  settings.push_back(setting("train.batch", SettingType::kInteger, 32));
  settings.back().minimum = 1;
  settings.push_back(setting("train.learning_rate", SettingType::kReal, 2e-5));
  settings.back().minimum = 0;
  settings.back().is_minimum_exclusive = true;

  settings.push_back(when(
      choice("quant.weight.scheme", {"ternary", "none", "int4", "int8"}), "phase", {"kd_qat"}));
  settings.push_back(
      when(choice("quant.weight.granularity", {"tensor", "row"}), "phase", {"kd_qat"}));
  settings.back().when.push_back({"quant.weight.scheme", {}, {"none"}});
  settings.push_back(when(setting("quant.weight.threshold_factor", SettingType::kReal, 0.7),
                          "quant.weight.scheme",
                          {"ternary"}));
  settings.push_back(
      when(setting("quant.activation.bits", SettingType::kInteger, 8), "phase", {"kd_qat"}));

  settings.push_back(distillationLoss("logits", 1));
  settings.push_back(distillationLoss("attention_score", 0));
  settings.push_back(distillationLoss("attention_map", 0));
  settings.push_back(distillationLoss("attention_output", 0));

  settings.push_back(setting("freeze", SettingType::kStringList, Json::array()));
  settings.back().presets = {{"none", Json::array()}, {"ov", {"o", "v"}}};

  settings.push_back(choice("recipe", {"none", "paper"}));
  settings.back().affects_result = false;
  settings.back().presets["paper"] = {
      {{"settings", {{"train.batch", 8}, {"train.epochs", 5}}}, {"source", "arXiv 2211.11014"}},
      {{"when", {{"data.task", {"cola"}}}},
       {"settings", {{"train.batch", 16}, {"quant.activation.bits", 4}}}},
      {{"when", {{"data.task", {"sst2", "cola"}}}},
       {"unless", {{"train.epochs", {5}}}},
       {"settings", {{"train.batch", 64}}}}};

  catalogue.metrics.push_back({"eval.accuracy", {}, "", "max", "share of correct answers", "", ""});
  catalogue.metrics.push_back({"train.loss", {}, "", "min", "", "", ""});
  catalogue.metrics.push_back({"grad_norm", {"layer", "projection"}, "", "", "", "", ""});
  catalogue.techniques.push_back({"distillation_loss",
                                  "attention_map",
                                  "cross entropy of attention maps",
                                  "-mean(p_t log p_s)",
                                  "arXiv 2211.11014, eq. 5",
                                  {"distill.attention_map.coefficient"}});
  return catalogue;
}

}  // namespace retort::testing
