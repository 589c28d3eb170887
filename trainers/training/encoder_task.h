#pragma once

#include "core/settings/resolve.h"
#include "trainers/data/dataset.h"
#include "trainers/data/task.h"
#include "trainers/tokenizers/wordpiece.h"
#include "trainers/training/training_task.h"

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace retort::train {

/// A task's rows, tokenized for one encoder, and how that encoder is judged on them.
class EncoderTask : public TrainingTask {
 public:
  using TrainingTask::evaluate;

  struct Options {
    std::int64_t eval_batch = 32;
    at::ScalarType dtype = at::kFloat;
    at::Device device = at::kCPU;
  };

  /// `tokenizer`: the model folder's; the task's own takes precedence.
  EncoderTask(TaskData data,
              const std::optional<WordPieceTokenizer>& tokenizer,
              const SettingValues& settings,
              const Options& options);

  [[nodiscard]] const Task& task() const { return task_; }

  [[nodiscard]] const WordPieceTokenizer& tokenizer() const { return tokenizer_; }

  [[nodiscard]] std::int64_t trainingRows() const override { return training_.size(); }

  [[nodiscard]] TokenBatch batch(std::span<const std::int64_t> rows) const override;
  [[nodiscard]] std::int64_t evaluationRows() const override;
  [[nodiscard]] TokenBatch evaluationBatch(std::int64_t first, std::int64_t count) const override;

  [[nodiscard]] std::optional<std::int64_t> outputs() const override { return task_.outputs(); }

  [[nodiscard]] std::int64_t vocabularySize() const override { return tokenizer_.vocabularySize(); }

  void checkFits(const ModelShape& shape, const std::filesystem::path& model) const override;
  [[nodiscard]] std::optional<std::vector<MetricPoint>> evaluate(const Judged& judged,
                                                                 const Pulse& pulse) const override;

  [[nodiscard]] std::string mainMetric() const override { return task_.main_metric; }

  /// {train: …, dev: …}: rows, lengths and truncations.
  [[nodiscard]] Json summary() const override;
  void addTokenizer(ModelFiles& files) const override;

  [[nodiscard]] const WordPieceTokenizer* wordPieces() const override { return &tokenizer_; }

 private:
  struct EvaluationRows {
    std::string name;
    Dataset rows;
  };

  Task task_;
  WordPieceTokenizer tokenizer_;
  Options options_;
  std::int64_t max_length_ = 0;
  Dataset training_;
  std::vector<EvaluationRows> evaluations_;
};

/// For makeTask.
[[nodiscard]] std::unique_ptr<TrainingTask> makeEncoderTask(const TaskRequest& request);

/// The declarations of all that `evaluate` gives: evaluationMetrics(), eval.loss, and the same of
/// the teacher ("teacher.eval.…") and of the student with the teacher's help
/// ("intervention.eval.…").
[[nodiscard]] std::vector<MetricSpec> encoderTaskMetrics();

}  // namespace retort::train
