#include "trainers/evaluation/choice_evaluation.h"

#include "core/base/check.h"
#include "trainers/data/choice_score.h"
#include "trainers/data/data_settings.h"
#include "trainers/evaluation/language_metrics.h"
#include "trainers/train_error.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <set>

#include <fmt/format.h>

namespace retort::train {

namespace {

constexpr const char* kHarness = "lm-evaluation-harness";

std::map<std::string, Json> taskPresets() {
  Json all = Json::array();
  for (const ChoiceTask& task : choiceTasks()) {
    all.push_back(task.name);
  }
  return {{"none", Json::array()}, {"commonsense", std::move(all)}};
}

const ChoiceTask& taskOf(const std::string& name) {
  const auto& known = choiceTasks();
  const auto found =
      std::ranges::find_if(known, [&](const ChoiceTask& task) { return task.name == name; });
  if (found == known.end()) {
    std::string names;
    for (const ChoiceTask& task : known) {
      names += (names.empty() ? "" : ", ") + task.name;
    }
    throw TrainError(ExitCode::kBadSpec,
                     fmt::format("eval.tasks: \"{}\" is not known; known: {}", name, names));
  }
  return *found;
}

std::string metricName(const std::string& task, const char* metric) {
  return fmt::format("eval.{}.{}", task, metric);
}

/// Rows of choices, padded behind; a label at each position that predicts a judged token.
TokenBatch batchOf(const std::vector<ChoiceTokens>& rows, std::int32_t pad_id) {
  std::size_t width = 1;
  for (const ChoiceTokens& row : rows) {
    width = std::max(width, row.ids.size() - 1);
  }
  const auto count = static_cast<std::int64_t>(rows.size());
  const auto columns = static_cast<std::int64_t>(width);
  std::vector<std::int64_t> ids(rows.size() * width, pad_id);
  std::vector<std::int64_t> mask(rows.size() * width, 0);
  std::vector<std::int64_t> labels(rows.size() * width, kIgnoredLabel);
  std::vector<std::int64_t> lengths;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const std::size_t read = rows[r].ids.size() - 1;
    const std::size_t first_judged = read - static_cast<std::size_t>(rows[r].judged);
    for (std::size_t i = 0; i < read; ++i) {
      const std::size_t place = r * width + i;
      ids[place] = rows[r].ids[i];
      mask[place] = 1;
      labels[place] = i >= first_judged ? rows[r].ids[i + 1] : kIgnoredLabel;
    }
    lengths.push_back(static_cast<std::int64_t>(read));
  }
  return {.input_ids = at::tensor(ids).reshape({count, columns}),
          .attention_mask = at::tensor(mask).reshape({count, columns}),
          .segment_ids = {},
          .lengths = at::tensor(lengths),
          .labels = at::tensor(labels).reshape({count, columns})};
}

/// Places of the rows that have something to judge, the longest first: what does not fit into
/// memory fails at once.
std::vector<std::size_t> byLength(const std::vector<ChoiceTokens>& rows) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].judged > 0) {
      order.push_back(i);
    }
  }
  std::ranges::stable_sort(
      order, [&](std::size_t a, std::size_t b) { return rows[a].ids.size() > rows[b].ids.size(); });
  return order;
}

Json standardErrorOrText(double share, std::int64_t questions) {
  const double error = standardError(share, questions);
  return std::isfinite(error) ? Json(error) : Json("N/A");
}

}  // namespace

const SettingGroup<ChoiceEvaluationSettings>& choiceEvaluationSettings() {
  static const SettingCondition kHasTasks = {.key = "eval.tasks",
                                             .none_of = std::vector<Json>(1, Json::array())};
  static const auto kGroup =
      SettingGroup<ChoiceEvaluationSettings>()
          .add(&ChoiceEvaluationSettings::tasks,
               {.key = "eval.tasks",
                .documentation =
                    "commonsense tasks that every evaluation also judges by log-likelihood, as "
                    "lm-evaluation-harness does: arc_challenge, arc_easy, boolq, hellaswag, "
                    "openbookqa, piqa, winogrande. The numbers of the last evaluation are also in "
                    "lm_eval_results.json beside the model",
                .presets = taskPresets(),
                .when = {taskIsForLanguageModels()}})
          .add(&ChoiceEvaluationSettings::path,
               {.key = "eval.path",
                .type = SettingType::kPath,
                .is_required = true,
                .documentation = "folder with TASK.jsonl of each of eval.tasks: rows of the "
                                 "Hugging Face data set, or as llm-foundry prepared them",
                .when = {taskIsForLanguageModels(), kHasTasks}})
          .add(&ChoiceEvaluationSettings::limit,
               {.key = "eval.limit",
                .documentation = "judge only the first questions of each task; 0: all",
                .unit = "questions",
                .minimum = 0,
                .when = {taskIsForLanguageModels(), kHasTasks}})
          .add(&ChoiceEvaluationSettings::add_bos,
               {.key = "eval.add_bos",
                .documentation = "begin every question with the tokenizer's bos "
                                 "(lm-evaluation-harness: add_bos_token)",
                .when = {taskIsForLanguageModels(), kHasTasks}});
  return kGroup;
}

std::vector<ChoiceSet> readChoiceSets(const ChoiceEvaluationSettings& settings) {
  std::vector<ChoiceSet> sets;
  std::set<std::string> names;
  for (const std::string& name : settings.tasks) {
    const ChoiceTask& task = taskOf(name);
    if (!names.insert(name).second) {
      throw TrainError(ExitCode::kBadSpec, fmt::format("eval.tasks names {} twice", name));
    }
    const auto file = std::filesystem::path(settings.path) / (name + ".jsonl");
    ChoiceSet set = {.task = task, .questions = readChoiceQuestions(name, file)};
    set.available = static_cast<std::int64_t>(set.questions.size());
    if (settings.limit > 0 && settings.limit < set.available) {
      set.questions.resize(static_cast<std::size_t>(settings.limit));
    }
    sets.push_back(std::move(set));
  }
  return sets;
}

ChoiceEvaluation::ChoiceEvaluation(std::vector<ChoiceSet> sets,
                                   const Tokenizer& tokenizer,
                                   const Options& options)
    : sets_(std::move(sets)),
      options_(options) {
  for (const ChoiceSet& set : sets_) {
    std::vector<ChoiceTokens>& tokens = tokens_.emplace_back();
    for (const ChoiceQuestion& question : set.questions) {
      for (std::size_t i = 0; i < question.contexts.size(); ++i) {
        tokens.push_back(encodeChoice(
            tokenizer, question.contexts[i], question.continuations[i], options.add_bos));
      }
    }
  }
}

std::optional<std::vector<std::vector<double>>> ChoiceEvaluation::logLikelihoods(
    std::size_t set,
    const Forward& forward,
    std::int64_t positions,
    const std::function<bool()>& pulse) const {
  const at::NoGradGuard no_grad;
  std::vector<ChoiceTokens> rows = tokens_.at(set);
  for (ChoiceTokens& row : rows) {
    row = cutChoice(row, positions > 0 ? positions : static_cast<std::int64_t>(row.ids.size()));
  }
  const std::vector<std::size_t> order = byLength(rows);
  std::vector<double> sums(rows.size(), 0);
  for (std::size_t first = 0; first < order.size();) {
    if (!pulse()) {
      return std::nullopt;
    }
    const auto width = static_cast<std::int64_t>(rows[order[first]].ids.size()) - 1;
    const auto most = static_cast<std::size_t>(
        std::max<std::int64_t>(options_.batch_tokens / std::max<std::int64_t>(width, 1), 1));
    const std::size_t end = std::min(first + most, order.size());
    std::vector<ChoiceTokens> chosen;
    for (std::size_t i = first; i < end; ++i) {
      chosen.push_back(rows[order[i]]);
    }
    const TokenBatch batch = batchOf(chosen, options_.pad_id).to(options_.device);
    const at::Tensor log_q = tokenLogProbabilities(forward(batch), batch.targets());
    const auto* next = log_q.const_data_ptr<double>();
    for (; first < end; ++first) {
      const std::int64_t judged = rows[order[first]].judged;
      sums[order[first]] = std::accumulate(next, next + judged, 0.0);
      next += judged;
    }
  }
  std::vector<std::vector<double>> result;
  auto sum = sums.begin();
  for (const ChoiceQuestion& question : sets_.at(set).questions) {
    const auto end = sum + static_cast<std::ptrdiff_t>(question.contexts.size());
    result.emplace_back(sum, end);
    sum = end;
  }
  return result;
}

std::optional<std::map<std::string, double>> ChoiceEvaluation::evaluate(
    const Forward& forward, std::int64_t positions, const std::function<bool()>& pulse) const {
  std::map<std::string, double> values;
  ChoiceScore sum;
  for (std::size_t i = 0; i < sets_.size(); ++i) {
    const auto likelihoods = logLikelihoods(i, forward, positions, pulse);
    if (!likelihoods) {
      return std::nullopt;
    }
    const ChoiceSet& set = sets_[i];
    std::vector<ChoiceScore> scores;
    for (std::size_t q = 0; q < set.questions.size(); ++q) {
      scores.push_back(scoreChoices(set.questions[q], likelihoods->at(q)));
    }
    const ChoiceScore mean = meanScore(scores);
    values[metricName(set.task.name, "acc")] = mean.acc;
    if (set.task.has_norm) {
      values[metricName(set.task.name, "acc_norm")] = mean.acc_norm;
    }
    sum.acc += mean.acc;
    sum.acc_norm += set.task.has_norm ? mean.acc_norm : mean.acc;
  }
  if (!sets_.empty()) {
    values["eval.tasks.acc"] = sum.acc / static_cast<double>(sets_.size());
    values["eval.tasks.acc_norm"] = sum.acc_norm / static_cast<double>(sets_.size());
  }
  return values;
}

Json ChoiceEvaluation::harnessResults(const std::vector<ChoiceSet>& sets,
                                      const Options& options,
                                      const std::map<std::string, double>& values) {
  Json file = {{"results", Json::object()}};
  for (const ChoiceSet& set : sets) {
    const std::string& name = set.task.name;
    const auto judged = static_cast<std::int64_t>(set.questions.size());
    Json numbers = {{"alias", name}};
    Json better;
    for (const char* metric : {"acc", "acc_norm"}) {
      if (const auto value = values.find(metricName(name, metric)); value != values.end()) {
        numbers[fmt::format("{},none", metric)] = value->second;
        numbers[fmt::format("{}_stderr,none", metric)] = standardErrorOrText(value->second, judged);
        better[metric] = true;
      }
    }
    file["results"][name] = std::move(numbers);
    file["higher_is_better"][name] = std::move(better);
    file["configs"][name] = {{"task", name},
                             {"output_type", "multiple_choice"},
                             {"target_delimiter", " "},
                             {"num_fewshot", 0},
                             {"metadata", {{"version", set.task.version}}}};
    file["versions"][name] = set.task.version;
    file["n-shot"][name] = 0;
    file["n-samples"][name] = {{"original", set.available}, {"effective", judged}};
  }
  file["config"] = {
      {"model", "retort"},
      {"model_args", fmt::format("add_bos_token={}", options.add_bos ? "True" : "False")},
      {"device", options.device.str()},
      {"limit", options.limit > 0 ? Json(options.limit) : Json(nullptr)}};
  return file;
}

std::vector<MetricSpec> choiceMetricSpecs() {
  std::vector<MetricSpec> metrics;
  const auto add =
      [&](const std::string& name, const std::string& documentation, const std::string& formula) {
        metrics.push_back({.name = name,
                           .better = "max",
                           .documentation = documentation,
                           .formula = formula,
                           .source = kHarness});
      };
  const std::string mean_of_tasks = "\\frac{1}{K} \\sum_k \\mathrm{acc}_k";
  for (const ChoiceTask& task : choiceTasks()) {
    add(metricName(task.name, "acc"),
        fmt::format("share of {}'s questions whose right answer is the likeliest", task.name),
        "\\frac{1}{n} \\sum_i [\\arg\\max_a \\log q(a \\mid c_i) = y_i]");
    if (task.has_norm) {
      add(metricName(task.name, "acc_norm"),
          fmt::format("share of {}'s questions whose right answer is the likeliest by character",
                      task.name),
          "\\frac{1}{n} \\sum_i [\\arg\\max_a \\log q(a \\mid c_i) / |a| = y_i]");
    }
  }
  add("eval.tasks.acc", "mean of acc over eval.tasks", mean_of_tasks);
  add("eval.tasks.acc_norm",
      "mean of acc_norm over eval.tasks, of acc where there is none",
      mean_of_tasks);
  return metrics;
}

}  // namespace retort::train
