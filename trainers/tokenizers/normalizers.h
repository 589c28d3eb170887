#pragma once

#include "trainers/tokenizers/component.h"

#include <functional>
#include <string>

namespace retort::train {

/// Well-formed text to well-formed text.
using Normalizer = std::function<std::string(std::string)>;

/// tokenizer.json's "normalizer": NFC, NFD, NFKC, NFKD, Lowercase, Strip, Prepend, Replace,
/// Sequence, as Hugging Face's tokenizers do them. Throws TrainError (kBadData) for others, by
/// name.
[[nodiscard]] Normalizer makeNormalizer(const Component& component);

}  // namespace retort::train
