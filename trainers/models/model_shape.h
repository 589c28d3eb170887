#pragma once

#include <cstdint>

namespace retort::train {

/// The sizes of a Transformer that losses, probes, tasks and estimates ask for.
struct ModelShape {
  std::int64_t layers = 0;
  std::int64_t hidden_size = 0;        ///< D
  std::int64_t heads = 0;              ///< H, of the queries
  std::int64_t key_value_heads = 0;    ///< H unless queries share keys and values
  std::int64_t head_size = 0;          ///< d; D / H unless the configuration says otherwise
  std::int64_t intermediate_size = 0;  ///< I
  std::int64_t vocabulary = 0;         ///< rows of the word embedding
  std::int64_t positions = 0;          ///< the most tokens of a row
  std::int64_t outputs = 0;            ///< columns of the logits
  bool is_decoder = false;             ///< no pooler
  bool has_gates = false;              ///< in the feed-forward parts, whose inner values then have
                                       ///< both signs

  bool operator==(const ModelShape&) const = default;
};

}  // namespace retort::train
