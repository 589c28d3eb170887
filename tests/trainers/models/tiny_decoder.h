#pragma once

#include "tests/trainers/tensor_testing.h"
#include "trainers/models/llama.h"

#include <string>

/// Decoders of two layers and width 32 with weights from a formula, and Hugging Face's numbers for
/// them (tests/data/make_decoder_golden.py).
namespace retort::train {

/// Uniform in [-1, 1), the same as in the script: splitmix64 of FNV-1a(name) + index * golden
/// ratio.
[[nodiscard]] at::Tensor hashedTensor(const std::string& name,
                                      const std::vector<std::int64_t>& shape);

/// sum(x * hashedTensor(name)): one number that every element has a part in.
[[nodiscard]] double hashedSum(const at::Tensor& x, const std::string& name);

/// The parameters of the script's models.
[[nodiscard]] NamedTensors hashedParameters(const std::vector<ParameterShape>& shapes,
                                            at::ScalarType dtype = at::kDouble);

/// What a case of a golden file feeds to the model.
[[nodiscard]] TokenBatch batchOf(const Json& golden);

/// Sees probabilities, so that the pass has to write them out, and takes nothing.
class AttentionWrittenOut : public ActivationObserver {
 public:
  bool takes(ActivationPoint /*point*/,
             std::size_t /*layer*/,
             const at::Tensor& /*x*/,
             const at::Tensor& /*is_real*/) override {
    return false;
  }
};

/// The difference between hidden states and attention maps of a trace and those that a
/// golden file has projected to numbers, at the real tokens: the largest.
[[nodiscard]] double largestTraceDifference(const ModelTrace& trace,
                                            const TokenBatch& batch,
                                            const Json& golden);

struct TinyDecoder {
  /// A case of the golden file: "llama", "qwen3", …
  explicit TinyDecoder(const std::string& name, at::ScalarType type = at::kDouble);

  [[nodiscard]] LlamaModel model(const ModelQuantization& quantization = {}) const;

  Json golden;
  DecoderConfig config;
  TokenBatch batch;
  at::ScalarType dtype;
};

/// A config.json of a small decoder with `changes`.
[[nodiscard]] DecoderConfig smallDecoderConfig(const Json& changes = Json::object());

/// The cross-entropy of logits, mean over the judged positions.
[[nodiscard]] at::Tensor nextTokenLoss(const ModelTrace& trace, const TokenBatch& batch);

}  // namespace retort::train
