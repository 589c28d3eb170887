#pragma once

#include "trainers/models/bert_config.h"
#include "trainers/models/llama_config.h"
#include "trainers/settings/setting_group.h"
#include "trainers/training/model_source.h"

#include <cstdint>
#include <string>

namespace retort::train {

/// What a decoder with random weights has beside model.architecture.* of all models.
struct DecoderArchitectureSettings {
  std::string family = "llama";
  std::int64_t key_value_heads = 0;
  double rope_theta = 10000;
  bool tie_word_embeddings = false;
};

/// model.architecture.{family, key_value_heads, rope_theta, tie_word_embeddings}
[[nodiscard]] const SettingGroup<DecoderArchitectureSettings>& decoderArchitectureSettings();

/// A decoder of the settings model.architecture.*. Throws TrainError (bad spec) when the heads do
/// not divide the width into even parts, or the shared heads not the heads.
[[nodiscard]] DecoderConfig decoderConfigFromArchitecture(const ArchitectureSettings& architecture,
                                                          const DecoderArchitectureSettings& own,
                                                          std::int64_t vocabulary);

/// Elements that a token has kept for the backward pass.
struct KeptElements {
  std::vector<std::int64_t> layers;  ///< by each layer, without what is traced
  std::int64_t outside = 0;          ///< by what is before and behind the layers
};

/// Elements of a token that a layer of a decoder traces, beside what it keeps: 2 H N for scores or
/// probabilities, and with a teacher each traced part as much as it is large.
[[nodiscard]] std::int64_t tracedElements(const ModelShape& model, const StepShape& shape);

/// What a step of a decoder holds where its backward pass begins, with T = B N tokens, D hidden and
/// V vocabulary. Layers that are computed again keep T D and what is traced, and one of them all of
/// it. Of the logits there are, each T V: one of each model, two for each loss, and while gradients
/// are computed three more (one without a teacher). With train.logit_rows only so many rows of
/// them, and the gradient of the head's weight twice.
[[nodiscard]] StepBytes stepBytes(const ModelShape& model,
                                  const StepShape& shape,
                                  const KeptElements& kept);

/// The same for the LLaMA family. With I intermediate and H heads of width d, counted on the
/// operations of models/llama_layers.cpp, a layer keeps
///   6 T D + 4 T H d + T (H + 2) + 4 T I
/// and T N for the mask, if there is one. Of that, frozen weights need no inputs: T D less where
/// query, key and value are all frozen, T D where gate and up are, T I where down is, T D for each
/// frozen norm. Quantized activations add 2 T D + 4 T H d + T I. The head keeps 3 T D.
[[nodiscard]] StepBytes stepBytes(const DecoderConfig& config, const StepShape& shape);

/// The decoders of the LLaMA family for readModel and randomModel.
[[nodiscard]] ModelFamily llamaFamily();

}  // namespace retort::train
