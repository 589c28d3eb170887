#include "trainers/evaluation/text_samples.h"

#include "trainers/data/data_settings.h"
#include "trainers/data/split_mix.h"
#include "trainers/train_error.h"

namespace retort::train {

const SettingGroup<SampleSettings>& sampleSettings() {
  static const auto kGroup =
      SettingGroup<SampleSettings>()
          .add(&SampleSettings::count,
               {.key = "eval.samples.count",
                .documentation = "texts that the model writes at every evaluation, each from the "
                                 "beginning of a validation document; `retort show` prints them",
                .minimum = 0,
                .maximum = 1000,
                .when = {taskIsForLanguageModels()}})
          .add(&SampleSettings::prompts,
               {.key = "eval.samples.prompts",
                .documentation = "texts that the model continues at every evaluation",
                .when = {taskIsForLanguageModels()}})
          .add(&SampleSettings::prompt_tokens,
               {.key = "eval.samples.prompt_tokens",
                .documentation = "tokens of a validation document that are given",
                .unit = "tokens",
                .minimum = 1,
                .maximum = 1e6,
                .when = {taskIsForLanguageModels()}})
          .add(&SampleSettings::new_tokens,
               {.key = "eval.samples.new_tokens",
                .documentation = "tokens that the model adds, unless its text ends before",
                .unit = "tokens",
                .minimum = 1,
                .maximum = 1e6,
                .when = {taskIsForLanguageModels()}})
          .add(&SampleSettings::temperature,
               {.key = "eval.samples.temperature",
                .documentation = "by which the logits are divided; 0: always the likeliest token",
                .minimum = 0,
                .maximum = 100,
                .when = {taskIsForLanguageModels()}})
          .add(&SampleSettings::top_p,
               {.key = "eval.samples.top_p",
                .documentation = "draw from the likeliest tokens that have this share of the "
                                 "probability together",
                .minimum = 0,
                .maximum = 1,
                .is_minimum_exclusive = true,
                .when = {taskIsForLanguageModels()}})
          .add(&SampleSettings::seed,
               {.key = "eval.samples.seed",
                .documentation = "seed of the draws; the same at every evaluation",
                .minimum = 0,
                .when = {taskIsForLanguageModels()}});
  return kGroup;
}

std::vector<std::int32_t> encodePrompt(const Tokenizer& tokenizer, const std::string& prompt) {
  std::vector<std::int32_t> ids = tokenizer.prefix();
  const std::vector<std::int32_t> text = tokenizer.encodePlain(prompt);
  ids.insert(ids.end(), text.begin(), text.end());
  if (ids.empty()) {
    const SpecialIds& special = tokenizer.specialIds();
    const std::optional<std::int32_t> first = special.bos ? special.bos : special.eos;
    if (!first) {
      throw TrainError(ExitCode::kBadSpec,
                       "eval.samples.prompts: an empty prompt needs a tokenizer with bos or eos");
    }
    ids.push_back(*first);
  }
  return ids;
}

std::optional<std::vector<TextSample>> writeSamples(
    const std::function<at::Tensor(const TokenBatch& batch)>& forward,
    const Tokenizer& tokenizer,
    const std::vector<std::vector<std::int32_t>>& prompts,
    const SampleSettings& settings,
    std::int64_t positions,
    at::Device device,
    const std::function<bool()>& pulse) {
  const auto seed = static_cast<std::uint64_t>(settings.seed);
  const SamplingOptions sampling = {.temperature = settings.temperature, .top_p = settings.top_p};
  const auto choose = [&](std::size_t text, std::int64_t place, const at::Tensor& logits) {
    return drawToken(logits, sampling, uniformAt(seed, text, static_cast<std::uint64_t>(place)));
  };
  const auto texts = continueTexts(forward,
                                   prompts,
                                   {.new_tokens = settings.new_tokens,
                                    .positions = positions,
                                    .eos = tokenizer.specialIds().eos},
                                   choose,
                                   device,
                                   pulse);
  if (!texts) {
    return std::nullopt;
  }
  std::vector<TextSample> samples;
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    const std::string prompt = tokenizer.decode(prompts[i]);
    const std::string whole = tokenizer.decode(texts->at(i));
    // Decoded alone, the continuation would lose the space that it begins with.
    const bool goes_on = whole.starts_with(prompt);
    const std::vector<std::int32_t> added(
        texts->at(i).begin() + static_cast<std::ptrdiff_t>(prompts[i].size()), texts->at(i).end());
    samples.push_back({.prompt = prompt,
                       .text = goes_on ? whole.substr(prompt.size()) : tokenizer.decode(added)});
  }
  return samples;
}

}  // namespace retort::train
