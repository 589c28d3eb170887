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

  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 11U);
  ASSERT_EQ(techniques.size(), names.size());
  for (const TechniqueSpec& technique : techniques) {
    EXPECT_EQ(technique.kind, "task");
    EXPECT_THAT(names, ::testing::Contains(technique.name));
    EXPECT_FALSE(technique.documentation.empty());
  }
}

}  // namespace retort::train
