#include "trainers/models/model_weights.h"

#include "core/base/text.h"
#include "trainers/models/computed_type.h"
#include "trainers/models/parameter_place.h"
#include "trainers/quantizers/held_grid.h"
#include "trainers/train_error.h"

#include <ATen/core/grad_mode.h>

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace retort::train {
namespace {

/// The tensors of `given` in the model's order, or an error that lists what does not fit.
NamedTensors orderParameters(const std::vector<ParameterShape>& shapes, const NamedTensors& given) {
  constexpr std::size_t kListed = 5;
  std::vector<std::string> problems;
  NamedTensors ordered;
  for (const ParameterShape& expected : shapes) {
    const at::Tensor* tensor = findTensor(given, expected.name);
    if (tensor == nullptr) {
      problems.push_back(fmt::format("'{}' is missing", expected.name));
    } else if (tensor->sizes() != at::IntArrayRef(expected.shape)) {
      problems.push_back(fmt::format("'{}' has shape [{}] instead of [{}]",
                                     expected.name,
                                     fmt::join(tensor->sizes(), ", "),
                                     fmt::join(expected.shape, ", ")));
    } else {
      ordered.push_back({expected.name, *tensor});
    }
  }
  for (const NamedTensor& entry : given) {
    if (problems.empty() && findTensor(ordered, entry.name) == nullptr) {
      problems.push_back(fmt::format("'{}' does not belong to this architecture", entry.name));
    }
  }
  if (problems.empty()) {
    return ordered;
  }
  const std::size_t more = problems.size() > kListed ? problems.size() - kListed : 0;
  problems.resize(problems.size() - more);
  throw TrainError(ExitCode::kBadData,
                   fmt::format("the model's weights do not fit its configuration: {}{}",
                               joinStrings(problems, "; "),
                               more > 0 ? fmt::format("; and {} more", more) : ""));
}

void checkTypes(const NamedTensors& parameters) {
  const at::ScalarType computed = computedType(parameters);
  const at::Device device = parameters.front().tensor.device();
  for (const NamedTensor& entry : parameters) {
    const at::Tensor& tensor = entry.tensor;
    const bool is_held =
        tensor.dim() == 2 && (tensor.is_quantized() || at::isFloatingType(tensor.scalar_type()));
    const bool is_plain = at::isFloatingType(computed) && tensor.scalar_type() == computed;
    if ((!is_held && !is_plain) || tensor.device() != device) {
      throw TrainError(
          ExitCode::kBadData,
          fmt::format("the model's weights must be of one floating point type (but for "
                      "matrices) and device, {} on {}, but '{}' is {} on {}",
                      c10::toString(computed),
                      device.str(),
                      entry.name,
                      c10::toString(tensor.scalar_type()),
                      tensor.device().str()));
    }
  }
}

/// "quantizers.bert.pooler.dense.weight.lsq_4.step", …
std::vector<std::string> weightGridNames(const std::string& weight, const Quantizer& quantizer) {
  std::vector<std::string> names;
  for (const std::string& parameter : quantizer.heldGrid()->parameters) {
    names.push_back(fmt::format("quantizers.{}.{}_{}.{}",
                                weight,
                                quantizer.heldGrid()->spec.name,
                                quantizer.options().bits,
                                parameter));
  }
  return names;
}

}  // namespace

ModelWeights::ModelWeights(const std::vector<ParameterShape>& shapes,
                           const NamedTensors& given,
                           const PrecisionMap& precision)
    : precision_(precision),
      parameters_(orderParameters(shapes, given)) {
  checkTypes(parameters_);
  for (NamedTensor& entry : parameters_) {
    entry.tensor = entry.tensor.detach();
    addWeight(entry.name, entry.tensor);
  }
}

void ModelWeights::tie(const std::string& name, const std::string& of) {
  tied_[name] = of;
  addWeight(name, tensor(of));
}

void ModelWeights::addWeight(const std::string& name, const at::Tensor& latent) {
  const Quantizer quantizer = precision_.quantizer(name);
  uses_second_moments_ |= quantizer.options().uses_curvature;
  if (quantizer.heldGrid() == nullptr) {
    return;
  }
  const std::vector<std::string> names = weightGridNames(name, quantizer);
  const WeightMatrix plain = {.latent = latent, .computed_in = computedType(parameters_)};
  const std::vector<at::Tensor> values = quantizer.startParameters(plain.widened(latent));
  for (std::size_t i = 0; i < names.size(); ++i) {
    grids_.push_back({names[i], values.at(i)});
  }
}

std::string ModelWeights::holderOf(const std::string& name) const {
  const auto found = tied_.find(name);
  return found == tied_.end() ? name : found->second;
}

std::vector<at::Tensor> ModelWeights::gridOf(const std::string& name) const {
  const Quantizer quantizer = precision_.quantizer(name);
  std::vector<at::Tensor> grid;
  if (quantizer.heldGrid() != nullptr) {
    for (const std::string& parameter : weightGridNames(name, quantizer)) {
      grid.push_back(*findTensor(grids_, parameter));
    }
  }
  return grid;
}

void ModelWeights::freeze(const std::set<std::string>& parameters) {
  std::map<std::string, std::shared_ptr<FrozenValues>> frozen;
  const auto add = [&](const std::string& weight, const std::string& holder) {
    // Of a table only the rows that occur are quantized.
    if (!parameters.contains(holder) || !isQuantized(weight) || isWordEmbedding(weight)) {
      return;
    }
    const auto known = frozen_.find(weight);
    if (known != frozen_.end()) {
      frozen.insert(*known);
      return;
    }
    std::vector<at::Tensor> sources = gridOf(weight);
    sources.push_back(tensor(holder));
    frozen[weight] = std::make_shared<FrozenValues>(std::move(sources));
  };
  for (const NamedTensor& parameter : parameters_) {
    add(parameter.name, parameter.name);
  }
  for (const auto& [weight, holder] : tied_) {
    add(weight, holder);
  }
  frozen_ = std::move(frozen);
}

at::Tensor ModelWeights::tensor(std::string_view name) const {
  const at::Tensor* found = findTensor(parameters_, name);
  return found != nullptr ? *found : at::Tensor();
}

WeightMatrix ModelWeights::matrix(const std::string& name) const {
  const std::string holder = holderOf(name);
  const at::Tensor* second_moment = findTensor(second_moments_, holder);
  Quantizer quantizer = precision_.quantizer(name);
  if (quantizer.heldGrid() != nullptr) {
    quantizer = quantizer.bound(gridOf(name));
  }
  const auto frozen = frozen_.find(name);
  const at::Tensor latent = tensor(holder);
  const at::ScalarType computed = computedType(parameters_);
  return {.latent = latent,
          .quantizer = quantizer,
          .second_moment = second_moment != nullptr ? *second_moment : at::Tensor(),
          .frozen = frozen != frozen_.end() ? frozen->second : nullptr,
          .computed_in = latent.scalar_type() != computed ? std::optional(computed) : std::nullopt};
}

Linear ModelWeights::linear(const std::string& name) const {
  return {.weight = matrix(name + ".weight"), .bias = tensor(name + ".bias")};
}

NormParameters ModelWeights::norm(const std::string& name) const {
  return {.weight = tensor(name + ".weight"), .bias = tensor(name + ".bias")};
}

at::Tensor ModelWeights::inUse(std::string_view name) const {
  const std::string wanted(name);
  TORCH_CHECK(tensor(holderOf(wanted)).defined(), "the model has no parameter ", name);
  const at::NoGradGuard no_grad;
  return matrix(wanted).quantized().detach();
}

NamedTensors ModelWeights::quantized() const {
  NamedTensors quantized;
  for (const NamedTensor& parameter : parameters_) {
    if (isQuantized(parameter.name)) {
      quantized.push_back({parameter.name, inUse(parameter.name)});
    }
  }
  for (const auto& [name, holder] : tied_) {
    if (isQuantized(name)) {
      quantized.push_back({name, inUse(name)});
    }
  }
  return quantized;
}

}  // namespace retort::train
