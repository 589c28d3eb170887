#pragma once

#include "trainers/models/gpt2_config.h"
#include "trainers/models/gpt2_layers.h"
#include "trainers/models/gpt2_parameters.h"
#include "trainers/models/model.h"

#include <vector>

namespace retort::train {

[[nodiscard]] ModelShape gpt2Shape(const Gpt2Config& config);

/// GPT-2: in full precision the network of Hugging Face's GPT2LMHeadModel. Logits are those of the
/// judged positions (ModelTrace). hidden[L] is the last layer's output before the final norm. A
/// tied head is quantized by itself (as lm_head.weight): the table of tokens keeps its own
/// precision. Movable; one thread at a time.
class Gpt2Model : public Model {
 public:
  /// `parameters`: exactly those of gpt2ParameterShapes; see ModelWeights.
  Gpt2Model(const Gpt2Config& config,
            const NamedTensors& parameters,
            const ModelQuantization& quantization = {});

  [[nodiscard]] const Gpt2Config& config() const { return config_; }

  [[nodiscard]] bool canRecomputeLayers() const override { return true; }

  [[nodiscard]] at::Tensor headWeight() const override { return head_.quantized(); }

  /// Throws c10::Error for an intervention: those are of encoders; and for rows that are longer
  /// than the table of positions.
  [[nodiscard]] ModelTrace forward(const TokenBatch& batch,
                                   const ForwardOptions& options) const override;

 private:
  void bind() override;

  /// One layer, of which only the input and what is traced is kept.
  [[nodiscard]] at::Tensor recomputedLayer(std::size_t index,
                                           const at::Tensor& x,
                                           const Gpt2Pass& pass) const;

  Gpt2Config config_;
  // The same tensors as the weights, by their role.
  WeightMatrix tokens_;
  WeightMatrix positions_;
  std::vector<Gpt2LayerParameters> layers_;
  NormParameters final_norm_;
  WeightMatrix head_;
};

}  // namespace retort::train
