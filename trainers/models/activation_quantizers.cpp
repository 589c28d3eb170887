#include "trainers/models/activation_quantizers.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/ones.h>

#include <algorithm>

#include <fmt/format.h>

namespace retort::train {
namespace {

std::int64_t widthAt(ActivationPoint point, const ModelShape& shape) {
  switch (point) {
    case ActivationPoint::kOInput:
      return shape.heads * shape.head_size;
    case ActivationPoint::kFfn2Input:
      return shape.intermediate_size;
    default:
      return shape.hidden_size;
  }
}

std::int64_t headsAt(ActivationPoint point, const ModelShape& shape) {
  const bool is_shared = point == ActivationPoint::kKey || point == ActivationPoint::kValue;
  return is_shared ? shape.key_value_heads : shape.heads;
}

ActivationShape shapeAt(const ActivationPointFacts& facts, const ModelShape& shape) {
  const bool is_inner = facts.point == ActivationPoint::kFfn2Input && !shape.has_gates;
  const bool is_probability = facts.point == ActivationPoint::kProbabilities;
  return {.heads = facts.has_heads ? headsAt(facts.point, shape) : 0,
          .width = widthAt(facts.point, shape),
          .is_mostly_positive = is_inner || is_probability};
}

}  // namespace

ActivationQuantizers::ActivationQuantizers(const ActivationPoints& points,
                                           const ModelShape& shape,
                                           const at::TensorOptions& tensors) {
  const auto make = [&](const ActivationPointFacts& facts) {
    return ActivationQuantizer(
        points.at(static_cast<std::size_t>(facts.point)), shapeAt(facts, shape), tensors);
  };
  for (std::int64_t layer = 0; layer < shape.layers; ++layer) {
    std::vector<ActivationQuantizer>& row = layers_.emplace_back();
    for (const ActivationPointFacts& facts : activationPoints()) {
      if (facts.point != ActivationPoint::kPoolerInput) {
        row.push_back(make(facts));
      }
    }
  }
  if (!shape.is_decoder) {
    pooler_ = make(factsOf(ActivationPoint::kPoolerInput));
  }
}

const ActivationQuantizer& ActivationQuantizers::at(ActivationPoint point,
                                                    std::size_t layer) const {
  return point == ActivationPoint::kPoolerInput
             ? pooler_
             : layers_.at(layer).at(static_cast<std::size_t>(point));
}

ActivationQuantizer& ActivationQuantizers::at(ActivationPoint point, std::size_t layer) {
  return point == ActivationPoint::kPoolerInput
             ? pooler_
             : layers_.at(layer).at(static_cast<std::size_t>(point));
}

bool ActivationQuantizers::needRanges() const {
  const auto needs = [](const ActivationQuantizer& quantizer) {
    return quantizer.needsRange();
  };
  return needs(pooler_) || std::any_of(layers_.begin(), layers_.end(), [&](const auto& row) {
           return std::any_of(row.begin(), row.end(), needs);
         });
}

NamedTensors ActivationQuantizers::parameters() const {
  return collect(/*only_learned=*/false);
}

NamedTensors ActivationQuantizers::learnedParameters() const {
  return collect(/*only_learned=*/true);
}

NamedTensors ActivationQuantizers::collect(bool only_learned) const {
  NamedTensors found;
  const auto add = [&](const std::string& place, const ActivationQuantizer& quantizer) {
    for (const NamedTensor& parameter : quantizer.parameters()) {
      if (!only_learned || quantizer.isLearned(parameter.name)) {
        found.push_back({fmt::format("quantizers.{}.{}", place, parameter.name), parameter.tensor});
      }
    }
  };
  for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
    for (std::size_t point = 0; point < layers_[layer].size(); ++point) {
      add(fmt::format("layer.{}.{}", layer, activationPoints().at(point).name),
          layers_[layer][point]);
    }
  }
  add(std::string(factsOf(ActivationPoint::kPoolerInput).name), pooler_);
  return found;
}

at::Tensor realElements(ActivationPoint point, const at::Tensor& is_real) {
  const at::Tensor rows = is_real.transpose(-1, -2);  // [B, 1, N, 1]
  if (point == ActivationPoint::kPoolerInput) {
    return at::ones({1, 1}, is_real.options());
  }
  if (point == ActivationPoint::kProbabilities) {
    return rows.logical_and(is_real);
  }
  return factsOf(point).has_heads ? rows : rows.squeeze(1);
}

}  // namespace retort::train
