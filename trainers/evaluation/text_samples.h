#pragma once

#include "trainers/evaluation/token_sampler.h"
#include "trainers/settings/setting_group.h"
#include "trainers/tokenizers/tokenizer.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace retort::train {

/// What a language model writes at every evaluation, for people to read.
struct SampleSettings {
  std::int64_t count = 0;
  std::vector<std::string> prompts;
  std::int64_t prompt_tokens = 16;
  std::int64_t new_tokens = 64;
  double temperature = 0;
  double top_p = 1;
  std::int64_t seed = 1;

  [[nodiscard]] bool wantsAny() const { return count > 0 || !prompts.empty(); }
};

/// eval.samples.{count, prompts, prompt_tokens, new_tokens, temperature, top_p, seed}
[[nodiscard]] const SettingGroup<SampleSettings>& sampleSettings();

struct TextSample {
  std::string prompt;
  std::string text;  ///< what the model added, special tokens as they are written

  bool operator==(const TextSample&) const = default;
};

/// The ids of a prompt, with what the tokenizer puts before a text; bos or eos for an empty one.
/// Throws TrainError (kBadSpec) for an empty one when the tokenizer has neither.
[[nodiscard]] std::vector<std::int32_t> encodePrompt(const Tokenizer& tokenizer,
                                                     const std::string& prompt);

/// One sample for each prompt. The tokens of prompt i are drawn by numbers that depend on the seed,
/// i and the token's place only. Arguments and the empty result as continueTexts.
[[nodiscard]] std::optional<std::vector<TextSample>> writeSamples(
    const std::function<at::Tensor(const TokenBatch& batch)>& forward,
    const Tokenizer& tokenizer,
    const std::vector<std::vector<std::int32_t>>& prompts,
    const SampleSettings& settings,
    std::int64_t positions,
    at::Device device,
    const std::function<bool()>& pulse);

}  // namespace retort::train
