#pragma once

#include "core/base/json.h"
#include "core/settings/catalogue.h"
#include "trainers/data/choice_questions.h"
#include "trainers/models/token_batch.h"
#include "trainers/settings/setting_group.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace retort::train {

/// The commonsense tasks that a language model is judged on beside its text.
struct ChoiceEvaluationSettings {
  std::vector<std::string> tasks;
  std::string path;
  std::int64_t limit = 0;
  bool add_bos = false;
};

/// eval.tasks, eval.path, eval.limit, eval.add_bos
[[nodiscard]] const SettingGroup<ChoiceEvaluationSettings>& choiceEvaluationSettings();

/// A task with its questions.
struct ChoiceSet {
  ChoiceTask task;
  std::vector<ChoiceQuestion> questions;  ///< those that are judged, at least one
  std::int64_t available = 0;             ///< questions of the file
};

/// The questions of TASK.jsonl in `path` for every named task, the first `limit` of each (0: all).
/// Throws TrainError: kBadSpec for a task that is not known or named twice, kMissingInput and
/// kBadData as readChoiceQuestions.
[[nodiscard]] std::vector<ChoiceSet> readChoiceSets(const ChoiceEvaluationSettings& settings);

/// Tasks of questions with given answers, judged as lm-evaluation-harness does: the answer is the
/// choice of the greatest log-likelihood (acc), or of the greatest by character (acc_norm).
class ChoiceEvaluation {
 public:
  /// Logits [M, V] of the batch's judged positions, in row-major order.
  using Forward = std::function<at::Tensor(const TokenBatch& batch)>;

  struct Options {
    std::int64_t batch_tokens = 4096;  ///< at most so many in a batch, padding included; one row is
                                       ///< always possible
    std::int32_t pad_id = 0;
    bool add_bos = false;
    std::int64_t limit = 0;  ///< of questions, as it was asked for
    at::Device device = at::kCPU;
  };

  ChoiceEvaluation() = default;

  /// Encodes all choices.
  ChoiceEvaluation(std::vector<ChoiceSet> sets, const Tokenizer& tokenizer, const Options& options);

  [[nodiscard]] const std::vector<ChoiceSet>& sets() const { return sets_; }

  /// Values by the names of choiceMetricSpecs; none without tasks. Contexts are cut from the left
  /// to a model of that many positions (0: any). Batches hold rows of about equal length, padded
  /// behind. Empty when `pulse`, which is called between batches, gave it up.
  [[nodiscard]] std::optional<std::map<std::string, double>> evaluate(
      const Forward& forward, std::int64_t positions, const std::function<bool()>& pulse) const;

  /// The log-likelihoods of the choices of each question of one set. Empty as `evaluate`.
  [[nodiscard]] std::optional<std::vector<std::vector<double>>> logLikelihoods(
      std::size_t set,
      const Forward& forward,
      std::int64_t positions,
      const std::function<bool()>& pulse) const;

  /// What lm-evaluation-harness writes into its results file, of the values of `evaluate`: results
  /// {task: {"acc,none", "acc_stderr,none", …}}, configs, versions, n-shot, n-samples, config.
  [[nodiscard]] Json harnessResults(const std::map<std::string, double>& values) const {
    return harnessResults(sets_, options_, values);
  }

  /// The same of any evaluation of these sets.
  [[nodiscard]] static Json harnessResults(const std::vector<ChoiceSet>& sets,
                                           const Options& options,
                                           const std::map<std::string, double>& values);

 private:
  std::vector<ChoiceSet> sets_;
  std::vector<std::vector<ChoiceTokens>> tokens_;  ///< of each set, choice after choice
  Options options_;
};

/// eval.TASK.acc and eval.TASK.acc_norm of every task; eval.tasks.acc, eval.tasks.acc_norm: means
/// over the tasks, the second with acc of those that have no acc_norm.
[[nodiscard]] std::vector<MetricSpec> choiceMetricSpecs();

}  // namespace retort::train
