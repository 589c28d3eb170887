#pragma once

#include "core/settings/resolve.h"
#include "trainers/data/dataset.h"
#include "trainers/data/task.h"
#include "trainers/models/bert.h"
#include "trainers/tokenizers/wordpiece.h"
#include "trainers/training/training_phase.h"

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace retort::train {

/// A task's rows, tokenized for one encoder, and how that encoder is judged on them.
class EncoderTask {
 public:
  /// Logits of a batch in evaluation mode; called under at::NoGradGuard.
  using Forward = std::function<at::Tensor(const EncoderBatch& batch)>;

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

  [[nodiscard]] const Dataset& training() const { return training_; }

  /// The batch of training rows on the device, labels in the model's type.
  [[nodiscard]] EncoderBatch batch(std::span<const std::int64_t> rows) const;

  /// Throws TrainError (kBadData or kBadSpec) when ids or positions could run past the model's
  /// tables.
  void checkFits(const BertConfig& config, const std::filesystem::path& model) const;

  /// Metrics and mean loss on every evaluation set; `prefix` stands before "eval.". Points of sets
  /// after the first carry the set's name as component. Empty when `pulse` gave it up.
  [[nodiscard]] std::optional<std::vector<MetricPoint>> evaluate(const Forward& forward,
                                                                 const std::string& prefix,
                                                                 const Pulse& pulse) const;

  /// The same for a model as it is.
  [[nodiscard]] std::optional<std::vector<MetricPoint>> evaluate(const BertModel& model,
                                                                 const std::string& prefix,
                                                                 const Pulse& pulse) const;

  /// {train: …, dev: …}: rows, lengths and truncations, for the event file.
  [[nodiscard]] Json summary() const;

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

/// The declarations of all that `evaluate` gives: evaluationMetrics(), eval.loss, and the same of
/// the teacher ("teacher.eval.…") and of the student with the teacher's help
/// ("intervention.eval.…").
[[nodiscard]] std::vector<MetricSpec> encoderTaskMetrics();

}  // namespace retort::train
