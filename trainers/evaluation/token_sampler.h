#pragma once

#include "trainers/models/token_batch.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

/// How language models write: token after token, each from the distribution of the whole text
/// before it.
namespace retort::train {

/// How the next token is taken from a distribution p = softmax(logits / temperature).
struct SamplingOptions {
  double temperature = 0;  ///< 0: the likeliest token, whatever `uniform` is
  double top_p = 1;        ///< of the likeliest tokens, only as many as are needed to have this
                           ///< share of p (at least one) can be drawn
};

/// The token that `uniform` in [0, 1) falls on: the first id with p(0) + … + p(id) > uniform, by
/// the renormalised p of the tokens that can be drawn. Of equal logits the lower id is the
/// likelier. logits: [V], computed in float64 on the CPU. Throws c10::Error for logits that are not
/// finite (-infinity is a token that is never drawn).
[[nodiscard]] std::int64_t drawToken(const at::Tensor& logits,
                                     const SamplingOptions& options,
                                     double uniform);

/// What continueTexts asks for each token: the text's number, the place of the new token in it (the
/// prompt's length for the first) and the logits [V] there.
using TokenChoice =
    std::function<std::int64_t(std::size_t text, std::int64_t place, const at::Tensor& logits)>;

struct ContinuationLimits {
  std::int64_t new_tokens = 64;
  std::int64_t positions = 0;  ///< the most tokens of a text, prompt included; 0: any
  std::optional<std::int32_t> eos = std::nullopt;  ///< ends a text, and stays in it
};

/// The texts with what the model adds to them. `forward`: logits [M, V] of the batch's judged
/// positions. All texts are read anew, side by side, for each token: the cost grows with the square
/// of their length. Prompts have at least one token. Empty when `pulse`, which is called between
/// tokens, gave it up.
[[nodiscard]] std::optional<std::vector<std::vector<std::int32_t>>> continueTexts(
    const std::function<at::Tensor(const TokenBatch& batch)>& forward,
    std::vector<std::vector<std::int32_t>> prompts,
    const ContinuationLimits& limits,
    const TokenChoice& choose,
    at::Device device,
    const std::function<bool()>& pulse);

}  // namespace retort::train
