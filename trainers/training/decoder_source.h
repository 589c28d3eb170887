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

/// Bytes that are kept from the forward pass of a decoder for the backward pass. With T = B N
/// tokens, D hidden, I intermediate, H heads of width d, L layers, V vocabulary, counted on the
/// operations of models/llama_layers.cpp:
///   L (6 T D + 5 T H d + 4 T I + h T H N) + 3 T D + v T V
///   h = 0 where attention is computed in blocks, 2 with traced scores or probabilities, and 1 more
///   with a teacher;  v = 2 (logits and their logarithms), 4 with a teacher
[[nodiscard]] std::uint64_t savedActivationBytes(const DecoderConfig& config,
                                                 const StepShape& shape);

/// The decoders of the LLaMA family for readModel and randomModel.
[[nodiscard]] ModelFamily llamaFamily();

}  // namespace retort::train
