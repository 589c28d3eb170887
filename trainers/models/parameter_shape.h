#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace retort::train {

/// One parameter that a configuration calls for.
struct ParameterShape {
  std::string name;  ///< Hugging Face's: "bert.embeddings.word_embeddings.weight", …
  std::vector<std::int64_t> shape;
};

}  // namespace retort::train
