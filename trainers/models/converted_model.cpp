#include "trainers/models/converted_model.h"

#include "trainers/models/trace_layers.h"

#include <ATen/TensorOperators.h>

#include <algorithm>
#include <utility>

namespace retort::train {
namespace {

std::vector<ParameterShape> shapesOf(const NamedTensors& parameters) {
  std::vector<ParameterShape> shapes;
  for (const NamedTensor& parameter : parameters) {
    shapes.push_back({parameter.name, parameter.tensor.sizes().vec()});
  }
  return shapes;
}

}  // namespace

ModelTrace convertedTrace(const ModelTrace& trace, at::Device device, at::ScalarType dtype) {
  const auto convert = [&](at::Tensor& tensor) {
    if (tensor.defined()) {
      tensor = tensor.to(device, dtype);
    }
  };
  ModelTrace converted = trace;
  for (const auto part : kTraceLayers) {
    std::ranges::for_each(converted.*part, convert);
  }
  std::ranges::for_each(converted.hidden, convert);
  for (ClippedActivations& clipped : converted.clipped) {
    convert(clipped.share);
  }
  for (ProjectionOutputs& outputs : converted.projection) {
    for (auto& [name, tensor] : outputs) {
      convert(tensor);
    }
  }
  convert(converted.logits);
  return converted;
}

ConvertedModel::ConvertedModel(std::unique_ptr<Model> inner,
                               at::Device device,
                               at::ScalarType dtype)
    : Model(inner->shape(), shapesOf(inner->parameters()), inner->parameters(), {}),
      inner_(std::move(inner)),
      own_device_(inner_->parameters().front().tensor.device()),
      device_(device),
      dtype_(dtype) {}

at::Tensor ConvertedModel::headWeight() const {
  const at::Tensor weight = inner_->headWeight();
  return weight.defined() ? weight.to(device_, dtype_) : weight;
}

ModelTrace ConvertedModel::forward(const TokenBatch& batch, const ForwardOptions& options) const {
  TORCH_CHECK(options.intervention == Intervention::kNone,
              "a model in another type or on another device takes nothing over from others");
  return convertedTrace(inner_->forward(batch.to(own_device_), options), device_, dtype_);
}

}  // namespace retort::train
