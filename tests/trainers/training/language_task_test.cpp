#include "trainers/training/language_task.h"

#include "tests/trainers/training/temporary_folder.h"
#include "tests/trainers/training/tiny_language_settings.h"
#include "trainers/io/model_folder.h"
#include "trainers/train_error.h"

#include <ATen/ATen.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>

namespace retort::train {
namespace {

std::unique_ptr<TrainingTask> tinyTask(const SettingValues& more = {}) {
  SettingValues given = tinyPretrainGiven();
  for (const auto& [key, value] : more) {
    given[key] = value;
  }
  return makeTask({.settings = resolved(given), .warn = [](const std::string&) {
                   }});
}

/// Logits that say nothing, for each judged token.
TrainingTask::Forward knowingNothing(std::int64_t vocabulary) {
  return [vocabulary](const TokenBatch& batch) {
    return at::zeros({batch.targets().numel(), vocabulary}, at::kDouble);
  };
}

std::map<std::string, double> valuesOf(const TrainingTask& task,
                                       const TrainingTask::Judged& judged) {
  std::map<std::string, double> values;
  const auto points = task.evaluate(judged, goOn);
  for (const MetricPoint& point : points.value()) {
    values[point.series.metric] = point.value;
  }
  return values;
}

TEST(LanguageTask, HasThePerplexityOfGuessingForAModelThatKnowsNothing) {
  const auto task = tinyTask();
  const auto vocabulary = task->vocabularySize();

  const auto values =
      valuesOf(*task, {.forward = knowingNothing(vocabulary), .teacher = {}, .prefix = "teacher."});

  EXPECT_NEAR(values.at("teacher.eval.perplexity"), static_cast<double>(vocabulary), 1e-9);
  EXPECT_NEAR(values.at("teacher.eval.loss"), std::log(static_cast<double>(vocabulary)), 1e-12);
  EXPECT_EQ(task->mainMetric(), "eval.perplexity");
}

TEST(LanguageTask, ComparesWithATeacherWhenThereIsOne) {
  const auto task = tinyTask();
  const auto forward = knowingNothing(task->vocabularySize());

  const auto values = valuesOf(*task, {.forward = forward, .teacher = forward, .prefix = ""});

  EXPECT_EQ(values.at("eval.kl"), 0);
  EXPECT_EQ(values.at("eval.top1_agreement"), 1);
  EXPECT_FALSE(
      valuesOf(*task, {.forward = forward, .teacher = {}, .prefix = ""}).contains("eval.kl"));
}

TEST(LanguageTask, JudgesEveryTokenButTheFirstOfADocumentOnce) {
  const auto task = tinyTask();
  const Json summary = task->summary();
  const Json& validation = summary.at("validation");
  std::int64_t judged = 0;
  for (std::int64_t row = 0; row < task->evaluationRows(); row += 3) {
    judged += task->evaluationBatch(row, 3).targets().numel();
  }

  EXPECT_EQ(judged, validation.at("judged").get<std::int64_t>());
  EXPECT_EQ(
      judged,
      validation.at("tokens").get<std::int64_t>() - validation.at("documents").get<std::int64_t>());
}

// With more context for every token, the same tokens are judged, once each.
TEST(LanguageTask, JudgesTheSameTokensWithAStride) {
  const auto plain = tinyTask();
  const auto strided = tinyTask({{"data.eval_stride", 8}});

  EXPECT_GT(strided->evaluationRows(), plain->evaluationRows());
  EXPECT_EQ(strided->summary().at("validation").at("judged"),
            plain->summary().at("validation").at("judged"));
  EXPECT_EQ(strided->trainingRows(), plain->trainingRows());
}

TEST(LanguageTask, LabelsEachPositionWithTheNextToken) {
  const auto task = tinyTask();

  const TokenBatch batch = task->batch(std::vector<std::int64_t>{0, 1});

  EXPECT_EQ(batch.input_ids.sizes(), at::IntArrayRef({2, 32}));
  const at::Tensor next = batch.input_ids.narrow(1, 1, 31);
  const at::Tensor labels = batch.labels.narrow(1, 0, 31);
  const at::Tensor judged = labels != kIgnoredLabel;
  EXPECT_TRUE(at::equal(labels.masked_select(judged), next.masked_select(judged)));
  const at::Tensor same_document =
      batch.segment_ids.narrow(1, 1, 31) == batch.segment_ids.narrow(1, 0, 31);
  EXPECT_TRUE(at::equal(judged, same_document));
}

TEST(LanguageTask, JudgesOnlyTheFirstRowsWhenAsked) {
  const auto task = tinyTask({{"data.eval_rows", 2}});

  EXPECT_EQ(task->evaluationRows(), 2);
  EXPECT_EQ(task->evaluationBatch(0, 8).input_ids.size(0), 2);
}

TEST(LanguageTask, KnowsTheLeastLossOfTheGrammar) {
  const double least = tinyTask()->summary().at("least_loss").get<double>();

  EXPECT_GT(least, 0.1);
  EXPECT_LT(least, std::log(static_cast<double>(tinyTask()->vocabularySize())));
}

TEST(LanguageTask, RefusesATableThatIsTooSmallForItsVocabulary) {
  const auto task = tinyTask();
  const std::int64_t vocabulary = task->vocabularySize();

  EXPECT_NO_THROW(task->checkFits({.vocabulary = vocabulary, .positions = 32}, "m"));
  EXPECT_THROW(task->checkFits({.vocabulary = vocabulary - 1, .positions = 32}, "m"), TrainError);
}

TEST(LanguageTask, WritesItsTokenizerBesideAModel) {
  ModelFiles files;

  tinyTask()->addTokenizer(files);

  EXPECT_FALSE(files.tokenizer.empty());
}

TEST(LanguageTask, IsNotForEncodersNorPretrainingForClassification) {
  SettingValues classification = tinyFinetuneGiven();
  classification["phase"] = "pretrain";

  EXPECT_THROW(static_cast<void>(makeTask({.settings = resolved(classification)})), TrainError);
}

/// A folder with a file of questions, and settings that judge them.
class LanguageTaskQuestions : public testing::Test {
 protected:
  LanguageTaskQuestions() {
    std::ofstream file(folder_.path() / "piqa.jsonl");
    file << R"({"goal": "", "sol1": "a", "sol2": "a a", "label": 0})"
         << "\n"
         << R"({"goal": "", "sol1": "a a a", "sol2": "a", "label": 0})"
         << "\n";
  }

  [[nodiscard]] SettingValues settings() const {
    return {{"eval.tasks", {"piqa"}}, {"eval.path", folder_.path().string()}};
  }

  TemporaryFolder folder_;
};

// A model that knows nothing finds the choice of the fewest tokens the likeliest: the right one of
// the first question only.
TEST_F(LanguageTaskQuestions, AreJudgedBesideTheText) {
  const auto task = tinyTask(settings());
  const auto forward = knowingNothing(task->vocabularySize());

  const auto values =
      valuesOf(*task, {.forward = forward, .teacher = {}, .prefix = "teacher.", .positions = 32});

  EXPECT_EQ(values.at("teacher.eval.piqa.acc"), 0.5);
  EXPECT_EQ(values.at("teacher.eval.tasks.acc"), 0.5);
  EXPECT_TRUE(values.contains("teacher.eval.perplexity"));
  EXPECT_EQ(task->summary().at("questions").at("piqa"), 2);
}

TEST_F(LanguageTaskQuestions, LeaveAFileOfTheHarnesssLayout) {
  const auto task = tinyTask(settings());

  const auto files = task->resultFiles({{"eval.perplexity", 3}, {"eval.piqa.acc", 0.5}});

  ASSERT_TRUE(files.contains("lm_eval_results.json"));
  const Json file = parseJson(files.at("lm_eval_results.json")).value();
  EXPECT_EQ(file.at("results").at("piqa").at("acc,none"), 0.5);
  EXPECT_TRUE(task->resultFiles({}).empty());
  EXPECT_TRUE(tinyTask()->resultFiles({{"eval.perplexity", 3}}).empty());
}

TEST_F(LanguageTaskQuestions, NeedAPath) {
  SettingValues given = tinyPretrainGiven();
  given["eval.tasks"] = {"piqa"};

  const auto answer = resolveSettings(trainerCatalogue(), given);

  ASSERT_FALSE(answer.has_value());
  EXPECT_THAT(answer.error().at(0).message, testing::HasSubstr("eval.path"));
}

TEST(LanguageTask, WritesSamplesFromPromptsAndDocuments) {
  const auto task = tinyTask({{"eval.samples.count", 2},
                              {"eval.samples.prompts", {""}},
                              {"eval.samples.prompt_tokens", 3},
                              {"eval.samples.new_tokens", 4}});
  const std::int64_t size = task->vocabularySize();
  std::vector<std::int64_t> lengths;
  const auto forward = [&](const TokenBatch& batch) {
    lengths.push_back(batch.lengths.max().item<std::int64_t>());
    return at::zeros({batch.targets().numel(), size});
  };

  const auto samples =
      task->samples({.forward = forward, .teacher = {}, .prefix = "", .positions = 6}, goOn)
          .value();

  ASSERT_EQ(samples.size(), 3U);
  EXPECT_NE(samples[1].prompt, samples[2].prompt);
  EXPECT_FALSE(samples[1].text.empty());
  EXPECT_EQ(lengths.front(), 3);
  EXPECT_LE(lengths.back(), 5);  // the sixth token is written, not read
  EXPECT_TRUE(
      tinyTask()->samples({.forward = forward, .teacher = {}, .prefix = ""}, goOn)->empty());
}

TEST(LanguageTask, DeclaresWhatItReports) {
  const auto task = tinyTask();
  const auto forward = knowingNothing(task->vocabularySize());
  auto values = valuesOf(*task, {.forward = forward, .teacher = forward, .prefix = ""});
  values.erase("eval.loss");

  for (const MetricSpec& metric : languageTaskMetrics()) {
    values.erase(metric.name);
  }
  EXPECT_TRUE(values.empty());
}

}  // namespace
}  // namespace retort::train
