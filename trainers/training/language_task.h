#pragma once

#include "trainers/data/token_rows.h"
#include "trainers/evaluation/choice_evaluation.h"
#include "trainers/evaluation/language_metrics.h"
#include "trainers/evaluation/text_samples.h"
#include "trainers/settings/setting_group.h"
#include "trainers/tokenizers/tokenizer.h"
#include "trainers/training/training_task.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace retort::train {

/// How language models are judged.
struct LanguageEvaluationSettings {
  std::int64_t stride = 0;
};

/// data.eval_stride
[[nodiscard]] const SettingGroup<LanguageEvaluationSettings>& languageEvaluationSettings();

/// Next-token prediction on text: the tasks "text" and "grammar". Judged by the perplexity of the
/// validation part, beside a teacher by the divergence from it, and by questions with given answers
/// where the settings name some.
class LanguageTask : public TrainingTask {
 public:
  struct Options {
    std::string name;                  ///< of the task
    std::int64_t eval_batch = 8;       ///< rows
    std::int64_t train_rows = 0;       ///< learn only from the first; 0: all
    std::int64_t eval_rows = 0;        ///< judge only the first; 0: all
    bool has_document_mask = true;     ///< tokens see no other document of their row
    std::optional<double> least_loss;  ///< of the language itself, when it is known
    SampleSettings samples;            ///< what the model writes for people to read
    at::Device device = at::kCPU;
  };

  using TrainingTask::evaluate;

  LanguageTask(TokenRows training,
               TokenRows validation,
               std::unique_ptr<Tokenizer> tokenizer,
               ChoiceEvaluation choices,
               Options options);

  [[nodiscard]] std::int64_t trainingRows() const override;

  [[nodiscard]] TokenBatch batch(std::span<const std::int64_t> rows) const override;
  [[nodiscard]] std::int64_t evaluationRows() const override;
  [[nodiscard]] TokenBatch evaluationBatch(std::int64_t first, std::int64_t count) const override;

  [[nodiscard]] std::optional<std::int64_t> outputs() const override { return std::nullopt; }

  [[nodiscard]] std::int64_t vocabularySize() const override {
    return tokenizer_->vocabularySize();
  }

  void checkFits(const ModelShape& shape, const std::filesystem::path& model) const override;
  [[nodiscard]] std::optional<std::vector<MetricPoint>> evaluate(const Judged& judged,
                                                                 const Pulse& pulse) const override;

  [[nodiscard]] std::optional<std::vector<TextSample>> samples(const Judged& judged,
                                                               const Pulse& pulse) const override;

  /// lm_eval_results.json when questions are judged.
  [[nodiscard]] std::map<std::string, std::string> resultFiles(
      const std::map<std::string, double>& evaluation) const override;

  [[nodiscard]] std::string mainMetric() const override { return "eval.perplexity"; }

  /// {task, vocabulary, train: {rows, tokens, judged, documents}, validation: …, least_loss,
  /// questions: {task: number}}
  [[nodiscard]] Json summary() const override;
  void addTokenizer(ModelFiles& files) const override;

 private:
  [[nodiscard]] TokenBatch batchOf(const TokenRowBatch& rows) const;

  /// What the samples go on from: the settings' prompts, then beginnings of validation documents.
  [[nodiscard]] std::vector<std::vector<std::int32_t>> prompts() const;

  TokenRows training_;
  TokenRows validation_;
  std::unique_ptr<Tokenizer> tokenizer_;
  ChoiceEvaluation choices_;
  Options options_;
};

/// For makeTask. With the task "text" the tokenizer is that of request.model.
[[nodiscard]] std::unique_ptr<TrainingTask> makeLanguageTask(const TaskRequest& request);

/// The declarations of all that `evaluate` gives but eval.loss, of the model and of the teacher.
[[nodiscard]] std::vector<MetricSpec> languageTaskMetrics();

}  // namespace retort::train
