#include "trainers/evaluation/choice_evaluation.h"

#include "tests/trainers/models/tiny_decoder.h"
#include "tests/trainers/tokenizers/tokenizer_golden.h"
#include "tests/trainers/training/temporary_folder.h"
#include "trainers/train_error.h"

#include <ATen/ATen.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <memory>
#include <set>

namespace retort::train {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<Tokenizer> tinyTokenizer() {
  const std::string model = retort::testing::goldenOf("tokenizer_json_tiny.json").at("gpt2").dump();
  return makeTokenizer(
      {{"tokenizer.json", model}, {"tokenizer_config.json", R"({"eos_token": "<|endoftext|>"})"}},
      "folder");
}

bool goOn() {
  return true;
}

/// tests/data/make_choice_golden.py: the harness's numbers for a model with weights from a formula.
class ChoiceGolden : public ::testing::Test {
 protected:
  ChoiceGolden()
      : config_(decoderConfigFromJson(golden_.at("config"), "golden")),
        model_(config_, hashedParameters(decoderParameterShapes(config_)), {}) {}

  [[nodiscard]] ChoiceSet setOf(const std::string& task) const {
    std::string lines;
    for (const Json& row : golden_.at("tasks").at(task).at("rows")) {
      lines += row.dump() + "\n";
    }
    ChoiceSet set = {.task = *std::ranges::find(choiceTasks(), task, &ChoiceTask::name),
                     .questions = parseChoiceQuestions(task, task, lines)};
    set.available = static_cast<std::int64_t>(set.questions.size());
    return set;
  }

  [[nodiscard]] std::vector<ChoiceSet> allSets() const {
    std::vector<ChoiceSet> sets;
    for (const auto& [task, value] : golden_.at("tasks").items()) {
      sets.push_back(setOf(task));
    }
    return sets;
  }

  [[nodiscard]] ChoiceEvaluation evaluation(std::int64_t batch_tokens) const {
    return {allSets(), *tinyTokenizer(), {.batch_tokens = batch_tokens}};
  }

  [[nodiscard]] ChoiceEvaluation::Forward forward() const {
    return [this](const TokenBatch& batch) {
      return model_.forward(batch, {}).logits;
    };
  }

  Json golden_ = testData("choice_golden.json");
  DecoderConfig config_;
  LlamaModel model_;
};

// One row at a time, and many, padded: some contexts are longer than the model and cut.
TEST_F(ChoiceGolden, LogLikelihoodsAreTheHarnesss) {
  for (const std::int64_t batch_tokens : {1, 1000}) {
    const ChoiceEvaluation tasks = evaluation(batch_tokens);
    for (std::size_t i = 0; i < tasks.sets().size(); ++i) {
      const std::string& name = tasks.sets()[i].task.name;
      const auto found =
          tasks.logLikelihoods(i, forward(), config_.max_position_embeddings, goOn).value();
      const Json& expected = golden_.at("tasks").at(name).at("log_likelihoods");
      ASSERT_EQ(found.size(), expected.size());
      for (std::size_t q = 0; q < found.size(); ++q) {
        ASSERT_EQ(found[q].size(), expected[q].size());
        for (std::size_t c = 0; c < found[q].size(); ++c) {
          EXPECT_NEAR(found[q][c], expected[q][c].get<double>(), 1e-9) << name << q << c;
        }
      }
    }
  }
}

TEST_F(ChoiceGolden, ResultsAreTheHarnesss) {
  const ChoiceEvaluation tasks = evaluation(400);

  const auto values = tasks.evaluate(forward(), config_.max_position_embeddings, goOn).value();
  const Json file = tasks.harnessResults(values);

  double acc = 0;
  double acc_norm = 0;
  for (const auto& [name, task] : golden_.at("tasks").items()) {
    const Json& expected = task.at("results");
    Json found = file.at("results").at(name);
    EXPECT_EQ(found.at("alias"), name);
    found.erase("alias");
    ASSERT_EQ(found.size(), expected.size()) << name;
    for (const auto& [metric, value] : expected.items()) {
      EXPECT_NEAR(found.at(metric).get<double>(), value.get<double>(), 1e-12) << name << metric;
    }
    acc += expected.at("acc,none").get<double>() / 5;
    acc_norm += expected.value("acc_norm,none", expected.at("acc,none").get<double>()) / 5;
  }
  EXPECT_NEAR(values.at("eval.tasks.acc"), acc, 1e-12);
  EXPECT_NEAR(values.at("eval.tasks.acc_norm"), acc_norm, 1e-12);
}

TEST_F(ChoiceGolden, ResultsHaveTheHarnesssLayout) {
  const ChoiceEvaluation tasks = evaluation(400);

  const Json file = tasks.harnessResults({{"eval.boolq.acc", 1.0}});

  EXPECT_EQ(file.at("versions").at("boolq"), 2.0);
  EXPECT_EQ(file.at("versions").at("piqa"), 1.0);
  EXPECT_EQ(file.at("n-shot").at("boolq"), 0);
  EXPECT_EQ(file.at("n-samples").at("boolq"), (Json{{"original", 3}, {"effective", 3}}));
  EXPECT_EQ(file.at("configs").at("boolq").at("output_type"), "multiple_choice");
  EXPECT_EQ(file.at("higher_is_better").at("boolq"), (Json{{"acc", true}}));
  EXPECT_EQ(file.at("config").at("limit"), nullptr);
  EXPECT_FALSE(file.at("results").at("boolq").contains("acc_norm,none"));
}

TEST_F(ChoiceGolden, GivesUpWhenTold) {
  const ChoiceEvaluation tasks = evaluation(1);
  int calls = 0;

  const auto values = tasks.evaluate(forward(), 56, [&] { return ++calls < 3; });

  EXPECT_FALSE(values.has_value());
  EXPECT_EQ(calls, 3);
}

TEST_F(ChoiceGolden, BosComesFirstWhenAsked) {
  const auto tokenizer = tinyTokenizer();
  const ChoiceEvaluation tasks({setOf("piqa")}, *tokenizer, {.add_bos = true});
  std::set<std::int64_t> first_ids;
  const auto look = [&](const TokenBatch& batch) {
    const at::Tensor first = batch.input_ids.select(1, 0).contiguous();
    first_ids.insert(first.data_ptr<std::int64_t>(),
                     first.data_ptr<std::int64_t>() + first.numel());
    return forward()(batch);
  };

  static_cast<void>(tasks.evaluate(look, 0, goOn));

  EXPECT_THAT(first_ids, ::testing::ElementsAre(*tokenizer->specialIds().eos));
}

// By hand: a model that gives each id the logit of its last digit, at every place alike. Only
// positions of continuations are asked for.
TEST(ChoiceEvaluation, SumsTheContinuationsTokens) {
  const auto tokenizer = tinyTokenizer();
  ChoiceSet set = {.task = {.name = "piqa"},
                   .questions = parseChoiceQuestions(
                       "piqa", "f", R"({"goal": "the", "sol1": "fox", "sol2": "dog", "label": 0})"),
                   .available = 1};
  const ChoiceEvaluation tasks({set}, *tokenizer, {});
  const std::int64_t size = tokenizer->vocabularySize();
  const at::Tensor logits = (at::arange(size) % 10).to(at::kDouble);
  const double normalizer = logits.exp().sum().log().item<double>();
  std::int64_t judged = 0;
  const auto forward = [&](const TokenBatch& batch) {
    judged += batch.targets().numel();
    return logits.expand({batch.targets().numel(), size});
  };

  const auto found = tasks.logLikelihoods(0, forward, 0, goOn).value();

  std::int64_t tokens = 0;
  for (const auto& [choice, text] : {std::pair<std::size_t, const char*>{0, " fox"}, {1, " dog"}}) {
    double expected = 0;
    for (const std::int32_t id : tokenizer->encodePlain(text)) {
      expected += id % 10 - normalizer;
      ++tokens;
    }
    EXPECT_NEAR(found.at(0).at(choice), expected, 1e-12) << text;
  }
  EXPECT_EQ(judged, tokens);
}

class ChoiceFiles : public ::testing::Test {
 protected:
  ChoiceFiles() {
    std::ofstream file(folder_.path() / "piqa.jsonl");
    for (int i = 0; i < 3; ++i) {
      file << R"({"goal": "g", "sol1": "a", "sol2": "b", "label": 1})"
           << "\n";
    }
  }

  [[nodiscard]] std::string refusalOf(const std::vector<std::string>& tasks) const {
    try {
      static_cast<void>(readChoiceSets({.tasks = tasks, .path = folder_.path().string()}));
    } catch (const TrainError& error) {
      return error.what();
    }
    return "accepted";
  }

  TemporaryFolder folder_;
};

TEST_F(ChoiceFiles, AreReadToTheirLimit) {
  const auto sets =
      readChoiceSets({.tasks = {"piqa"}, .path = folder_.path().string(), .limit = 2});

  ASSERT_EQ(sets.size(), 1U);
  EXPECT_EQ(sets[0].questions.size(), 2U);
  EXPECT_EQ(sets[0].available, 3);
  const ChoiceEvaluation tasks(sets, *tinyTokenizer(), {.limit = 2});
  const Json file = tasks.harnessResults({{"eval.piqa.acc", 0.5}});
  EXPECT_EQ(file.at("n-samples").at("piqa"), (Json{{"original", 3}, {"effective", 2}}));
  EXPECT_EQ(file.at("config").at("limit"), 2);
}

TEST_F(ChoiceFiles, AreNamedWhenTheyAreNotThere) {
  EXPECT_THAT(refusalOf({"boolq"}), HasSubstr("boolq.jsonl"));
  EXPECT_THAT(refusalOf({"../piqa"}), HasSubstr("is not known; known: arc_challenge"));
  EXPECT_EQ(refusalOf({"piqa", "piqa"}), "eval.tasks names piqa twice");
}

TEST(ChoiceEvaluation, WithoutTasksThereIsNothingToReport) {
  const ChoiceEvaluation none;

  EXPECT_TRUE(none.evaluate({}, 0, goOn).value().empty());
}

TEST(ChoiceEvaluation, OneQuestionHasNoStandardError) {
  ChoiceSet set = {.task = {.name = "piqa"},
                   .questions = parseChoiceQuestions(
                       "piqa", "f", R"({"goal": "the", "sol1": "fox", "sol2": "dog", "label": 0})"),
                   .available = 1};

  const Json file =
      ChoiceEvaluation({set}, *tinyTokenizer(), {}).harnessResults({{"eval.piqa.acc", 1.0}});

  EXPECT_EQ(file.at("results").at("piqa").at("acc_stderr,none"), "N/A");
}

}  // namespace
}  // namespace retort::train
