#pragma once

#include "trainers/models/llama_config.h"
#include "trainers/models/named_tensors.h"
#include "trainers/models/parameter_shape.h"

#include <string>
#include <vector>

namespace retort::train {

inline constexpr const char* kTokenTable = "model.embed_tokens.weight";
inline constexpr const char* kHeadWeight = "lm_head.weight";

/// All parameters of a configuration by their Hugging Face names, from the table of tokens to the
/// head, in the order of the pass. A tied head is the table and has no entry of its own.
[[nodiscard]] std::vector<ParameterShape> decoderParameterShapes(const DecoderConfig& config);

/// The same, and a tied head under its own name: what a PrecisionMap looks at.
[[nodiscard]] std::vector<ParameterShape> decoderWeightShapes(const DecoderConfig& config);

/// Random weights as Hugging Face starts: matrices normal(0, initializer_range), biases 0, norms 1,
/// the row of the padding token 0. Drawn from the default CPU generator in the order of the pass.
/// `dtype`: a floating point type.
[[nodiscard]] NamedTensors randomDecoderParameters(const DecoderConfig& config,
                                                   at::ScalarType dtype);

}  // namespace retort::train
