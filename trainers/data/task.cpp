#include "trainers/data/task.h"

#include "core/base/text.h"
#include "trainers/data/agreement.h"
#include "trainers/data/data_settings.h"
#include "trainers/data/glue_tasks.h"
#include "trainers/data/text_settings.h"
#include "trainers/train_error.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <string_view>
#include <unordered_set>

#include <fmt/format.h>

namespace retort::train {

namespace {

constexpr const char* kAgreement = "agreement";
constexpr const char* kText = "text";
constexpr const char* kGrammar = "grammar";
constexpr const char* kTable = "table";
constexpr std::size_t kMaxTableLabels = 1000;
constexpr std::size_t kShownRows = 5;

std::string quotedLabels(const std::vector<std::string>& labels) {
  std::string text;
  for (std::size_t i = 0; i < labels.size() && i < 20; ++i) {
    text += fmt::format("{}\"{}\"", i == 0 ? "" : ", ", labels[i]);
  }
  return labels.size() > 20 ? text + ", …" : text;
}

/// The beginning of a text, whole characters only.
std::string beginningOf(std::string_view text) {
  constexpr std::size_t kShownBytes = 60;
  std::size_t end = std::min(text.size(), kShownBytes);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return std::string(text.substr(0, end));
}

/// Turns rows of (text, second text, label) into examples. Collects labels that are not allowed.
class ExampleReader {
 public:
  ExampleReader(const Task& task, const Table& table) : task_(task), table_(table) {}

  std::vector<Example> read() {
    std::vector<Example> examples;
    examples.reserve(table_.rows.size());
    for (const TableRow& row : table_.rows) {
      const std::optional<double> label = labelOf(row.fields.back());
      if (!label) {
        noteBadLabel(row);
        continue;
      }
      examples.push_back({.first = row.fields[0],
                          .second = task_.is_pair ? std::optional(row.fields[1]) : std::nullopt,
                          .label = *label});
    }
    if (bad_count_ > 0) {
      throw TrainError(
          ExitCode::kBadData,
          fmt::format("{}:{}: {} rows have labels that {} does not know: {}{}; allowed: {}",
                      table_.file,
                      first_bad_line_,
                      bad_count_,
                      task_.name,
                      bad_labels_,
                      bad_count_ > kShownRows ? ", …" : "",
                      task_.is_regression ? "finite numbers" : quotedLabels(task_.labels)));
    }
    return examples;
  }

 private:
  std::optional<double> labelOf(const std::string& text) const {
    if (task_.is_regression) {
      const std::optional<double> score = parseDouble(text);
      return score && std::isfinite(*score) ? score : std::nullopt;
    }
    const auto found = std::find(task_.labels.begin(), task_.labels.end(), text);
    if (found == task_.labels.end()) {
      return std::nullopt;
    }
    return static_cast<double>(found - task_.labels.begin());
  }

  void noteBadLabel(const TableRow& row) {
    first_bad_line_ = bad_count_ == 0 ? row.line : first_bad_line_;
    ++bad_count_;
    if (bad_count_ <= kShownRows) {
      bad_labels_ += fmt::format("{}\"{}\" in line {}",
                                 bad_labels_.empty() ? "" : ", ",
                                 beginningOf(row.fields.back()),
                                 row.line);
    }
  }

  const Task& task_;
  const Table& table_;
  std::size_t bad_count_ = 0;
  std::int64_t first_bad_line_ = 0;
  std::string bad_labels_;
};

/// The file of training rows: GLUE's own, or the one in which TinyBERT's data_augmentation.py put
/// every row with N variants of it. That program quotes as CSV and its users read without quotes
/// (csv.reader with quotechar None); here it is read as they do.
std::string trainingFile(const GlueTask& glue, std::int64_t augmentation) {
  return augmentation == 0 ? glue.files.front() : fmt::format("train_aug_{}.tsv", augmentation);
}

TaskData loadGlue(const GlueTask& glue,
                  const std::filesystem::path& folder,
                  std::int64_t augmentation) {
  TaskData data = {.task = glue.task};
  for (std::size_t i = 0; i < glue.files.size(); ++i) {
    const std::string name = i == 0 ? trainingFile(glue, augmentation) : glue.files[i];
    const Table table = readTable(folder / name, glue.table);
    if (table.skipped > 0) {
      data.warnings.push_back(
          fmt::format("{}: {} rows are cut short and were left out", table.file, table.skipped));
    }
    std::vector<Example> examples = ExampleReader(glue.task, table).read();
    if (i == 0) {
      data.train = std::move(examples);
    } else {
      data.evaluations.push_back({glue.set_names[i - 1], std::move(examples)});
    }
  }
  return data;
}

std::vector<std::string> labelsOf(const Table& table) {
  std::set<std::string> labels;
  for (const TableRow& row : table.rows) {
    labels.insert(row.fields.back());
  }
  if (labels.size() < 2 || labels.size() > kMaxTableLabels) {
    throw TrainError(ExitCode::kBadData,
                     fmt::format("{}: found {} different labels; a classification needs 2 to {} "
                                 "(data.table.regression: true makes them numbers)",
                                 table.file,
                                 labels.size(),
                                 kMaxTableLabels));
  }
  return {labels.begin(), labels.end()};
}

std::vector<std::string> metricsOf(const Task& task) {
  if (task.is_regression) {
    return {"eval.pearson", "eval.spearman", "eval.pearson_spearman"};
  }
  if (task.labels.size() == 2) {
    return {"eval.accuracy", "eval.matthews", "eval.f1", "eval.accuracy_f1"};
  }
  return {"eval.accuracy"};
}

void chooseMetric(Task& task, const std::string& choice) {
  task.metrics = metricsOf(task);
  const std::string automatic = task.is_regression ? "pearson_spearman" : "accuracy";
  task.main_metric = "eval." + (choice == "auto" ? automatic : choice);
  if (std::find(task.metrics.begin(), task.metrics.end(), task.main_metric) == task.metrics.end()) {
    throw TrainError(
        ExitCode::kBadSpec,
        fmt::format(
            "data.table.metric {} cannot be computed for {}",
            choice,
            task.is_regression ? "numbers" : fmt::format("{} classes", task.labels.size())));
  }
}

TaskData loadTable(const TableTaskSettings& settings, const std::filesystem::path& folder) {
  Task task = {.name = kTable,
               .documentation = "a table of one's own",
               .is_pair = !settings.text_pair.empty(),
               .is_regression = settings.is_regression,
               .labels = settings.labels};
  TableOptions options;
  options.columns.push_back({.name = settings.text});
  if (task.is_pair) {
    options.columns.push_back({.name = settings.text_pair});
  }
  options.columns.push_back({.name = settings.label});
  const auto read = [&](const std::string& key, const std::string& name) {
    const std::filesystem::path file = fileInDataPath(folder, key, name);
    options.format = tableFormat(settings.format, file);
    return readTable(file, options);
  };
  const Table train = read("data.table.train", settings.train);
  const Table dev = read("data.table.dev", settings.dev);
  if (task.is_regression) {
    task.labels.clear();
  } else if (task.labels.empty()) {
    task.labels = labelsOf(train);
  }
  chooseMetric(task, settings.metric);
  TaskData data;
  data.train = ExampleReader(task, train).read();
  data.evaluations.push_back({"dev", ExampleReader(task, dev).read()});
  data.task = std::move(task);
  return data;
}

Task agreementTask() {
  return {.name = kAgreement,
          .documentation = "a generated language: do words far apart agree?",
          .labels = {"0", "1"},
          .metrics = {"eval.accuracy", "eval.matthews"},
          .main_metric = "eval.accuracy"};
}

TaskData loadAgreement(const AgreementSettings& settings) {
  AgreementData generated = generateAgreement(settings);
  TaskData data = {.task = agreementTask()};
  data.train = std::move(generated.train);
  data.evaluations.push_back({"dev", std::move(generated.dev)});
  data.tokenizer = agreementTokenizer();
  return data;
}

void keepFirst(std::vector<Example>& examples, std::int64_t rows) {
  if (rows > 0 && rows < static_cast<std::int64_t>(examples.size())) {
    examples.resize(static_cast<std::size_t>(rows));
  }
}

std::string textsOf(const Example& example) {
  return example.first + '\t' + example.second.value_or("");
}

/// Rows that are learned and then asked say nothing about what was learned.
void warnOfOverlap(TaskData& data) {
  std::unordered_set<std::string> learned;
  for (const Example& example : data.train) {
    learned.insert(textsOf(example));
  }
  for (const EvaluationSet& set : data.evaluations) {
    const auto shared =
        std::count_if(set.examples.begin(), set.examples.end(), [&](const Example& example) {
          return learned.contains(textsOf(example));
        });
    // A few short texts are in both parts of some real corpora.
    if (static_cast<double>(shared) >= 0.01 * static_cast<double>(set.examples.size())) {
      data.warnings.push_back(fmt::format(
          "{:.3g} % of the {} rows ({} of {}) are in the training rows",
          100.0 * static_cast<double>(shared) / static_cast<double>(set.examples.size()),
          set.name,
          shared,
          set.examples.size()));
    }
  }
}

void warnOfEqualLabels(TaskData& data) {
  for (const EvaluationSet& set : data.evaluations) {
    const double first = set.examples.front().label;
    const bool are_equal =
        std::all_of(set.examples.begin(), set.examples.end(), [&](const Example& example) {
          return example.label == first;
        });
    if (are_equal) {
      data.warnings.push_back(fmt::format(
          "all {} rows have the same label: some metrics are undefined on them", set.name));
    }
  }
}

}  // namespace

TaskData loadTaskData(const SettingValues& settings) {
  const DataSettings common = dataSettings().read(settings);
  const std::filesystem::path folder = common.path;
  TaskData data;
  if (common.task == kAgreement) {
    data = loadAgreement(agreementSettings().read(settings));
  } else if (!std::filesystem::is_directory(folder)) {
    throw TrainError(ExitCode::kMissingInput,
                     fmt::format("data.path {}: there is no such folder", folder.string()));
  } else if (common.task == kTable) {
    data = loadTable(tableTaskSettings().read(settings), folder);
  } else {
    const auto glue =
        std::find_if(glueTasks().begin(), glueTasks().end(), [&](const GlueTask& known) {
          return known.task.name == common.task;
        });
    if (glue == glueTasks().end()) {
      throw TrainError(
          ExitCode::kBadSpec,
          fmt::format(
              "data.task is \"{}\"; known: {}", common.task, joinStrings(taskNames(), ", ")));
    }
    data = loadGlue(*glue, folder, common.augmentation);
  }
  keepFirst(data.train, common.train_rows);
  for (EvaluationSet& set : data.evaluations) {
    keepFirst(set.examples, common.eval_rows);
  }
  warnOfOverlap(data);
  warnOfEqualLabels(data);
  return data;
}

bool isLanguageTask(const std::string& name) {
  return std::ranges::find(languageTaskNames(), name) != languageTaskNames().end();
}

std::vector<TechniqueSpec> taskTechniques() {
  const auto technique = [](const Task& task, std::vector<std::string> keys) {
    keys.insert(keys.begin(), "data.task");
    return TechniqueSpec{.kind = "task",
                         .name = task.name,
                         .documentation = task.documentation,
                         .settings = std::move(keys)};
  };
  const auto keysOf = [](const std::vector<SettingSpec>& specs) {
    std::vector<std::string> keys;
    for (const SettingSpec& spec : specs) {
      keys.push_back(spec.key);
    }
    return keys;
  };
  std::vector<TechniqueSpec> techniques = {
      technique(agreementTask(), keysOf(agreementSettings().specs()))};
  for (const GlueTask& glue : glueTasks()) {
    techniques.push_back(technique(glue.task, {"data.path"}));
    techniques.back().source = "GLUE (Wang et al. 2019)";
  }
  techniques.push_back(technique({.name = kTable, .documentation = "a table of one's own"},
                                 keysOf(tableTaskSettings().specs())));
  techniques.push_back(
      technique({.name = kText, .documentation = "language models: the next token of a text"},
                keysOf(textSettings().specs())));
  techniques.push_back(technique({.name = kGrammar,
                                  .documentation = "language models: a generated language with "
                                                   "agreement and copying at a distance"},
                                 keysOf(grammarSettings().specs())));
  return techniques;
}

std::vector<std::string> taskNames() {
  std::vector<std::string> names = {kAgreement};
  for (const GlueTask& glue : glueTasks()) {
    names.push_back(glue.task.name);
  }
  names.emplace_back(kTable);
  names.insert(names.end(), languageTaskNames().begin(), languageTaskNames().end());
  return names;
}

}  // namespace retort::train
