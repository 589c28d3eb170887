#pragma once

#include "trainers/models/model.h"
#include "trainers/settings/setting_group.h"
#include "trainers/tokenizers/tokenizer.h"
#include "trainers/training/model_phase.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace retort::train {

/// How a teacher writes the texts that its student learns from.
struct GenerateSettings {
  std::int64_t texts = 1000;
  std::int64_t length = 256;
  std::string start = "uniform";
  std::int64_t greedy_from = 3;
  std::int64_t greedy_to = 5;
  double temperature = 1;
  double top_p = 1;
};

/// generate.{texts, length, start, greedy_from, greedy_to, temperature, top_p}
[[nodiscard]] const SettingGroup<GenerateSettings>& generateSettings();

/// The id that text number `row` begins with, of a vocabulary of that size: any, alike likely
/// ("uniform"), or each in turn ("enumerated", as LLM-QAT's generate_data.py).
[[nodiscard]] std::int32_t startToken(const GenerateSettings& settings,
                                      std::uint64_t seed,
                                      std::int64_t row,
                                      std::int64_t vocabulary);

/// Tokens of text number `row` that are not drawn: the first, and behind it the likeliest. Each
/// number from greedy_from to greedy_to in turn.
[[nodiscard]] std::int64_t greedyTokens(const GenerateSettings& settings, std::int64_t row);

/// Writes training texts with a teacher (LLM-QAT, arXiv 2305.17888, section 2.1): a first token
/// without regard to the model, some that the teacher finds likeliest, then draws from its
/// distribution, until eos or the full length. A step writes the rows of one batch. What is drawn
/// depends on the run's seed, the text's number and the place in it: neither on the batch nor on an
/// interruption.
///
/// Instead of a model, model/ then holds train.npy ([texts, length] int32, eos behind the end of
/// a text), generated.json with the settings, and the teacher's tokenizer: what data.path of
/// another run takes with data.task: text and data.text.train: train.npy.
class GeneratePhase : public TrainingPhase {
 public:
  /// Loads teacher and tokenizer. Throws TrainError; kBadSpec when not every text would be written
  /// once.
  explicit GeneratePhase(const PhaseInput& input);

  [[nodiscard]] std::int64_t trainingRows() const override { return settings_.texts; }

  [[nodiscard]] bool hasTeacher() const override { return false; }

  /// The texts: -1 where nothing is written yet.
  [[nodiscard]] NamedTensors parameters() const override { return {{"texts", texts_}}; }

  [[nodiscard]] NamedTensors trainableParameters() const override { return {}; }

  /// The loss is -log of the teacher's probability of what was drawn, mean over those tokens.
  StepOutcome step(const StepRequest& request, const Pulse& pulse) override;

  /// generate.tokens, generate.ended of the texts so far.
  [[nodiscard]] std::optional<std::vector<MetricPoint>> evaluate(std::int64_t step,
                                                                 std::int64_t total_steps,
                                                                 const Pulse& pulse) override;

  [[nodiscard]] std::optional<std::vector<MetricPoint>> evaluateTeacher(
      const Pulse& /*pulse*/) override {
    return std::vector<MetricPoint>();
  }

  [[nodiscard]] std::string firstNonFinite(std::span<const std::int64_t> /*rows*/) override {
    return "the teacher's logits";
  }

  [[nodiscard]] MemoryEstimate memory() const override;
  [[nodiscard]] Json summary() const override;

  [[nodiscard]] std::string mainMetric() const override { return "generate.tokens"; }

  using TrainingPhase::writeModel;
  void writeModel(const std::filesystem::path& folder,
                  const std::map<std::string, double>& evaluation) const override;

 private:
  GenerateSettings settings_;
  std::uint64_t seed_ = 0;
  std::int64_t batch_ = 0;
  at::Device device_;
  std::unique_ptr<Tokenizer> tokenizer_;
  std::unique_ptr<Model> teacher_;
  std::int64_t vocabulary_ = 0;  ///< ids that both tokenizer and teacher have
  at::Tensor texts_;             ///< [texts, length] int32, on the CPU
};

/// generate.tokens, generate.ended
[[nodiscard]] std::vector<MetricSpec> generateMetrics();

}  // namespace retort::train
