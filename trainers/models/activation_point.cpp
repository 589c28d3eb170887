#include "trainers/models/activation_point.h"

namespace retort::train {

const std::array<ActivationPointFacts, kActivationPoints>& activationPoints() {
  static constexpr std::array<ActivationPointFacts, kActivationPoints> kPoints = {{
      {ActivationPoint::kQkvInput, "qkv_input", "the input of W_Q, W_K and W_V"},
      {ActivationPoint::kQuery, "query", "the query before Q K^T", true},
      {ActivationPoint::kKey, "key", "the key before Q K^T", true},
      {ActivationPoint::kProbabilities,
       "probabilities",
       "the attention probabilities after dropout, before A V",
       true},
      {ActivationPoint::kValue, "value", "the value before A V", true},
      {ActivationPoint::kOInput, "o_input", "the input of W_O (the context)"},
      {ActivationPoint::kFfn1Input, "ffn1_input", "the input of the first feed-forward layer"},
      {ActivationPoint::kFfn2Input,
       "ffn2_input",
       "the input of the second feed-forward layer, after GELU"},
      {ActivationPoint::kPoolerInput, "pooler_input", "the input of the pooler"},
  }};
  return kPoints;
}

const ActivationPointFacts& factsOf(ActivationPoint point) {
  return activationPoints().at(static_cast<std::size_t>(point));
}

}  // namespace retort::train
