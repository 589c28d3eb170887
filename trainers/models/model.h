#pragma once

#include "trainers/models/activation_quantizers.h"
#include "trainers/models/forward_options.h"
#include "trainers/models/model_quantization.h"
#include "trainers/models/model_shape.h"
#include "trainers/models/model_trace.h"
#include "trainers/models/model_weights.h"
#include "trainers/models/named_tensors.h"
#include "trainers/models/token_batch.h"

#include <ATen/core/Tensor.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace retort::train {

/// A Transformer with fake quantization: what losses, probes, phases and the loop know of an
/// architecture. To add one: its configuration and its parameters by Hugging Face name, the parts
/// of its forward pass as functions, a class that derives from this one and binds names to roles,
/// and a line in training/model_source.cpp.
class Model {
 public:
  virtual ~Model() = default;
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  [[nodiscard]] const ModelShape& shape() const { return shape_; }

  [[nodiscard]] const ModelQuantization& quantization() const { return quantization_; }

  /// All parameters (latent weights), in the model's order.
  [[nodiscard]] const NamedTensors& parameters() const { return weights_.parameters(); }

  /// What quantizers hold: learned numbers and calibrated ranges of activations, then the steps of
  /// weights ("quantizers.bert.pooler.dense.weight.lsq_4.step").
  [[nodiscard]] NamedTensors quantizerParameters() const;

  [[nodiscard]] const ActivationQuantizers& activations() const { return activations_; }

  [[nodiscard]] ActivationQuantizers& activations() { return activations_; }

  /// Parameters that require a gradient, in the model's order, the quantizers' last.
  [[nodiscard]] NamedTensors trainableParameters() const;

  /// The weight of that name as a forward pass uses it: quantized where it is, without gradient.
  /// Throws c10::Error for a name that is none of the parameters'.
  [[nodiscard]] at::Tensor weightInUse(std::string_view name) const { return weights_.inUse(name); }

  /// Turns gradients on for all parameters and learned quantizers but `frozen` (names; see
  /// freezing/freezing.h), and off for those. Frozen weights are quantized once, from what they and
  /// their grids hold then, unless their grids go on learning.
  void setTrainable(const std::set<std::string>& frozen);

  /// Takes the optimizer's second moments (by parameter name, shared) for quantizers that weigh
  /// errors by curvature. Weights without one are quantized as if all errors counted the same.
  void setSecondMoments(const NamedTensors& second_moments);

  /// True when some weight's quantizer would use its second moment.
  [[nodiscard]] bool usesSecondMoments() const { return weights_.usesSecondMoments(); }

  /// The quantized values of all weights that are quantized, as the next pass will have them; no
  /// gradient is recorded.
  [[nodiscard]] NamedTensors quantizedWeights() const { return weights_.quantized(); }

  /// The weight [V, D] by which a language model's head multiplies its input, as a pass uses it and
  /// with its gradient: logits = input W^T. Undefined where the architecture has no such head.
  [[nodiscard]] virtual at::Tensor headWeight() const { return {}; }

  /// True when ForwardOptions::recomputes_layers is heeded.
  [[nodiscard]] virtual bool canRecomputeLayers() const { return false; }

  /// Drops all gradients.
  void clearGradients();

  /// One pass. Gradients are recorded when grad mode is on; run teachers and evaluation under
  /// at::NoGradGuard. Every quantized weight is computed once per pass. Throws c10::Error for
  /// shapes that do not fit the configuration.
  [[nodiscard]] virtual ModelTrace forward(const TokenBatch& batch,
                                           const ForwardOptions& options) const = 0;

 protected:
  /// Throws as ModelWeights. The derived constructor calls its own `bind`.
  Model(const ModelShape& shape,
        const std::vector<ParameterShape>& parameters,
        const NamedTensors& given,
        const ModelQuantization& quantization);

  Model(Model&&) = default;
  Model& operator=(Model&&) = default;

  [[nodiscard]] const ModelWeights& weights() const { return weights_; }

  /// See ModelWeights::tie; before `bind`.
  void tieWeights(const std::string& name, const std::string& of) { weights_.tie(name, of); }

 private:
  /// Finds the weights by their role; called again when their second moments change.
  virtual void bind() = 0;

  /// Parameters, and what quantizers learn.
  [[nodiscard]] NamedTensors learnable() const;

  ModelShape shape_;
  ModelQuantization quantization_;
  ModelWeights weights_;
  ActivationQuantizers activations_;
};

}  // namespace retort::train
