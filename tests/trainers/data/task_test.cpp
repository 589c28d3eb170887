#include "trainers/data/task.h"

#include "tests/core/base/temp_folder.h"
#include "tests/trainers/io/expect_train_error.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

namespace retort::train {

namespace {

using ::retort::testing::TempFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kSstTrain = "sentence\tlabel\nfine film\t1\ndull\t0\n";

SettingValues settingsFor(const std::string& task, const std::filesystem::path& path) {
  return {{"data.task", task}, {"data.path", path.string()}};
}

std::string loadError(const SettingValues& settings, ExitCode exit_code = ExitCode::kBadData) {
  return testing::errorOf(exit_code, [&] { static_cast<void>(loadTaskData(settings)); });
}

Example pair(std::string first, std::string second, double label) {
  return {.first = std::move(first), .second = std::move(second), .label = label};
}

}  // namespace

TEST(TaskData, KeepsTheFirstRowsWhenAsked) {
  const TempFolder folder;
  folder.write("train.tsv", kSstTrain);
  folder.write("dev.tsv", "sentence\tlabel\ngood\t1\nbad\t0\n");
  SettingValues settings = settingsFor("sst2", folder.path());
  settings["data.train_rows"] = 1;
  settings["data.eval_rows"] = 1;

  const TaskData data = loadTaskData(settings);

  EXPECT_EQ(data.train.size(), 1U);
  EXPECT_THAT(data.evaluations[0].examples, ElementsAre(Example{.first = "good", .label = 1}));
}

TEST(TaskData, TrainsOnAugmentedRowsAsTinyBertWritesThem) {
  const TempFolder folder;
  folder.write("train.tsv", kSstTrain);
  folder.write("dev.tsv", kSstTrain);
  // Python's csv.writer ends lines with "\r\n" and quotes fields that hold a quote.
  folder.write("train_aug_2.tsv",
               "sentence\tlabel\r\nfine film\t1\r\n\"a \"\"good\"\" film\"\t1\r\n");
  SettingValues settings = settingsFor("sst2", folder.path());
  settings["data.augmentation"] = 2;

  const TaskData data = loadTaskData(settings);

  EXPECT_THAT(data.train,
              ElementsAre(Example{.first = "fine film", .label = 1},
                          Example{.first = "\"a \"\"good\"\" film\"", .label = 1}));
  EXPECT_EQ(data.evaluations[0].examples.size(), 2U);
}

TEST(TaskData, SaysWhichAugmentedFileIsMissing) {
  const TempFolder folder;
  folder.write("train.tsv", kSstTrain);
  folder.write("dev.tsv", kSstTrain);
  SettingValues settings = settingsFor("sst2", folder.path());
  settings["data.augmentation"] = 20;

  EXPECT_THAT(loadError(settings, ExitCode::kMissingInput), HasSubstr("train_aug_20.tsv"));
}

TEST(TaskData, NamesLabelsThatTheTaskDoesNotKnow) {
  const TempFolder folder;
  folder.write("train.tsv", "sentence\tlabel\na\t1\nb\tpositive\nc\t2\n");
  folder.write("dev.tsv", kSstTrain);

  const std::string message = loadError(settingsFor("sst2", folder.path()));

  EXPECT_THAT(message, HasSubstr("train.tsv:3: 2 rows have labels that sst2 does not know"));
  EXPECT_THAT(message, HasSubstr("\"positive\" in line 3, \"2\" in line 4; allowed: \"0\", \"1\""));
}

TEST(TaskData, SaysWhatIsMissing) {
  const TempFolder folder;
  EXPECT_THAT(loadError(settingsFor("sst2", folder / "none"), ExitCode::kMissingInput),
              HasSubstr("there is no such folder"));
  EXPECT_THAT(loadError(settingsFor("sst2", folder.path()), ExitCode::kMissingInput),
              HasSubstr("train.tsv"));
  folder.write("train.tsv", kSstTrain);
  folder.write("dev.tsv", "sentence\tlabel\n");
  EXPECT_THAT(loadError(settingsFor("sst2", folder.path())), HasSubstr("dev.tsv: 0 examples"));
  EXPECT_THAT(loadError(settingsFor("glue", folder.path()), ExitCode::kBadSpec),
              HasSubstr("data.task is \"glue\"; known: agreement, cola"));
}

TEST(TableTask, TakesAnyTableWithNamedColumns) {
  const TempFolder folder;
  folder.write("train.csv", "topic,body\nsport,\"Goal, at last\"\nart,Paint\n");
  folder.write("dev.jsonl",
               "{\"topic\":\"art\",\"body\":\"Clay\"}\n{\"topic\":\"sport\",\"body\":\"Run\"}\n");
  SettingValues settings = settingsFor("table", folder.path());
  settings["data.table.train"] = "train.csv";
  settings["data.table.dev"] = "dev.jsonl";
  settings["data.table.text"] = "body";
  settings["data.table.label"] = "topic";

  const TaskData data = loadTaskData(settings);

  EXPECT_THAT(data.task.labels, ElementsAre("art", "sport"));
  EXPECT_THAT(data.train,
              ElementsAre(Example{.first = "Goal, at last", .label = 1},
                          Example{.first = "Paint", .label = 0}));
  EXPECT_EQ(data.task.main_metric, "eval.accuracy");
  settings["data.table.labels"] = Json::array({"sport", "art"});
  EXPECT_EQ(loadTaskData(settings).train[0].label, 0);
}

TEST(TableTask, TakesPairsAndNumbers) {
  const TempFolder folder;
  const std::string table = "a\tb\ty\nx\ty\t0.5\nz\tw\t-1e-3\n";
  folder.write("train.tsv", table);
  folder.write("dev.tsv", table);
  SettingValues settings = settingsFor("table", folder.path());
  settings["data.table.text"] = "a";
  settings["data.table.text_pair"] = "b";
  settings["data.table.label"] = "y";
  settings["data.table.regression"] = true;

  const TaskData data = loadTaskData(settings);

  EXPECT_THAT(data.train, ElementsAre(pair("x", "y", 0.5), pair("z", "w", -0.001)));
  EXPECT_EQ(data.task.main_metric, "eval.pearson_spearman");
  settings["data.table.metric"] = "accuracy";
  EXPECT_THAT(loadError(settings, ExitCode::kBadSpec),
              HasSubstr("data.table.metric accuracy cannot be computed for numbers"));
}

TEST(TaskData, WarnsWhenAllEvaluationRowsWereLearned) {
  const TempFolder folder;
  folder.write("train.tsv", kSstTrain);
  folder.write("dev.tsv", kSstTrain);

  EXPECT_THAT(loadTaskData(settingsFor("sst2", folder.path())).warnings,
              ElementsAre("100 % of the dev rows (2 of 2) are in the training rows"));
}

TEST(TaskData, LooksForLearnedRowsOnlyAmongThoseThatAreUsed) {
  const TempFolder folder;
  folder.write("train.tsv", kSstTrain);
  folder.write("dev.tsv", "sentence\tlabel\nnew\t1\ndull\t0\n");
  SettingValues settings = settingsFor("sst2", folder.path());
  EXPECT_THAT(loadTaskData(settings).warnings, ElementsAre(HasSubstr("50 % of the dev rows")));

  settings["data.train_rows"] = 1;

  EXPECT_THAT(loadTaskData(settings).warnings, IsEmpty());
}

TEST(TaskData, ComparesBothTextsOfAPair) {
  const TempFolder folder;
  const std::string header = "sentence1\tsentence2\tlabel\n";
  folder.write("train.tsv", header + "a\tb\tentailment\nc\td\tnot_entailment\n");
  folder.write("dev.tsv", header + "a\td\tentailment\nc\tb\tnot_entailment\n");

  EXPECT_THAT(loadTaskData(settingsFor("rte", folder.path())).warnings, IsEmpty());
}

TEST(TaskData, ToleratesOneLearnedRowInMany) {
  const TempFolder folder;
  std::string dev = "sentence\tlabel\ndull\t0\n";
  for (int i = 0; i < 150; ++i) {
    dev += "sentence " + std::to_string(i) + "\t1\n";
  }
  folder.write("train.tsv", kSstTrain);
  folder.write("dev.tsv", dev);

  EXPECT_THAT(loadTaskData(settingsFor("sst2", folder.path())).warnings, IsEmpty());
}

TEST(TaskData, WarnsWhenAllLabelsAreTheSame) {
  const TempFolder folder;
  folder.write("train.tsv", kSstTrain);
  folder.write("dev.tsv", "sentence\tlabel\ngood\t1\nbetter\t1\n");

  EXPECT_THAT(loadTaskData(settingsFor("sst2", folder.path())).warnings,
              ElementsAre("all dev rows have the same label: some metrics are undefined on them"));
}

TEST(TaskData, ShowsTheFirstFiveBadLabelsAndCountsAll) {
  const TempFolder folder;
  std::string train = "sentence\tlabel\n";
  for (int i = 0; i < 9; ++i) {
    train += "a\tlabel " + std::to_string(i) + "\n";
  }
  folder.write("train.tsv", train);
  folder.write("dev.tsv", kSstTrain);

  const std::string message = loadError(settingsFor("sst2", folder.path()));

  EXPECT_THAT(message, HasSubstr("train.tsv:2: 9 rows have labels"));
  EXPECT_THAT(message, HasSubstr("\"label 4\" in line 6, …; allowed"));
  EXPECT_THAT(message, ::testing::Not(HasSubstr("label 5")));
}

TEST(TaskData, CutsLongLabelsBetweenCharacters) {
  const TempFolder folder;
  folder.write(
      "train.tsv",
      "sentence\tlabel\na\t" + std::string(59, 'x') + "\u00e9" + std::string(9, 'y') + "\n");
  folder.write("dev.tsv", kSstTrain);

  EXPECT_THAT(loadError(settingsFor("sst2", folder.path())),
              HasSubstr("\"" + std::string(59, 'x') + "\" in line 2"));
}

TEST(TaskData, WantsLabelsExactly) {
  for (const char* label : {" 1", "1 ", "01", "1.0", "+1", "", "true", "\u0661"}) {
    const TempFolder folder;
    folder.write("train.tsv", std::string("sentence\tlabel\na\t") + label + "\n");
    folder.write("dev.tsv", kSstTrain);

    EXPECT_THAT(loadError(settingsFor("sst2", folder.path())), HasSubstr("1 rows have labels"))
        << label;
  }
}

TEST(TaskData, RefusesScoresThatAreNotFinite) {
  for (const char* score : {"nan", "inf", "-Infinity", "1e999", "3,5", "0x10", "", "2.5abc"}) {
    const TempFolder folder;
    const std::string header = "sentence1\tsentence2\tscore\n";
    folder.write("train.tsv", header + "a\tb\t2.5\nc\td\t" + score + "\n");
    folder.write("dev.tsv", header + "a\tb\t1\n");

    EXPECT_THAT(loadError(settingsFor("stsb", folder.path())),
                HasSubstr("train.tsv:3: 1 rows have labels that stsb does not know"))
        << score;
  }
}

TEST(TableTask, KeepsTheOrderOfLabelsThatAreNamed) {
  const TempFolder folder;
  folder.write("train.tsv", "sentence\tlabel\na\tno\nb\tyes\n");
  folder.write("dev.tsv", "sentence\tlabel\nc\tno\nd\tyes\n");
  SettingValues settings = settingsFor("table", folder.path());
  EXPECT_THAT(loadTaskData(settings).task.labels, ElementsAre("no", "yes"));

  settings["data.table.labels"] = {"yes", "no"};

  const TaskData data = loadTaskData(settings);
  EXPECT_THAT(data.task.labels, ElementsAre("yes", "no"));
  EXPECT_EQ(data.train[0].label, 1);
}

TEST(TableTask, RefusesALabelThatOnlyTheEvaluationRowsHave) {
  const TempFolder folder;
  folder.write("train.tsv", "sentence\tlabel\na\tno\nb\tyes\n");
  folder.write("dev.tsv", "sentence\tlabel\nc\tperhaps\n");

  EXPECT_THAT(loadError(settingsFor("table", folder.path())),
              HasSubstr("\"perhaps\" in line 2; allowed: \"no\", \"yes\""));
}

TEST(TableTask, RefusesMoreLabelsThanAnyClassificationHas) {
  const TempFolder folder;
  std::string train = "sentence\tlabel\n";
  for (int i = 0; i < 1001; ++i) {
    train += "a\t" + std::to_string(i) + "\n";
  }
  folder.write("train.tsv", train);
  folder.write("dev.tsv", kSstTrain);

  EXPECT_THAT(loadError(settingsFor("table", folder.path())),
              HasSubstr("found 1001 different labels"));
}

TEST(TableTask, RefusesFilesOutsideTheFolder) {
  const TempFolder folder;
  SettingValues settings = settingsFor("table", folder.path());
  for (const char* name : {"../train.tsv", "/etc/passwd", "", ".."}) {
    settings["data.table.train"] = name;
    EXPECT_THAT(loadError(settings, ExitCode::kBadSpec),
                HasSubstr("must be the name of a file in data.path"));
  }
}

TEST(TableTask, RefusesLabelsThatAreNoClasses) {
  const TempFolder folder;
  folder.write("train.tsv", "sentence\tlabel\na\t1\nb\t1\n");
  folder.write("dev.tsv", kSstTrain);

  EXPECT_THAT(loadError(settingsFor("table", folder.path())),
              HasSubstr("found 1 different labels; a classification needs 2"));
}

TEST(TaskCatalogue, ListsEveryTaskOnce) {
  const std::vector<std::string> names = taskNames();
  const std::vector<TechniqueSpec> techniques = taskTechniques();

  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 13U);
  ASSERT_EQ(techniques.size(), names.size());
  for (const TechniqueSpec& technique : techniques) {
    EXPECT_EQ(technique.kind, "task");
    EXPECT_THAT(names, ::testing::Contains(technique.name));
    EXPECT_FALSE(technique.documentation.empty());
  }
}

}  // namespace retort::train
