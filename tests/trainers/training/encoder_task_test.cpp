#include "trainers/training/encoder_task.h"

#include "tests/trainers/training/tiny_settings.h"
#include "trainers/models/bert.h"
#include "trainers/train_error.h"
#include "trainers/training/finetune_phase.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

#include <set>

namespace retort::train {

namespace {

WordPieceTokenizer wordTokenizer() {
  return {{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad"}, {}};
}

/// Two evaluation sets, as MNLI has them.
TaskData twoSets() {
  TaskData data;
  data.task = {.name = "mnli",
               .labels = {"no", "yes"},
               .metrics = {"eval.accuracy"},
               .main_metric = "eval.accuracy"};
  data.train = {{.first = "good", .label = 1}, {.first = "bad bad", .label = 0}};
  data.evaluations = {{.name = "matched", .examples = data.train},
                      {.name = "mismatched", .examples = {{.first = "good", .label = 0}}}};
  return data;
}

BertModel tinyModel() {
  const BertConfig config{.vocab_size = 7,
                          .hidden_size = 4,
                          .num_hidden_layers = 1,
                          .num_attention_heads = 1,
                          .intermediate_size = 4,
                          .max_position_embeddings = 8};
  return BertModel(config, randomBertParameters(config, at::kFloat));
}

SettingValues shortRows() {
  return {{"data.max_length", 8}};
}

TEST(EncoderTask, TellsEvaluationSetsApartByComponent) {
  const EncoderTask task(twoSets(), wordTokenizer(), shortRows(), {});

  const auto points = task.evaluate(tinyModel(), "", [] { return true; });

  ASSERT_TRUE(points.has_value());
  std::multiset<std::string> components;
  for (const MetricPoint& point : *points) {
    components.insert(point.series.component);
  }
  EXPECT_EQ(components, (std::multiset<std::string>{"", "", "mismatched", "mismatched"}));
}

TEST(EncoderTask, GivesTheSameValuesForEveryBatchSize) {
  const BertModel model = tinyModel();
  const EncoderTask by_one(twoSets(), wordTokenizer(), shortRows(), {.eval_batch = 1});
  const EncoderTask at_once(twoSets(), wordTokenizer(), shortRows(), {.eval_batch = 9});

  const auto first = by_one.evaluate(model, "", [] { return true; });
  const auto second = at_once.evaluate(model, "", [] { return true; });

  ASSERT_EQ(first->size(), second->size());
  for (std::size_t i = 0; i < first->size(); ++i) {
    EXPECT_NEAR((*first)[i].value, (*second)[i].value, 1e-6);
  }
}

TEST(EncoderTask, MakesBatchesOfTheAskedRows) {
  const EncoderTask task(twoSets(), wordTokenizer(), shortRows(), {});

  const TokenBatch batch = task.batch(std::vector<std::int64_t>{1, 0});

  EXPECT_EQ(batch.labels[0].item<std::int64_t>(), 0);
  EXPECT_EQ(batch.lengths[0].item<std::int64_t>(), 4);
  EXPECT_EQ(batch.lengths[1].item<std::int64_t>(), 3);
}

TEST(EncoderTask, RefusesATableThatIsTooSmallForItsVocabulary) {
  const EncoderTask task(twoSets(), wordTokenizer(), shortRows(), {});

  task.checkFits({.vocabulary = 7, .positions = 8}, "m");

  EXPECT_THROW(task.checkFits({.vocabulary = 6, .positions = 8}, "m"), TrainError);
  EXPECT_THROW(task.checkFits({.vocabulary = 7, .positions = 7}, "m"), TrainError);
}

TEST(EncoderTask, NeedsATokenizerFromSomewhere) {
  EXPECT_THROW(EncoderTask(twoSets(), std::nullopt, shortRows(), {}), TrainError);
}

TEST(EncoderTask, DeclaresWhatItReports) {
  std::set<std::string> names;
  for (const MetricSpec& metric : encoderTaskMetrics()) {
    names.insert(metric.name);
    EXPECT_EQ(metric.dimensions, std::vector<std::string>{"component"});
  }

  EXPECT_TRUE(names.contains("eval.loss"));
  EXPECT_TRUE(names.contains("teacher.eval.loss"));
  EXPECT_TRUE(names.contains("teacher.eval.matthews"));
  EXPECT_TRUE(names.contains("intervention.eval.matthews"));
}

}  // namespace

}  // namespace retort::train
