#pragma once

#include "core/base/json.h"
#include "core/events/event.h"
#include "trainers/models/model.h"
#include "trainers/training/training_phase.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace retort::train {

class WordPieceTokenizer;
struct ModelFiles;

/// What is learned: rows to train on, and how a model is judged on others. Loss of the task itself:
/// losses/task_loss.h of the logits and TokenBatch::targets.
class TrainingTask {
 public:
  /// Logits of a batch in evaluation mode; called under at::NoGradGuard.
  using Forward = std::function<at::Tensor(const TokenBatch& batch)>;

  /// Who is judged.
  struct Judged {
    Forward forward;
    Forward teacher;             ///< for metrics that compare with it; may be empty
    std::string prefix;          ///< before "eval.…"
    std::int64_t positions = 0;  ///< the most tokens that the model reads; 0: any number
  };

  TrainingTask() = default;
  virtual ~TrainingTask() = default;
  TrainingTask(const TrainingTask&) = delete;
  TrainingTask& operator=(const TrainingTask&) = delete;

  [[nodiscard]] virtual std::int64_t trainingRows() const = 0;

  /// The batch of training rows on the device, labels in the model's type.
  [[nodiscard]] virtual TokenBatch batch(std::span<const std::int64_t> rows) const = 0;

  /// Rows of the main evaluation set; 0 when there is none.
  [[nodiscard]] virtual std::int64_t evaluationRows() const = 0;

  /// Rows first … first + count - 1 of it, as `batch`.
  [[nodiscard]] virtual TokenBatch evaluationBatch(std::int64_t first,
                                                   std::int64_t count) const = 0;

  /// Columns that the model's logits must have; empty: as many as it has tokens.
  [[nodiscard]] virtual std::optional<std::int64_t> outputs() const = 0;

  /// Ids that the tokenizer gives; 0 when that is not known.
  [[nodiscard]] virtual std::int64_t vocabularySize() const = 0;

  /// Throws TrainError (kBadData or kBadSpec) when ids or positions could run past the model's
  /// tables. `model`: for the message.
  virtual void checkFits(const ModelShape& shape, const std::filesystem::path& model) const = 0;

  /// Metrics and mean loss on every evaluation set. Points of sets after the first carry the set's
  /// name as component. Empty when `pulse` gave it up.
  [[nodiscard]] virtual std::optional<std::vector<MetricPoint>> evaluate(
      const Judged& judged, const Pulse& pulse) const = 0;

  /// The same for a model as it is.
  [[nodiscard]] std::optional<std::vector<MetricPoint>> evaluate(const Model& model,
                                                                 const std::string& prefix,
                                                                 const Pulse& pulse) const;

  /// The metric by which "best" is chosen.
  [[nodiscard]] virtual std::string mainMetric() const = 0;

  /// Rows, lengths and truncations, for the event file.
  [[nodiscard]] virtual Json summary() const = 0;

  /// Texts that a language model writes, as the settings ask for. Empty when `pulse` gave it up.
  [[nodiscard]] virtual std::optional<std::vector<TextSample>> samples(
      const Judged& /*judged*/, const Pulse& /*pulse*/) const {
    return std::vector<TextSample>();
  }

  /// Files for beside a model that tell how it was judged: contents by name. `evaluation`: what
  /// `evaluate` gave for it, by metric.
  [[nodiscard]] virtual std::map<std::string, std::string> resultFiles(
      const std::map<std::string, double>& /*evaluation*/) const {
    return {};
  }

  /// Adds the tokenizer's files to those of a model.
  virtual void addTokenizer(ModelFiles& files) const = 0;

  /// The tokenizer of an encoder's task, for probes that look at special tokens; null of others.
  [[nodiscard]] virtual const WordPieceTokenizer* wordPieces() const { return nullptr; }
};

/// What a task is made from.
struct TaskRequest {
  SettingValues settings;
  std::filesystem::path model;  ///< whose tokenizer is used unless the task has its own; may be
                                ///< empty
  at::ScalarType dtype = at::kFloat;
  at::Device device = at::kCPU;
  std::function<void(const std::string&)> warn;
};

/// The task that data.task names, with its rows. Throws TrainError.
[[nodiscard]] std::unique_ptr<TrainingTask> makeTask(const TaskRequest& request);

}  // namespace retort::train
