#include "trainers/models/model.h"

#include "trainers/models/computed_type.h"

namespace retort::train {

Model::Model(const ModelShape& shape,
             const std::vector<ParameterShape>& parameters,
             const NamedTensors& given,
             const ModelQuantization& quantization)
    : shape_(shape),
      quantization_(quantization),
      weights_(parameters, given, quantization.weights),
      activations_(quantization.activation,
                   shape,
                   weights_.parameters().front().tensor.options().dtype(
                       computedType(weights_.parameters()))) {}

NamedTensors Model::quantizerParameters() const {
  NamedTensors held = activations_.parameters();
  held.insert(held.end(), weights_.grids().begin(), weights_.grids().end());
  return held;
}

NamedTensors Model::learnable() const {
  NamedTensors all = weights_.parameters();
  for (const NamedTensors& group : {activations_.learnedParameters(), weights_.grids()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

NamedTensors Model::trainableParameters() const {
  NamedTensors trainable = learnable();
  std::erase_if(trainable, [](const NamedTensor& entry) { return !entry.tensor.requires_grad(); });
  return trainable;
}

void Model::setTrainable(const std::set<std::string>& frozen) {
  for (const NamedTensor& entry : learnable()) {
    entry.tensor.requires_grad_(frozen.count(entry.name) == 0);
  }
  weights_.freeze(frozen);
  bind();
}

void Model::setSecondMoments(const NamedTensors& second_moments) {
  weights_.setSecondMoments(second_moments);
  bind();
}

void Model::clearGradients() {
  for (const NamedTensor& entry : learnable()) {
    entry.tensor.mutable_grad().reset();
  }
}

}  // namespace retort::train
