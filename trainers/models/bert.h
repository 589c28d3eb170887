#pragma once

#include "trainers/models/bert_config.h"
#include "trainers/models/bert_quantization.h"
#include "trainers/models/bert_trace.h"
#include "trainers/models/encoder_batch.h"
#include "trainers/models/named_tensors.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace retort::train {

/// One parameter that a configuration calls for.
struct ParameterShape {
  std::string
      name;  ///< Hugging Face's: "bert.embeddings.word_embeddings.weight", …, "classifier.bias"
  std::vector<std::int64_t> shape;
};

/// All parameters of a configuration, from the embeddings to the classifier, in the model's order.
[[nodiscard]] std::vector<ParameterShape> bertParameterShapes(const BertConfig& config);

/// Random weights as BERT starts: weights normal(0, initializer_range), biases 0, LayerNorm 1 and
/// 0, the padding row 0. Drawn from the default CPU generator in the model's order. `dtype`:
/// at::kFloat or at::kDouble.
[[nodiscard]] NamedTensors randomBertParameters(const BertConfig& config, at::ScalarType dtype);

/// Fills in what a checkpoint without a task head lacks (classifier, and the pooler of MLM or
/// ELECTRA checkpoints) with random weights; returns the names of what was filled in, in the
/// model's order.
std::vector<std::string> completeTaskHead(const BertConfig& config,
                                          at::ScalarType dtype,
                                          NamedTensors& parameters);

/// What the student takes from the teacher during a forward pass (Teacher Intervention, arXiv
/// 2302.11812): with any of them, Q and K read a detached layer input.
enum class Intervention {
  kNone,
  kMap,      ///< MI: attention probabilities := the teacher's (then dropout and 8 bits)
  kContext,  ///< CI: context := the teacher's; V and A of the student are not used
  kOutput,   ///< OI: output of W_O := the teacher's; V, A and W_O of the student are not used
};

struct ForwardOptions {
  bool is_training = false;  ///< dropout is applied, drawn from the default generator of the device
  TraceSet trace;            ///< what to keep; the rest is freed as soon as autograd allows
  Intervention intervention = Intervention::kNone;
  const BertTrace* teacher =
      nullptr;  ///< with an intervention: a trace of prob, context or dense respectively
};

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

  /// Parameters that require a gradient, in the model's order.
  [[nodiscard]] NamedTensors trainableParameters() const;

  /// Turns gradients on for all parameters but `frozen` (names; see freezing/freezing.h), and off
  /// for those.
  void setTrainable(const std::set<std::string>& frozen);

  /// Drops all gradients.
  void clearGradients();

  /// One pass. Gradients are recorded when grad mode is on; run teachers and evaluation under
  /// at::NoGradGuard. Every quantized weight is computed once per pass. Throws c10::Error for
  /// shapes that do not fit the configuration.
  [[nodiscard]] BertTrace forward(const EncoderBatch& batch, const ForwardOptions& options) const;

 private:
  BertConfig config_;
  BertQuantization quantization_;
  NamedTensors parameters_;
};

}  // namespace retort::train
