#include "trainers/data/data_settings.h"

#include "trainers/data/task.h"
#include "trainers/train_error.h"

#include <fmt/format.h>

namespace retort::train {

namespace {

constexpr const char* kTask = "data.task";

std::vector<Json> languageTasks() {
  return {languageTaskNames().begin(), languageTaskNames().end()};
}

}  // namespace

const std::vector<std::string>& languageTaskNames() {
  static const std::vector<std::string> kNames = {"text", "grammar"};
  return kNames;
}

SettingCondition taskIs(const std::string& task) {
  return {.key = kTask, .any_of = {task}};
}

SettingCondition taskIsForLanguageModels() {
  return {.key = kTask, .any_of = languageTasks()};
}

SettingCondition taskIsForEncoders() {
  return {.key = kTask, .none_of = languageTasks()};
}

std::filesystem::path fileInDataPath(const std::filesystem::path& folder,
                                     const std::string& key,
                                     const std::string& name) {
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos) {
    throw TrainError(
        ExitCode::kBadSpec,
        fmt::format("{} is \"{}\"; it must be the name of a file in data.path", key, name));
  }
  return folder / name;
}

const SettingGroup<DataSettings>& dataSettings() {
  static const auto kGroup =
      SettingGroup<DataSettings>()
          .add(
              &DataSettings::task,
              {.key = "data.task",
               .documentation = "what is learned: a GLUE task, a table of one's own, the generated "
                                "agreement language; text or the generated grammar by a language "
                                "model",
               .choices = taskNames()})
          .add(&DataSettings::path,
               {.key = "data.path",
                .type = SettingType::kPath,
                .is_required = true,
                .documentation =
                    "folder with the task's files, as GLUE has them (train.tsv, dev.tsv); of text "
                    "the file or its folder",
                .when = {{.key = "data.task", .none_of = {"agreement", "grammar"}}}})
          .add(&DataSettings::max_length,
               {.key = "data.max_length",
                .documentation = "tokens of an example, special ones included; longer ones are cut",
                .unit = "tokens",
                .minimum = 3,
                .maximum = 1 << 20})
          .add(&DataSettings::padding,
               {.key = "data.padding",
                .documentation = "width of a batch: always data.max_length, or its longest row",
                .choices = {"fixed", "dynamic"}})
          .add(&DataSettings::augmentation,
               {.key = "data.augmentation",
                .documentation = "train on train_aug_N.tsv, as TinyBERT's data_augmentation.py "
                                 "makes it, instead of train.tsv; 0: no augmentation",
                .minimum = 0,
                .maximum = 1000,
                .when = {{.key = "data.task",
                          .none_of = {"agreement", "table", "text", "grammar"}}}})
          .add(&DataSettings::train_rows,
               {.key = "data.train_rows",
                .documentation = "use only the first rows for training; 0: all",
                .unit = "rows",
                .minimum = 0})
          .add(&DataSettings::eval_rows,
               {.key = "data.eval_rows",
                .documentation = "use only the first rows for evaluation; 0: all",
                .unit = "rows",
                .minimum = 0})
          .add(&DataSettings::shuffle,
               {.key = "data.shuffle",
                .documentation = "visit the rows of each epoch in an order drawn from the seed"});
  return kGroup;
}

const SettingGroup<TableTaskSettings>& tableTaskSettings() {
  static const auto kGroup =
      SettingGroup<TableTaskSettings>()
          .add(&TableTaskSettings::format,
               {.key = "data.table.format",
                .documentation = "tsv (nothing quoted), csv (RFC 4180), jsonl; auto: by the ending",
                .choices = {"auto", "tsv", "csv", "jsonl"},
                .when = {taskIs("table")}})
          .add(&TableTaskSettings::train,
               {.key = "data.table.train",
                .documentation = "name of the training file in data.path",
                .when = {taskIs("table")}})
          .add(&TableTaskSettings::dev,
               {.key = "data.table.dev",
                .documentation = "name of the evaluation file in data.path",
                .when = {taskIs("table")}})
          .add(&TableTaskSettings::text,
               {.key = "data.table.text",
                .documentation = "column of the text",
                .when = {taskIs("table")}})
          .add(&TableTaskSettings::text_pair,
               {.key = "data.table.text_pair",
                .documentation = "column of the second text of a pair; empty: single texts",
                .when = {taskIs("table")}})
          .add(&TableTaskSettings::label,
               {.key = "data.table.label",
                .documentation = "column of the label",
                .when = {taskIs("table")}})
          .add(&TableTaskSettings::labels,
               {.key = "data.table.labels",
                .documentation = "the labels in the order of their ids; empty: those of the "
                                 "training file, sorted",
                .when = {taskIs("table")}})
          .add(&TableTaskSettings::is_regression,
               {.key = "data.table.regression",
                .documentation = "labels are numbers to be predicted, not classes",
                .when = {taskIs("table")}})
          .add(&TableTaskSettings::metric,
               {.key = "data.table.metric",
                .documentation = "what decides which evaluation was best; auto: accuracy, or "
                                 "pearson_spearman for numbers",
                .choices = {"auto",
                            "accuracy",
                            "matthews",
                            "f1",
                            "accuracy_f1",
                            "pearson",
                            "spearman",
                            "pearson_spearman"},
                .when = {taskIs("table")}});
  return kGroup;
}

const SettingGroup<AgreementSettings>& agreementSettings() {
  static const auto kGroup =
      SettingGroup<AgreementSettings>()
          .add(&AgreementSettings::train_rows,
               {.key = "data.agreement.train_rows",
                .documentation = "sentences to train on",
                .unit = "rows",
                .minimum = 1,
                .maximum = 1e6,
                .when = {taskIs("agreement")}})
          .add(&AgreementSettings::dev_rows,
               {.key = "data.agreement.dev_rows",
                .documentation = "sentences to evaluate on, none of them among the others",
                .unit = "rows",
                .minimum = 1,
                .maximum = 1e6,
                .when = {taskIs("agreement")}})
          .add(&AgreementSettings::seed,
               {.key = "data.agreement.seed",
                .documentation = "seed of the sentences; apart from the run's seed, so that "
                                 "replicates learn from the same data",
                .minimum = 0,
                .when = {taskIs("agreement")}})
          .add(&AgreementSettings::endings,
               {.key = "data.agreement.endings",
                .documentation = "how many endings there are to agree in",
                .minimum = 2,
                .maximum = 6,
                .when = {taskIs("agreement")}})
          .add(&AgreementSettings::phrases,
               {.key = "data.agreement.phrases",
                .documentation = "at most so many distracting phrases between words that agree",
                .minimum = 2,
                .maximum = 5,
                .when = {taskIs("agreement")}})
          .add(&AgreementSettings::nesting,
               {.key = "data.agreement.nesting",
                .documentation = "how deep relative clauses may be nested",
                .minimum = 0,
                .maximum = 3,
                .when = {taskIs("agreement")}})
          .add(&AgreementSettings::has_object,
               {.key = "data.agreement.object",
                .documentation = "half of the sentences end with an object and its adjective",
                .when = {taskIs("agreement")}})
          .add(&AgreementSettings::free,
               {.key = "data.agreement.free",
                .documentation = "share of clauses whose distracting nouns are drawn freely: the "
                                 "more, the easier to learn",
                .minimum = 0,
                .maximum = 1,
                .when = {taskIs("agreement")}});
  return kGroup;
}

}  // namespace retort::train
