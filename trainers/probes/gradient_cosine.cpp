#include "trainers/probes/gradient_cosine.h"

#include "trainers/analysis/gradient_statistics.h"
#include "trainers/analysis/probed_loss.h"
#include "trainers/models/parameter_place.h"

#include <map>
#include <string>

namespace retort::train {

namespace {

struct CosineSettings {
  bool task = true;
};

const SettingGroup<CosineSettings>& cosineSettings() {
  static const auto kGroup = SettingGroup<CosineSettings>().add(
      &CosineSettings::task,
      {.key = "probe.gradient_cosine.task",
       .documentation = "also compare with the task loss on the labels (as \"task\")"});
  return kGroup;
}

struct NamedGradient {
  std::string name;
  TensorList gradient;
};

/// Of all losses in the run's own order; of the task loss at the end.
std::vector<NamedGradient> gradientsOf(const ProbeInput& input, bool with_task) {
  const TensorList parameters = tensorsOf(*input.parameters);
  const ProbedTraining& training = input.training;
  const LossTerms terms = training.objective(*training.student, input.batch);
  std::vector<NamedGradient> gradients;
  for (std::size_t i = 0; i < terms.weighted.size(); ++i) {
    if (terms.components[i].coefficient != 0 && terms.weighted[i].requires_grad()) {
      gradients.push_back(
          {terms.components[i].name, gradientOf(terms.weighted[i], parameters, GraphUse::kAgain)});
    }
  }
  const bool has_task = !gradients.empty() && gradients.front().name == "task";
  if (with_task && !has_task) {
    gradients.push_back({"task", gradientOf(probedLoss(input, "task", input.batch)(), parameters)});
  }
  return gradients;
}

/// Indices of the parameters of each encoder layer.
std::map<int, std::vector<std::size_t>> layersOf(const NamedTensors& parameters) {
  std::map<int, std::vector<std::size_t>> layers;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (const int layer = parameterPlace(parameters[i].name).layer; layer >= 0) {
      layers[layer].push_back(i);
    }
  }
  return layers;
}

TensorList selected(const TensorList& tensors, const std::vector<std::size_t>& indices) {
  TensorList chosen;
  for (const std::size_t index : indices) {
    chosen.push_back(tensors[index]);
  }
  return chosen;
}

void addPair(const NamedGradient& first,
             const NamedGradient& second,
             const std::map<int, std::vector<std::size_t>>& layers,
             std::vector<MetricPoint>& points) {
  const std::string pair = first.name + "/" + second.name;
  if (const auto value = cosine(first.gradient, second.gradient)) {
    points.push_back({.series = {.metric = "gradient_cosine", .component = pair}, .value = *value});
  }
  for (const auto& [layer, indices] : layers) {
    const auto value =
        cosine(selected(first.gradient, indices), selected(second.gradient, indices));
    if (value) {
      points.push_back(
          {.series = {.metric = "gradient_cosine_layer", .layer = layer, .component = pair},
           .value = *value});
    }
  }
}

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  if (input.training.student == nullptr || input.parameters->empty()) {
    return;
  }
  const auto gradients = gradientsOf(input, optionsOf(cosineSettings(), input).task);
  const auto layers = layersOf(*input.parameters);
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    for (std::size_t j = i + 1; j < gradients.size(); ++j) {
      addPair(gradients[i], gradients[j], layers, points);
    }
  }
}

}  // namespace

const ProbeDefinition& gradientCosineProbe() {
  static const ProbeDefinition kDefinition = {
      .spec = {.kind = "probe",
               .name = "gradient_cosine",
               .documentation = "whether the losses of a run pull the same way: cosine between "
                                "their gradients, pair by pair, without dropout",
               .formula = "\\cos(g_a, g_b) = g_a^\\top g_b / (|g_a| |g_b|)",
               .source = "Du et al. 2018, arXiv 1812.02224"},
      .metrics = {{.name = "gradient_cosine",
                   .dimensions = {"component"},
                   .documentation = "of all trained parameters; the component names the two "
                                    "losses; nothing when a gradient is zero",
                   .formula = "g_a^\\top g_b / (|g_a| |g_b|)"},
                  {.name = "gradient_cosine_layer",
                   .dimensions = {"layer", "component"},
                   .documentation = "of the parameters of one encoder layer",
                   .formula = "g_a^\\top g_b / (|g_a| |g_b|)"}},
      .settings = cosineSettings().specs(),
      .measure = measure};
  return kDefinition;
}

}  // namespace retort::train
