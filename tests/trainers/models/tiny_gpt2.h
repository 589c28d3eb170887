#pragma once

#include "tests/trainers/models/tiny_decoder.h"
#include "trainers/models/gpt2.h"

#include <string>

/// GPT-2s of width 32 with weights from a formula, and Hugging Face's numbers for them
/// (tests/data/make_gpt2_golden.py).
namespace retort::train {

/// The parameters of the script's models, whose formula is of Hugging Face's tensors.
[[nodiscard]] NamedTensors hashedGpt2Parameters(const Gpt2Config& config,
                                                at::ScalarType dtype = at::kDouble);

struct TinyGpt2 {
  /// A case of the golden file: "gpt2", "gpt2_documents", …
  explicit TinyGpt2(const std::string& name, at::ScalarType type = at::kDouble);

  [[nodiscard]] Gpt2Model model(const ModelQuantization& quantization = {}) const;

  Json golden;
  Gpt2Config config;
  TokenBatch batch;
  at::ScalarType dtype;
};

/// A config.json of a small GPT-2 with `changes`.
[[nodiscard]] Gpt2Config smallGpt2Config(const Json& changes = Json::object());

}  // namespace retort::train
