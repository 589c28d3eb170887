#include "tests/trainers/models/tiny_encoder.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace retort::train {
namespace {

const std::map<std::string, std::string> kGoldenNames = {{"logits", "cls_loss"},
                                                         {"hidden", "rep_loss"},
                                                         {"attention_score", "attscore_loss"},
                                                         {"attention_map", "attmap_loss"},
                                                         {"attention_output", "output_loss"},
                                                         {"self_output", "sa_output_loss"},
                                                         {"context", "context_loss"}};

const std::map<std::string, std::vector<std::string>> kVariantLosses = {
    {"score", {"attention_score"}},
    {"map", {"attention_map"}},
    {"output", {"attention_output"}},
    {"unified", {"attention_map", "attention_output"}},
    {"context", {"context"}},
    {"sa", {"self_output"}},
    {"OI", {"attention_score", "attention_output"}},
    {"CI", {"attention_score", "attention_output"}},
    {"MI", {"attention_score", "attention_output"}},
};

/// "bert.encoder.layer.0.attention.self.query.weight" -> "L0/attention.self.query".
std::string goldenModule(const std::string& parameter) {
  const std::string prefix = "bert.encoder.layer.";
  if (!parameter.starts_with(prefix)) {
    return "other/" + parameter;
  }
  const std::string rest = parameter.substr(prefix.size());
  const auto dot = rest.find('.');
  return "L" + rest.substr(0, dot) + "/" + rest.substr(dot + 1, rest.rfind('.') - dot - 1);
}

}  // namespace

TokenBatch batchFromJson(const Json& json) {
  return {.input_ids = tensorOf(json.at("input_ids"), at::kLong),
          .attention_mask = tensorOf(json.at("input_mask"), at::kLong),
          .segment_ids = tensorOf(json.at("segment_ids"), at::kLong),
          .lengths = tensorOf(json.at("seq_lengths"), at::kLong),
          .labels = tensorOf(json.at("label_ids"), at::kLong)};
}

TinyEncoder::TinyEncoder(at::ScalarType type)
    : golden(testData("encoder_tiny_golden.json")),
      config(bertConfigFromJson(golden.at("config"), "tiny")),
      batch(batchFromJson(golden.at("batch"))),
      dtype(type) {}

NamedTensors TinyEncoder::parameters(const char* role) const {
  NamedTensors parameters;
  for (const ParameterShape& shape : bertParameterShapes(config)) {
    const at::Tensor flat =
        tensorOf(golden.at(role).at(shape.name)) / golden.at("unit").get<double>();
    parameters.push_back({shape.name, flat.reshape(shape.shape).to(dtype)});
  }
  return parameters;
}

BertConfig TinyEncoder::withoutDropout() const {
  return withDropout(config, {.hidden_dropout = 0.0, .attention_dropout = 0.0});
}

BertModel TinyEncoder::student(const BertConfig& with_config) const {
  BertModel model(with_config, parameters("student"), makeModelQuantization({}));
  model.setTrainable({});
  return model;
}

BertModel TinyEncoder::teacher() const {
  return BertModel(config, parameters("teacher"));
}

Distillation distillationOf(const std::string& variant) {
  SettingValues settings;
  for (const std::string& loss : kVariantLosses.at(variant)) {
    settings["distill." + loss + ".coefficient"] = 1.0;
  }
  return Distillation::fromSettings({.settings = settings});
}

Intervention interventionOf(const std::string& variant) {
  if (variant == "OI") {
    return Intervention::kOutput;
  }
  if (variant == "CI") {
    return Intervention::kContext;
  }
  return variant == "MI" ? Intervention::kMap : Intervention::kNone;
}

std::map<std::string, double> lossValues(const LossTerms& terms) {
  std::map<std::string, double> values = {{"loss", terms.total.item<double>()}};
  for (const LossComponent& component : terms.components) {
    values[kGoldenNames.at(component.name)] = component.value.item<double>();
  }
  return values;
}

LossTerms forwardBackward(const std::string& variant,
                          const BertModel& student,
                          const BertModel& teacher,
                          const TokenBatch& batch,
                          bool is_training) {
  const Distillation distillation = distillationOf(variant);
  ModelTrace teacher_trace;
  {
    const at::NoGradGuard no_grad;
    teacher_trace = teacher.forward(batch, {.trace = TraceSet::all()});
  }
  const ModelTrace trace = student.forward(batch,
                                           {.is_training = is_training,
                                            .trace = distillation.needs(),
                                            .intervention = interventionOf(variant),
                                            .teacher = &teacher_trace});
  LossTerms terms = distillation.evaluate({trace, teacher_trace, batch});
  terms.total.backward();
  return terms;
}

std::map<std::string, Json> moduleGradientNorms(const BertModel& model) {
  std::map<std::string, Json> norms;
  for (const NamedTensor& parameter : model.parameters()) {
    Json& norm = norms[goldenModule(parameter.name)];
    if (parameter.tensor.grad().defined()) {
      const double square = parameter.tensor.grad().to(at::kDouble).square().sum().item<double>();
      norm = std::hypot(norm.is_null() ? 0.0 : norm.get<double>(), std::sqrt(square));
    }
  }
  return norms;
}

double largestRelativeDifference(const std::map<std::string, Json>& values, const Json& golden) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double largest = values.size() == golden.size() ? 0 : kInfinity;
  for (const auto& [name, value] : values) {
    const auto found = golden.find(name);
    if (found == golden.end() || value.is_null() != found->is_null()) {
      return kInfinity;
    }
    if (!value.is_null()) {
      largest = std::max(largest, relativeDifference(value.get<double>(), found->get<double>()));
    }
  }
  return largest;
}

double largestRelativeDifference(const std::map<std::string, double>& values, const Json& golden) {
  return largestRelativeDifference(std::map<std::string, Json>(values.begin(), values.end()),
                                   golden);
}

}  // namespace retort::train
