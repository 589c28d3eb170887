#pragma once

#include "trainers/models/llama_config.h"
#include "trainers/models/llama_layers.h"
#include "trainers/models/llama_parameters.h"
#include "trainers/models/model.h"

#include <vector>

namespace retort::train {

[[nodiscard]] ModelShape decoderShape(const DecoderConfig& config);

/// A decoder language model of the LLaMA family. In full precision it is the network of Hugging
/// Face's LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM or Qwen3ForCausalLM. Logits are
/// those of the judged positions (ModelTrace). hidden[L] is the last layer's output before the
/// final norm. A tied head is quantized by itself (as lm_head.weight): the table of tokens keeps
/// its own precision. Movable; one thread at a time.
class LlamaModel : public Model {
 public:
  /// `parameters`: exactly those of decoderParameterShapes; see ModelWeights.
  LlamaModel(const DecoderConfig& config,
             const NamedTensors& parameters,
             const ModelQuantization& quantization = {});

  [[nodiscard]] const DecoderConfig& config() const { return config_; }

  [[nodiscard]] bool canRecomputeLayers() const override { return true; }

  [[nodiscard]] at::Tensor headWeight() const override { return head_.quantized(); }

  /// Throws c10::Error for an intervention: those are of encoders.
  [[nodiscard]] ModelTrace forward(const TokenBatch& batch,
                                   const ForwardOptions& options) const override;

 private:
  void bind() override;

  /// One layer, of which only the input and what is traced is kept.
  [[nodiscard]] at::Tensor recomputedLayer(std::size_t index,
                                           const at::Tensor& x,
                                           const DecoderPass& pass) const;

  DecoderConfig config_;
  // The same tensors as the weights, by their role.
  WeightMatrix tokens_;
  std::vector<DecoderLayerParameters> layers_;
  at::Tensor final_norm_;
  WeightMatrix head_;
};

}  // namespace retort::train
