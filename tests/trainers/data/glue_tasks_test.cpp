#include "trainers/data/glue_tasks.h"

#include "tests/core/base/temp_folder.h"
#include "tests/trainers/io/expect_train_error.h"
#include "trainers/evaluation/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace retort::train {

namespace {

using ::retort::testing::TempFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kSstTrain = "sentence\tlabel\nfine film\t1\ndull\t0\n";

SettingValues settingsFor(const std::string& task, const std::filesystem::path& path) {
  return {{"data.task", task}, {"data.path", path.string()}};
}

TaskData load(const std::string& task, const TempFolder& folder) {
  return loadTaskData(settingsFor(task, folder.path()));
}

std::string loadError(const SettingValues& settings, ExitCode exit_code = ExitCode::kBadData) {
  return testing::errorOf(exit_code, [&] { static_cast<void>(loadTaskData(settings)); });
}

Example pair(std::string first, std::string second, double label) {
  return {.first = std::move(first), .second = std::move(second), .label = label};
}

}  // namespace

TEST(GlueTask, ColaHasNoHeaderAndFourColumns) {
  const TempFolder folder;
  folder.write("train.tsv", "gj04\t1\t\tIt \"works\nl-93\t0\t*\tWorks it.\n");
  folder.write("dev.tsv", "gj04\t0\t*\tNo.\n");

  const TaskData data = load("cola", folder);

  EXPECT_THAT(data.train,
              ElementsAre(Example{.first = "It \"works", .label = 1},
                          Example{.first = "Works it.", .label = 0}));
  EXPECT_EQ(data.task.main_metric, "eval.matthews");
  EXPECT_EQ(data.evaluations[0].name, "dev");
  // One row is always of one label: D07.
  EXPECT_THAT(data.warnings, ElementsAre(HasSubstr("all dev rows have the same label")));
}

TEST(GlueTask, Sst2) {
  const TempFolder folder;
  folder.write("train.tsv", kSstTrain);
  folder.write("dev.tsv", "sentence\tlabel\ngood \t1\nbad \t0\n");

  const TaskData data = load("sst2", folder);

  EXPECT_THAT(
      data.train,
      ElementsAre(Example{.first = "fine film", .label = 1}, Example{.first = "dull", .label = 0}));
  EXPECT_EQ(data.evaluations.at(0).examples.size(), 2U);
  EXPECT_THAT(data.warnings, IsEmpty());
  EXPECT_FALSE(data.tokenizer.has_value());
  EXPECT_EQ(data.task.outputs(), 2);
}

TEST(GlueTask, MrpcStartsWithAMarkAndHasNumberSigns) {
  const TempFolder folder;
  const std::string table =
      "\xEF\xBB\xBFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n"
      "1\t70\t71\tHe said \"no.\tHe said no.\r\n0\t80\t81\tA.\tB.\r\n";
  folder.write("train.tsv", table);
  folder.write("dev.tsv", table);

  const TaskData data = load("mrpc", folder);

  EXPECT_THAT(data.train,
              ElementsAre(pair("He said \"no.", "He said no.", 1), pair("A.", "B.", 0)));
  EXPECT_THAT(data.warnings,
              ElementsAre("100 % of the dev rows (2 of 2) are in the training rows"));
}

TEST(GlueTask, QqpLeavesShortRowsOut) {
  const TempFolder folder;
  const std::string header = "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n";
  folder.write("train.tsv", header + "1\t2\t3\tWhy?\tHow?\t0\n4\t5\t6\tcut\n7\t8\t9\tA?\tA?\t1\n");
  folder.write("dev.tsv", header + "1\t2\t3\tWhere?\tWho?\t0\n1\t2\t3\tX?\tX?\t1\n");

  const TaskData data = load("qqp", folder);

  EXPECT_THAT(data.train, ElementsAre(pair("Why?", "How?", 0), pair("A?", "A?", 1)));
  EXPECT_THAT(data.warnings, ElementsAre(HasSubstr("1 rows are cut short")));
}

TEST(GlueTask, StsbHasScores) {
  const TempFolder folder;
  const std::string header =
      "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore\n";
  folder.write("train.tsv", header + "0\tg\tf\t2012\t1\tn\tn\tA plane.\tAn air plane.\t5.000\n");
  folder.write("dev.tsv", header + "0\tg\tf\t2012\t1\tn\tn\tA.\tB.\tnan\n");

  EXPECT_THAT(loadError(settingsFor("stsb", folder.path())),
              AllOf(HasSubstr("dev.tsv:2"), HasSubstr("\"nan\""), HasSubstr("finite numbers")));
  folder.write("dev.tsv", header + "0\tg\tf\t2012\t1\tn\tn\tA.\tB.\t2.4\n");

  const TaskData data = load("stsb", folder);

  EXPECT_THAT(data.train, ElementsAre(pair("A plane.", "An air plane.", 5)));
  EXPECT_TRUE(data.task.is_regression);
  EXPECT_EQ(data.task.outputs(), 1);
}

TEST(GlueTask, MnliHasTwoEvaluationSets) {
  const TempFolder folder;
  const std::string header = "index\tgenre\tsentence1\tsentence2\tlabel1\tgold_label\n";
  folder.write("train.tsv", header + "0\tg\tP\tH\tneutral\tentailment\n");
  folder.write("dev_matched.tsv", header + "0\tg\tP1\tH1\tneutral\tneutral\n");
  folder.write("dev_mismatched.tsv", header + "0\tg\tP2\tH2\tneutral\tcontradiction\n");

  const TaskData data = load("mnli", folder);

  EXPECT_THAT(data.train, ElementsAre(pair("P", "H", 1)));
  ASSERT_EQ(data.evaluations.size(), 2U);
  EXPECT_EQ(data.evaluations[0].name, "matched");
  EXPECT_THAT(data.evaluations[0].examples, ElementsAre(pair("P1", "H1", 2)));
  EXPECT_EQ(data.evaluations[1].name, "mismatched");
  EXPECT_THAT(data.evaluations[1].examples, ElementsAre(pair("P2", "H2", 0)));
}

TEST(GlueTask, EntailmentTasks) {
  const TempFolder folder;
  const std::string rte = "index\tsentence1\tsentence2\tlabel\n0\tP\tH\tnot_entailment\n";
  folder.write("train.tsv", rte);
  folder.write("dev.tsv", rte);
  EXPECT_THAT(load("rte", folder).train, ElementsAre(pair("P", "H", 1)));

  const std::string qnli = "index\tquestion\tsentence\tlabel\n0\tQ?\tA.\tentailment\n";
  folder.write("train.tsv", qnli);
  folder.write("dev.tsv", qnli);
  EXPECT_THAT(load("qnli", folder).train, ElementsAre(pair("Q?", "A.", 0)));

  const std::string wnli = "index\tsentence1\tsentence2\tlabel\n0\tIt.\tThat.\t1\n";
  folder.write("train.tsv", wnli);
  folder.write("dev.tsv", wnli);
  EXPECT_THAT(load("wnli", folder).train, ElementsAre(pair("It.", "That.", 1)));
}

TEST(GlueTask, RealFilesHaveTheirRows) {
  const std::filesystem::path glue = std::filesystem::path(SHARED_DATA_DIR) / "data/glue";
  if (!std::filesystem::exists(glue)) {
    GTEST_SKIP() << glue << " is not there";
  }
  const TaskData cola = loadTaskData(settingsFor("cola", glue / "CoLA"));
  const TaskData sst2 = loadTaskData(settingsFor("sst2", glue / "SST-2"));

  EXPECT_EQ(cola.train.size(), 8551U);
  EXPECT_EQ(cola.evaluations.at(0).examples.size(), 1043U);
  EXPECT_EQ(sst2.train.size(), 67349U);
  EXPECT_EQ(sst2.evaluations.at(0).examples.size(), 872U);
  EXPECT_EQ(sst2.train[0],
            (Example{.first = "hide new secretions from the parental units ", .label = 0}));
  const auto positive = [](const std::vector<Example>& examples) {
    return std::count_if(
        examples.begin(), examples.end(), [](const Example& row) { return row.label == 1; });
  };
  EXPECT_EQ(positive(cola.evaluations[0].examples), 721);
  EXPECT_EQ(positive(sst2.evaluations[0].examples), 444);
}

TEST(GlueTask, EveryMetricIsDeclared) {
  for (const GlueTask& glue : glueTasks()) {
    EXPECT_THAT(glue.task.metrics, ::testing::Contains(glue.task.main_metric));
    for (const std::string& name : glue.task.metrics) {
      EXPECT_TRUE(std::any_of(evaluationMetrics().begin(),
                              evaluationMetrics().end(),
                              [&](const MetricSpec& spec) { return spec.name == name; }));
    }
  }
}

}  // namespace retort::train
