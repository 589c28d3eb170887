#include "trainers/models/activation_pass.h"

#include <ATen/TensorOperators.h>

namespace retort::train {

at::Tensor quantizeAt(ActivationPoint point,
                      std::size_t layer,
                      const at::Tensor& x,
                      const ActivationPass& pass) {
  const ActivationQuantizer& quantize = pass.quantizers.at(point, layer);
  ActivationObserver* observer = pass.options.observer;
  if (observer != nullptr && observer->takes(point, layer, x, pass.is_real)) {
    return x;
  }
  if (pass.options.trace.has(TracePart::kClipped) && !quantize.isIdentity()) {
    const at::Tensor real = realElements(point, pass.is_real).expand_as(x);
    const at::Tensor clipped = quantize.isClipped(x).logical_and_(real);
    pass.trace.clipped.push_back({point, layer, clipped.sum().div(real.sum())});
  }
  return quantize(x);
}

bool sees(ActivationPoint point, std::size_t layer, const ActivationPass& pass) {
  return pass.options.observer != nullptr || !pass.quantizers.at(point, layer).isIdentity();
}

}  // namespace retort::train
