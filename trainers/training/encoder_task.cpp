#include "trainers/training/encoder_task.h"

#include "trainers/data/data_settings.h"
#include "trainers/evaluation/metrics.h"
#include "trainers/io/model_folder.h"
#include "trainers/losses/task_loss.h"
#include "trainers/settings/loop_settings.h"
#include "trainers/train_error.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <utility>

#include <fmt/format.h>

namespace retort::train {

namespace {

WordPieceTokenizer chooseTokenizer(const TaskData& data,
                                   const std::optional<WordPieceTokenizer>& tokenizer) {
  if (data.tokenizer) {
    return *data.tokenizer;
  }
  if (!tokenizer) {
    throw TrainError(ExitCode::kBadSpec,
                     fmt::format("data.task: {} brings no tokenizer, and neither does model.init: "
                                 "random; start from a model folder",
                                 data.task.name));
  }
  return *tokenizer;
}

Dataset::Options datasetOptions(const SettingValues& values,
                                const Task& task,
                                at::ScalarType dtype) {
  const DataSettings settings = dataSettings().read(values);
  return {.max_length = settings.max_length,
          .padding = paddingFromName(settings.padding),
          .is_regression = task.is_regression,
          .score_type = dtype};
}

/// Class ids or scores of a batch, on the CPU.
void appendPredictions(const at::Tensor& logits, std::vector<double>& predictions) {
  const at::Tensor chosen = logits.size(1) == 1 ? logits.squeeze(1) : logits.argmax(1);
  const at::Tensor values = chosen.to(at::kCPU, at::kDouble).contiguous();
  const double* data = values.const_data_ptr<double>();
  predictions.insert(predictions.end(), data, data + values.numel());
}

}  // namespace

EncoderTask::EncoderTask(TaskData data,
                         const std::optional<WordPieceTokenizer>& tokenizer,
                         const SettingValues& settings,
                         const Options& options)
    : task_(data.task),
      tokenizer_(chooseTokenizer(data, tokenizer)),
      options_(options),
      max_length_(dataSettings().read(settings).max_length),
      training_(data.train, tokenizer_, datasetOptions(settings, data.task, options.dtype)) {
  const Dataset::Options rows = datasetOptions(settings, task_, options.dtype);
  for (const EvaluationSet& set : data.evaluations) {
    evaluations_.push_back({set.name, Dataset(set.examples, tokenizer_, rows)});
  }
}

TokenBatch EncoderTask::batch(std::span<const std::int64_t> rows) const {
  return training_.batch(rows).to(options_.device);
}

std::int64_t EncoderTask::evaluationRows() const {
  return evaluations_.empty() ? 0 : evaluations_.front().rows.size();
}

TokenBatch EncoderTask::evaluationBatch(std::int64_t first, std::int64_t count) const {
  TORCH_CHECK(!evaluations_.empty(), "the task has no evaluation rows");
  return evaluations_.front().rows.slice(first, count).to(options_.device);
}

void EncoderTask::checkFits(const ModelShape& shape, const std::filesystem::path& model) const {
  checkVocabularyFits(tokenizer_, shape.vocabulary);
  if (max_length_ > shape.positions) {
    throw TrainError(ExitCode::kBadSpec,
                     fmt::format("data.max_length is {}, but {} has {} positions",
                                 max_length_,
                                 model.string(),
                                 shape.positions));
  }
}

std::optional<std::vector<MetricPoint>> EncoderTask::evaluate(const Judged& judged,
                                                              const Pulse& pulse) const {
  const at::NoGradGuard no_grad;
  std::vector<MetricPoint> points;
  for (const EvaluationRows& set : evaluations_) {
    std::vector<double> predictions;
    double loss = 0;
    for (std::int64_t row = 0; row < set.rows.size(); row += options_.eval_batch) {
      if (!pulse()) {
        return std::nullopt;
      }
      const TokenBatch rows = set.rows.slice(row, options_.eval_batch).to(options_.device);
      const at::Tensor logits = judged.forward(rows);
      loss += taskLoss(logits, rows.targets()).item<double>() * static_cast<double>(logits.size(0));
      appendPredictions(logits, predictions);
    }
    auto values = evaluateMetrics(task_.metrics, predictions, set.rows.labels());
    values["eval.loss"] = loss / static_cast<double>(set.rows.size());
    const bool is_main = &set == evaluations_.data();
    for (const auto& [name, value] : values) {
      points.push_back(
          {.series = {.metric = judged.prefix + name, .component = is_main ? "" : set.name},
           .value = value});
    }
  }
  return points;
}

Json EncoderTask::summary() const {
  Json summary = {{"task", task_.name},
                  {"vocabulary", tokenizer_.vocabularySize()},
                  {"train", training_.summary()}};
  for (const EvaluationRows& set : evaluations_) {
    summary[set.name] = set.rows.summary();
  }
  return summary;
}

void EncoderTask::addTokenizer(ModelFiles& files) const {
  files.tokenizer = {{"vocab.txt", tokenizer_.vocabularyText()},
                     {"tokenizer_config.json", tokenizer_.configJson().dump(2) + "\n"}};
}

std::unique_ptr<TrainingTask> makeEncoderTask(const TaskRequest& request) {
  TaskData data = loadTaskData(request.settings);
  for (const std::string& warning : data.warnings) {
    request.warn(warning);
  }
  std::optional<WordPieceTokenizer> tokenizer = data.tokenizer;
  if (!tokenizer && !request.model.empty()) {
    tokenizer = WordPieceTokenizer::fromFolder(request.model);
  }
  const LoopSettings loop = loopSettings().read(request.settings);
  return std::make_unique<EncoderTask>(
      std::move(data),
      tokenizer,
      request.settings,
      EncoderTask::Options{.eval_batch = loop.eval_batch > 0 ? loop.eval_batch : loop.batch,
                           .dtype = request.dtype,
                           .device = request.device});
}

std::vector<MetricSpec> encoderTaskMetrics() {
  std::vector<MetricSpec> metrics = evaluationMetrics();
  metrics.push_back({.name = "eval.loss",
                     .better = "min",
                     .documentation = "mean task loss over the evaluation rows (cross entropy, or "
                                      "squared error of a regression)",
                     .formula = "-\\frac{1}{n} \\sum_i \\log p_{i, y_i}\\ \\text{or}\\ "
                                "\\frac{1}{n} \\sum_i (\\hat y_i - y_i)^2",
                     .source = "transformers, BertForSequenceClassification"});
  const std::size_t count = metrics.size();
  for (std::size_t i = 0; i < count; ++i) {
    // Evaluation sets after the first (MNLI's mismatched) are told apart by their name.
    metrics[i].dimensions = {"component"};
    for (const auto& [prefix, words] :
         {std::pair{"teacher.", "of the teacher: "},
          std::pair{"intervention.", "of the student with the teacher's intervention: "}}) {
      MetricSpec other = metrics[i];
      other.name = prefix + other.name;
      other.documentation = words + other.documentation;
      metrics.push_back(std::move(other));
    }
  }
  return metrics;
}

}  // namespace retort::train
