#pragma once

#include "trainers/models/named_tensors.h"
#include "trainers/models/parameter_shape.h"
#include "trainers/models/precision_map.h"
#include "trainers/models/weight_matrix.h"

#include <ATen/core/Tensor.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace retort::train {

/// The parameters of a model (latent weights) and the quantizers of those that are quantized.
class ModelWeights {
 public:
  /// `given`: exactly the tensors of `shapes`, in any order, on one device and of one floating type
  /// (computedType), but that matrices may be held in others, or be codes (held_weights.h). Throws
  /// TrainError (bad data) that names missing, unknown or misshapen tensors. The tensors are
  /// shared, not copied; they are made leaves that require no gradient.
  ModelWeights(const std::vector<ParameterShape>& shapes,
               const NamedTensors& given,
               const PrecisionMap& precision);

  /// Makes the parameter `of` another weight's latent values, too: a tied head, which has a grid of
  /// its own by its own name, while the table keeps its precision.
  void tie(const std::string& name, const std::string& of);

  /// In the model's order.
  [[nodiscard]] const NamedTensors& parameters() const { return parameters_; }

  /// What quantizers learn ("quantizers.bert.pooler.dense.weight.lsq_4.step").
  [[nodiscard]] const NamedTensors& grids() const { return grids_; }

  /// Weights of these parameters hold their quantized values from now on (frozen_values.h); all
  /// others are quantized in each pass.
  void freeze(const std::set<std::string>& parameters);

  /// The optimizer's second moments by parameter name, shared (see Quantizer).
  void setSecondMoments(const NamedTensors& second_moments) { second_moments_ = second_moments; }

  /// True when some weight's quantizer would use its second moment.
  [[nodiscard]] bool usesSecondMoments() const { return uses_second_moments_; }

  /// The parameter of that name; undefined when the architecture has none.
  [[nodiscard]] at::Tensor tensor(std::string_view name) const;

  /// The weight of that name, which must be there, with its quantizer.
  [[nodiscard]] WeightMatrix matrix(const std::string& name) const;

  /// `name`.weight and `name`.bias.
  [[nodiscard]] Linear linear(const std::string& name) const;
  [[nodiscard]] NormParameters norm(const std::string& name) const;

  /// The weight of that name as a forward pass uses it, without gradient; shared when it is held or
  /// not quantized. Throws c10::Error for a name that is none of the parameters'.
  [[nodiscard]] at::Tensor inUse(std::string_view name) const;

  /// All weights that are quantized, as inUse; tied ones by their own names.
  [[nodiscard]] NamedTensors quantized() const;

 private:
  [[nodiscard]] bool isQuantized(const std::string& name) const {
    return !precision_.quantizer(name).isIdentity();
  }

  /// The parameter that holds the latent values of that weight.
  [[nodiscard]] std::string holderOf(const std::string& name) const;

  void addWeight(const std::string& name, const at::Tensor& latent);

  /// What the grid of that weight holds; nothing of weights whose grid is computed.
  [[nodiscard]] std::vector<at::Tensor> gridOf(const std::string& name) const;

  PrecisionMap precision_;
  NamedTensors parameters_;
  std::map<std::string, std::string> tied_;                      // weight: parameter
  std::map<std::string, std::shared_ptr<FrozenValues>> frozen_;  // by weight
  NamedTensors grids_;
  NamedTensors second_moments_;
  bool uses_second_moments_ = false;
};

}  // namespace retort::train
