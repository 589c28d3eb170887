#include "trainers/losses/map_output.h"

#include "trainers/losses/attention_map.h"
#include "trainers/settings/setting_group.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/zeros.h>

namespace retort::train {
namespace {

SettingSpec onlyWith(const char* mixing, SettingSpec spec) {
  spec.when = {{.key = "distill.map_output.mixing", .any_of = {mixing}}};
  return spec;
}

const SettingGroup<MapOutputOptions>& mapOutputOptions() {
  static const auto kGroup =
      SettingGroup<MapOutputOptions>()
          .add(&MapOutputOptions::mixing,
               {.key = "distill.map_output.mixing",
                .documentation = "weights of map and output: gamma and 1 - gamma (the paper), two "
                                 "coefficients (its code), or learned for each layer",
                .choices = {"gamma", "coefficients", "learned"}})
          .add(&MapOutputOptions::gamma,
               onlyWith("gamma",
                        {.key = "distill.map_output.gamma",
                         .documentation = "weight of the map; the output has the rest",
                         .minimum = 0,
                         .maximum = 1}))
          .add(&MapOutputOptions::map_coefficient,
               onlyWith("coefficients",
                        {.key = "distill.map_output.map_coefficient",
                         .documentation = "weight of the map",
                         .minimum = 0}))
          .add(&MapOutputOptions::output_coefficient,
               onlyWith("coefficients",
                        {.key = "distill.map_output.output_coefficient",
                         .documentation = "weight of the output",
                         .minimum = 0}))
          .add(&MapOutputOptions::temperature,
               onlyWith("learned",
                        {.key = "distill.map_output.temperature",
                         .documentation = "divides the learned numbers before their softmax",
                         .minimum = 0,
                         .is_minimum_exclusive = true}));
  return kGroup;
}

std::vector<LossTerm> mixedTerms(const LossInput& input,
                                 const LayerSelection& layers,
                                 const MapOutputOptions& options,
                                 const at::Tensor& mix) {
  const auto maps =
      overLayers(layers,
                 input.student.prob,
                 input.teacher.prob,
                 [&](const at::Tensor& student, const at::Tensor& teacher) {
                   return attentionMapDivergence(student, teacher, input.batch.lengths);
                 });
  const auto outputs = overLayers(layers,
                                  input.student.output,
                                  input.teacher.output,
                                  [](const at::Tensor& student, const at::Tensor& teacher) {
                                    return at::mse_loss(student, teacher);
                                  });
  std::vector<LossTerm> terms;
  for (std::size_t i = 0; i < maps.size(); ++i) {
    const MixWeights weights = mixWeights(options, mix, maps[i].layer, maps[i].value.options());
    terms.push_back(
        {maps[i].layer, weights.map * maps[i].value + weights.output * outputs[i].value});
  }
  return terms;
}

/// The learned weights of each selected layer.
LearnedNumbers learnedWeights(const MapOutputOptions& options,
                              const at::Tensor& mix,
                              const LayerSelection& layers) {
  LearnedNumbers numbers;
  for (int layer = 0; layer < mix.size(0); ++layer) {
    if (layers.has(static_cast<std::size_t>(layer))) {
      const MixWeights weights = mixWeights(options, mix.detach(), layer, mix.options());
      numbers.push_back({"map", layer, weights.map.item<double>()});
      numbers.push_back({"output", layer, weights.output.item<double>()});
    }
  }
  return numbers;
}

}  // namespace

MixWeights mixWeights(const MapOutputOptions& options,
                      const at::Tensor& mix,
                      std::int64_t layer,
                      const at::TensorOptions& type) {
  if (mix.defined()) {
    const at::Tensor weights = (mix[layer] / options.temperature).softmax(-1);
    return {weights[0], weights[1]};
  }
  const bool is_gamma = options.mixing == "gamma";
  return {at::scalar_tensor(is_gamma ? options.gamma : options.map_coefficient, type),
          at::scalar_tensor(is_gamma ? 1 - options.gamma : options.output_coefficient, type)};
}

const LossDefinition& mapOutputLoss() {
  static const LossDefinition kLoss = {
      .spec = {.kind = "distillation_loss",
               .name = "map_output",
               .documentation = "attention map and attention output in one loss",
               .formula = "\\sum_l \\gamma\\,\\mathrm{map}_l + (1-\\gamma)\\,\\mathrm{output}_l",
               .source = "arXiv 2211.11014, appendix A.3; its code, main.py and "
                         "modeling_quant_loss.py"},
      .options = mapOutputOptions().specs(),
      .make = [](const LossRequest& request) {
        const MapOutputOptions options = mapOutputOptions().read(request.settings);
        Loss loss{.needs = TraceSet(TracePart::kProb) | TracePart::kOutput};
        at::Tensor mix;
        if (options.mixing == "learned") {
          mix = at::zeros({request.layers, 2}, at::device(request.device).dtype(request.dtype))
                    .requires_grad_();
          loss.parameters = {{"distill.map_output.mix", mix}};
          loss.learned = [options, mix](const LayerSelection& layers) {
            return learnedWeights(options, mix, layers);
          };
        }
        loss.terms = [options, mix](const LossInput& input, const LayerSelection& layers) {
          return mixedTerms(input, layers, options, mix);
        };
        return loss;
      }};
  return kLoss;
}

}  // namespace retort::train
