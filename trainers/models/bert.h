#pragma once

#include "trainers/models/activation_quantizers.h"
#include "trainers/models/bert_config.h"
#include "trainers/models/bert_layers.h"
#include "trainers/models/bert_parameters.h"
#include "trainers/models/bert_quantization.h"
#include "trainers/models/bert_trace.h"
#include "trainers/models/encoder_batch.h"
#include "trainers/models/named_tensors.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace retort::train {

/// A BERT encoder with a sequence classifier. In full precision it is the network of Hugging Face's
/// BertForSequenceClassification; with quantizers it is the student of arXiv 2211.11014 (encoder.md
/// 1 and 2). Movable; one thread at a time.
class BertModel {
 public:
  /// `parameters`: exactly those of bertParameterShapes, in any order, all of one floating type and
  /// device. Throws TrainError (bad data) that names missing, unknown or misshapen tensors. The
  /// tensors are shared, not copied; they are made leaves that require no gradient until
  /// setTrainable says so.
  BertModel(const BertConfig& config,
            const NamedTensors& parameters,
            const BertQuantization& quantization = {});

  [[nodiscard]] const BertConfig& config() const { return config_; }

  [[nodiscard]] const BertQuantization& quantization() const { return quantization_; }

  /// All parameters (latent weights), in the model's order.
  [[nodiscard]] const NamedTensors& parameters() const { return parameters_; }

  /// What quantizers hold: learned numbers and calibrated ranges of activations, then the steps of
  /// weights ("quantizers.bert.pooler.dense.weight.lsq_4.step").
  [[nodiscard]] NamedTensors quantizerParameters() const;

  [[nodiscard]] const ActivationQuantizers& activations() const { return activations_; }

  [[nodiscard]] ActivationQuantizers& activations() { return activations_; }

  /// Parameters that require a gradient, in the model's order, the quantizers' last.
  [[nodiscard]] NamedTensors trainableParameters() const;

  /// The weight of that name as a forward pass uses it: quantized where it is, without gradient.
  /// Throws c10::Error for a name that is none of the parameters'.
  [[nodiscard]] at::Tensor weightInUse(std::string_view name) const;

  /// Turns gradients on for all parameters and learned quantizers but `frozen` (names; see
  /// freezing/freezing.h), and off for those.
  void setTrainable(const std::set<std::string>& frozen);

  /// Takes the optimizer's second moments (by parameter name, shared) for quantizers that weigh
  /// errors by curvature. Weights without one are quantized as if all errors counted the same.
  void setSecondMoments(const NamedTensors& second_moments);

  /// True when some weight's quantizer would use its second moment.
  [[nodiscard]] bool usesSecondMoments() const { return uses_second_moments_; }

  /// The quantized values of all weights that are quantized, as the next pass will have them; no
  /// gradient is recorded.
  [[nodiscard]] NamedTensors quantizedWeights() const;

  /// Drops all gradients.
  void clearGradients();

  /// One pass. Gradients are recorded when grad mode is on; run teachers and evaluation under
  /// at::NoGradGuard. Every quantized weight is computed once per pass. Throws c10::Error for
  /// shapes that do not fit the configuration.
  [[nodiscard]] BertTrace forward(const EncoderBatch& batch, const ForwardOptions& options) const;

 private:
  void makeWeightGrids();
  void bindParameters();

  /// Parameters, and what quantizers learn.
  [[nodiscard]] NamedTensors learnable() const;

  BertConfig config_;
  BertQuantization quantization_;
  NamedTensors parameters_;
  NamedTensors second_moments_;
  bool uses_second_moments_ = false;
  ActivationQuantizers activations_;
  NamedTensors weight_grids_;  // learned; by the name that quantizerParameters gives
  // The same tensors as in parameters_, by their role.
  EmbeddingParameters embeddings_;
  std::vector<LayerParameters> layers_;
  Linear pooler_;
  Linear classifier_;
};

}  // namespace retort::train
