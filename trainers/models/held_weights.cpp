#include "trainers/models/held_weights.h"

#include "trainers/models/parameter_place.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/quantize_per_channel.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

namespace retort::train {
namespace {

constexpr double kLargestCode = 127;

at::ScalarType typeOf(const std::string& how) {
  return how == "bfloat16" ? at::kBFloat16 : how == "float64" ? at::kDouble : at::kFloat;
}

bool isMatrix(const NamedTensor& parameter) {
  return parameter.tensor.dim() == 2 && parameterPlace(parameter.name).projection != "embeddings";
}

}  // namespace

at::Tensor rowCodes(const at::Tensor& weight) {
  const at::NoGradGuard no_grad;
  const at::Tensor values = weight.to(at::kFloat);
  const at::Tensor largest = values.abs().amax(1).to(at::kDouble) / kLargestCode;
  const at::Tensor scales = at::where(largest > 0, largest, at::ones_like(largest));
  const at::Tensor zeros = at::zeros({values.size(0)}, scales.options().dtype(at::kLong));
  return at::quantize_per_channel(values, scales, zeros, 0, at::kQInt8);
}

NamedTensors heldAs(const std::string& how, NamedTensors parameters) {
  const at::NoGradGuard no_grad;
  for (NamedTensor& parameter : parameters) {
    if (how != "int8") {
      parameter.tensor = parameter.tensor.to(typeOf(how));
    } else if (isMatrix(parameter)) {
      parameter.tensor = rowCodes(parameter.tensor);
    }
  }
  return parameters;
}

}  // namespace retort::train
