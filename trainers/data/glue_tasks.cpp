#include "trainers/data/glue_tasks.h"

#include <utility>

namespace retort::train {

namespace {

const std::vector<std::string> kAccuracy = {"eval.accuracy"};
const std::vector<std::string> kAccuracyF1 = {"eval.accuracy", "eval.f1", "eval.accuracy_f1"};
const std::vector<std::string> kEntailment = {"entailment", "not_entailment"};
const std::vector<std::string> kBinary = {"0", "1"};

/// A task over one or two texts whose files have a header.
GlueTask withHeader(Task task, std::vector<std::string> columns) {
  GlueTask glue = {.files = {"train.tsv", "dev.tsv"}, .set_names = {"dev"}};
  task.is_pair = columns.size() == 3;
  glue.task = std::move(task);
  for (std::string& column : columns) {
    glue.table.columns.push_back({.name = std::move(column)});
  }
  return glue;
}

GlueTask cola() {
  GlueTask glue = {
      .task = {.name = "cola",
               .documentation = "CoLA: is an English sentence acceptable?",
               .labels = kBinary,
               .metrics = {"eval.matthews", "eval.accuracy"},
               .main_metric = "eval.matthews"},
      .table = {.has_header = false,
                .columns = {{.name = "sentence", .place = 3}, {.name = "label", .place = 1}}},
      .files = {"train.tsv", "dev.tsv"},
      .set_names = {"dev"}};
  return glue;
}

GlueTask mnli() {
  GlueTask glue =
      withHeader({.name = "mnli",
                  .documentation = "MNLI: does the first sentence contradict, entail or "
                                   "not decide the second?",
                  .labels = {"contradiction", "entailment", "neutral"},
                  .metrics = kAccuracy,
                  .main_metric = "eval.accuracy"},
                 {"sentence1", "sentence2", "gold_label"});
  glue.files = {"train.tsv", "dev_matched.tsv", "dev_mismatched.tsv"};
  glue.set_names = {"matched", "mismatched"};
  return glue;
}

GlueTask qqp() {
  GlueTask glue = withHeader({.name = "qqp",
                              .documentation = "QQP: do two questions ask the same?",
                              .labels = kBinary,
                              .metrics = kAccuracyF1,
                              .main_metric = "eval.accuracy_f1"},
                             {"question1", "question2", "is_duplicate"});
  glue.table.skips_short_rows = true;
  return glue;
}

}  // namespace

const std::vector<GlueTask>& glueTasks() {
  static const std::vector<GlueTask> kTasks = {
      cola(),
      mnli(),
      withHeader({.name = "mrpc",
                  .documentation = "MRPC: do two sentences of the news say the same?",
                  .labels = kBinary,
                  .metrics = kAccuracyF1,
                  .main_metric = "eval.accuracy_f1"},
                 {"#1 String", "#2 String", "Quality"}),
      withHeader({.name = "qnli",
                  .documentation = "QNLI: does a sentence hold the answer to a question?",
                  .labels = kEntailment,
                  .metrics = kAccuracy,
                  .main_metric = "eval.accuracy"},
                 {"question", "sentence", "label"}),
      qqp(),
      withHeader({.name = "rte",
                  .documentation = "RTE: does the first text entail the second?",
                  .labels = kEntailment,
                  .metrics = kAccuracy,
                  .main_metric = "eval.accuracy"},
                 {"sentence1", "sentence2", "label"}),
      withHeader({.name = "sst2",
                  .documentation = "SST-2: is a phrase of a film review positive?",
                  .labels = kBinary,
                  .metrics = kAccuracy,
                  .main_metric = "eval.accuracy"},
                 {"sentence", "label"}),
      withHeader({.name = "stsb",
                  .documentation = "STS-B: how similar are two sentences, from 0 to 5?",
                  .is_regression = true,
                  .metrics = {"eval.pearson", "eval.spearman", "eval.pearson_spearman"},
                  .main_metric = "eval.pearson_spearman"},
                 {"sentence1", "sentence2", "score"}),
      withHeader({.name = "wnli",
                  .documentation = "WNLI: does a sentence follow when its pronoun is replaced?",
                  .labels = kBinary,
                  .metrics = kAccuracy,
                  .main_metric = "eval.accuracy"},
                 {"sentence1", "sentence2", "label"}),
  };
  return kTasks;
}

}  // namespace retort::train
