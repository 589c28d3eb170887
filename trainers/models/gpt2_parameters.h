#pragma once

#include "trainers/models/gpt2_config.h"
#include "trainers/models/named_tensors.h"
#include "trainers/models/parameter_shape.h"

#include <map>
#include <string>
#include <vector>

/// Hugging Face keeps query, key and value of a layer in one tensor (attn.c_attn) and all linears
/// transposed, [inputs, outputs]. Here a linear is [outputs, inputs] as everywhere, so that grids
/// per row are grids per output, and query, key and value are parameters of their own
/// (attn.{q,k,v}_proj), so that each can be frozen, quantized and looked at by itself.
namespace retort::train {

inline constexpr const char* kGpt2TokenTable = "transformer.wte.weight";
inline constexpr const char* kGpt2PositionTable = "transformer.wpe.weight";
inline constexpr const char* kGpt2Head = "lm_head.weight";

/// All parameters of a configuration, from the tables to the head, in the order of the pass. A tied
/// head is the table of tokens and has no entry of its own.
[[nodiscard]] std::vector<ParameterShape> gpt2ParameterShapes(const Gpt2Config& config);

/// The same, and a tied head under its own name: what a PrecisionMap looks at.
[[nodiscard]] std::vector<ParameterShape> gpt2WeightShapes(const Gpt2Config& config);

/// The tensors of Hugging Face's GPT2LMHeadModel, a tied head left out.
[[nodiscard]] std::vector<ParameterShape> gpt2FileShapes(const Gpt2Config& config);

/// The parameters of gpt2ParameterShapes from the tensors of gpt2FileShapes; those are taken out of
/// `files` one by one, so that at no time both are whole in memory.
[[nodiscard]] NamedTensors gpt2FromFiles(const Gpt2Config& config,
                                         std::map<std::string, at::Tensor> files);

/// The reverse; contiguous. Also for what is shaped like the parameters: their gradients.
[[nodiscard]] std::map<std::string, at::Tensor> gpt2ToFiles(const Gpt2Config& config,
                                                            const NamedTensors& parameters);

/// Random weights as Hugging Face starts: matrices and tables normal(0, initializer_range), those
/// that write to the residual stream (c_proj) normal(0, initializer_range / sqrt(2 n_layer)),
/// biases 0, norms 1. Drawn from the default CPU generator in the order of the pass.
[[nodiscard]] NamedTensors randomGpt2Parameters(const Gpt2Config& config, at::ScalarType dtype);

}  // namespace retort::train
