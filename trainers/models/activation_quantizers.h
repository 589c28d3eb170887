#pragma once

#include "trainers/models/activation_settings.h"
#include "trainers/models/model_shape.h"
#include "trainers/models/named_tensors.h"
#include "trainers/quantizers/activation_quantizer.h"

#include <cstddef>
#include <string>
#include <vector>

namespace retort::train {

/// Sees what comes to the places where activations are quantized.
class ActivationObserver {
 public:
  virtual ~ActivationObserver() = default;

  /// True when x is to pass as it is. `x`: as ActivationPoint says; `is_real`: [B, 1, 1, N], true
  /// for tokens, false for padding.
  virtual bool takes(ActivationPoint point,
                     std::size_t layer,
                     const at::Tensor& x,
                     const at::Tensor& is_real) = 0;
};

/// The activation quantizers of a whole model: one for each layer and point, and the pooler's where
/// there is one.
class ActivationQuantizers {
 public:
  /// Throws TrainError (bad spec), see ActivationQuantizer.
  ActivationQuantizers(const ActivationPoints& points,
                       const ModelShape& shape,
                       const at::TensorOptions& tensors);

  /// `layer` is ignored for the pooler's input.
  [[nodiscard]] const ActivationQuantizer& at(ActivationPoint point, std::size_t layer) const;
  [[nodiscard]] ActivationQuantizer& at(ActivationPoint point, std::size_t layer);

  /// True while a grid has no numbers.
  [[nodiscard]] bool needRanges() const;

  /// The tensors that the quantizers hold, in the order of the forward pass:
  /// "quantizers.layer.3.query.lsq_4.step", "quantizers.pooler_input.lsq_4.step". Shared.
  [[nodiscard]] NamedTensors parameters() const;

  /// Those of them that are trained.
  [[nodiscard]] NamedTensors learnedParameters() const;

 private:
  [[nodiscard]] NamedTensors collect(bool only_learned) const;

  std::vector<std::vector<ActivationQuantizer>> layers_;  // by layer, by point
  ActivationQuantizer pooler_;
};

/// Which elements of x belong to tokens: bool, to be broadcast over x. `is_real`: [B, 1, 1, N]. Of
/// probabilities, rows and columns must.
[[nodiscard]] at::Tensor realElements(ActivationPoint point, const at::Tensor& is_real);

}  // namespace retort::train
