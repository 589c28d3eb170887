#pragma once

#include "trainers/tokenizers/component.h"

#include <functional>
#include <string>
#include <vector>

namespace retort::train {

/// Tokens to pieces of text that are joined in the end.
using Decoder = std::function<std::vector<std::string>(std::vector<std::string>)>;

/// tokenizer.json's "decoder": ByteLevel, Metaspace, ByteFallback, Fuse, Replace, Strip, Sequence,
/// as Hugging Face's tokenizers do them. Throws TrainError (kBadData) for others, by name.
[[nodiscard]] Decoder makeDecoder(const Component& component);

}  // namespace retort::train
