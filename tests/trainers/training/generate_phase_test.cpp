#include "trainers/training/generate_phase.h"

#include "core/base/file.h"
#include "tests/trainers/training/temporary_folder.h"
#include "tests/trainers/training/tiny_language_settings.h"
#include "trainers/data/token_files.h"
#include "trainers/train_error.h"
#include "trainers/training/finetune_phase.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>

namespace retort::train {
namespace {

using testing::HasSubstr;

/// A teacher with random weights, ten times as far from uniform as training would begin with.
class GeneratePhaseTest : public testing::Test {
 protected:
  GeneratePhaseTest() {
    seedGenerators(1, at::kCPU);
    SettingValues given = tinyPretrainGiven();
    given["model.architecture.initializer_range"] = 0.5;
    const FinetunePhase phase(phaseInput(given));
    phase.writeModel(teacher());
    vocabulary_ = phase.task().vocabularySize();
  }

  [[nodiscard]] std::filesystem::path teacher() const { return folder_.path() / "teacher"; }

  [[nodiscard]] SettingValues given(const SettingValues& more = {}) const {
    SettingValues given = {{"phase", "generate"},
                           {"model.teacher", teacher().string()},
                           {"generate.texts", 24},
                           {"generate.length", 12},
                           {"train.batch", 8},
                           {"threads", 1},
                           {"device", "cpu"}};
    for (const auto& [key, value] : more) {
      given[key] = value;
    }
    return given;
  }

  /// All texts, written in batches of the given size.
  static at::Tensor written(GeneratePhase& phase, std::int64_t batch) {
    for (std::int64_t first = 0; first < phase.trainingRows(); first += batch) {
      std::vector<std::int64_t> rows(
          static_cast<std::size_t>(std::min(batch, phase.trainingRows() - first)));
      std::iota(rows.begin(), rows.end(), first);
      static_cast<void>(phase.step({.rows = rows}, goOn));
    }
    return phase.parameters().at(0).tensor;
  }

  [[nodiscard]] at::Tensor written(const SettingValues& more, std::int64_t batch = 8) const {
    GeneratePhase phase(phaseInput(given(more)));
    return written(phase, batch);
  }

  /// Logits at the last of the given tokens of each row, by a model that is loaded anew.
  [[nodiscard]] at::Tensor logitsAfter(const at::Tensor& ids) const {
    const at::NoGradGuard no_grad;
    const ModelSource source = readModel(teacher(), {.labels = std::nullopt});
    at::Tensor labels = at::full_like(ids, kIgnoredLabel).to(at::kLong);
    labels.select(1, ids.size(1) - 1).fill_(0);
    return source.blueprint->build(source.parameters, {}, {})
        ->forward({.input_ids = ids.to(at::kLong),
                   .attention_mask = {},
                   .segment_ids = {},
                   .lengths = {},
                   .labels = labels},
                  {})
        .logits;
  }

  [[nodiscard]] std::string refusalOf(const SettingValues& more) const {
    try {
      GeneratePhase{phaseInput(given(more))};
    } catch (const TrainError& error) {
      return error.what();
    }
    return "accepted";
  }

  TemporaryFolder folder_;
  std::int64_t vocabulary_ = 0;
};

TEST(GenerateSettings, StartsAreUniformOrInTurn) {
  constexpr std::int64_t kRows = 20'000;
  std::vector<double> counts(10, 0);
  for (std::int64_t row = 0; row < kRows; ++row) {
    counts.at(static_cast<std::size_t>(startToken({}, 1, row, 10))) += 1;
  }

  for (const double count : counts) {
    EXPECT_NEAR(count, 2000, 4.5 * std::sqrt(2000 * 0.9));
  }
  EXPECT_EQ(startToken({.start = "enumerated"}, 1, 23, 10), 3);
  EXPECT_NE(startToken({}, 1, 0, 1'000'000), startToken({}, 2, 0, 1'000'000));
}

TEST(GenerateSettings, NumbersOfGreedyTokensComeInTurn) {
  const GenerateSettings settings;  // 3 to 5, as LLM-QAT
  for (const auto& [row, tokens] :
       std::map<std::int64_t, std::int64_t>{{0, 3}, {1, 4}, {2, 5}, {3, 3}, {1000, 4}}) {
    EXPECT_EQ(greedyTokens(settings, row), tokens);
  }
}

TEST_F(GeneratePhaseTest, TheSameSeedWritesTheSameTexts) {
  const at::Tensor texts = written({});

  EXPECT_TRUE(at::equal(texts, written({})));
  EXPECT_TRUE(at::equal(texts, written({}, 5)));  // in other batches
  EXPECT_FALSE(at::equal(texts, written({{"seed", 2}})));
  EXPECT_TRUE(texts.ge(0).all().item<bool>());
  EXPECT_TRUE(texts.lt(vocabulary_).all().item<bool>());
}

// The expected number of each second token is the sum of its probabilities behind the starts.
TEST_F(GeneratePhaseTest, DrawsFromTheTeachersDistribution) {
  const at::Tensor texts = written({{"generate.texts", 6000},
                                    {"generate.length", 2},
                                    {"generate.greedy_from", 1},
                                    {"generate.greedy_to", 1}},
                                   500);

  const at::Tensor p = logitsAfter(texts.narrow(1, 0, 1)).softmax(-1).to(at::kDouble);
  const at::Tensor expected = p.sum(0);
  const at::Tensor variance = (p * (1 - p)).sum(0);
  const at::Tensor counts =
      at::one_hot(texts.select(1, 1).to(at::kLong), p.size(1)).sum(0).to(at::kDouble);
  const at::Tensor deviation = (counts - expected) / (variance + 1).sqrt();
  EXPECT_LT(deviation.abs().max().item<double>(), 4.5);
  // Of independent standard normal values the mean square is about 1.
  EXPECT_NEAR(deviation.square().mean().item<double>(), 1, 0.5);
  EXPECT_GT((expected - 6000.0 / static_cast<double>(vocabulary_)).abs().max().item<double>(), 20);
}

TEST_F(GeneratePhaseTest, TheFirstTokensAreTheLikeliest) {
  const at::Tensor texts =
      written({{"generate.greedy_from", 4}, {"generate.greedy_to", 4}}).to(at::kLong);
  const std::int64_t eos = readTokenizer(teacher())->specialIds().eos.value_or(-1);

  std::int64_t drawn_otherwise = 0;
  for (std::int64_t place = 1; place < 6; ++place) {
    const at::Tensor likeliest = logitsAfter(texts.narrow(1, 0, place)).argmax(-1);
    const at::Tensor is_open =
        texts.narrow(1, 1, place - 1).ne(eos).all(1).logical_and(texts.select(1, place).ne(eos));
    const at::Tensor differs = likeliest.ne(texts.select(1, place)).logical_and(is_open);
    if (place < 4) {
      EXPECT_FALSE(differs.any().item<bool>()) << place;
    } else {
      drawn_otherwise += differs.sum().item<std::int64_t>();
    }
  }
  EXPECT_GT(drawn_otherwise, 0);
}

TEST_F(GeneratePhaseTest, TheLossIsThatOfWhatWasDrawn) {
  GeneratePhase phase(phaseInput(given({{"generate.texts", 4},
                                        {"generate.length", 2},
                                        {"generate.greedy_from", 1},
                                        {"generate.greedy_to", 1}})));

  const StepOutcome outcome = phase.step({.rows = std::vector<std::int64_t>{0, 1, 2, 3}}, goOn);

  const at::Tensor texts = phase.parameters().at(0).tensor.to(at::kLong);
  const at::Tensor log_p = logitsAfter(texts.narrow(1, 0, 1)).log_softmax(-1);
  EXPECT_NEAR(outcome.loss, -log_p.gather(1, texts.narrow(1, 1, 1)).mean().item<double>(), 1e-5);
  EXPECT_EQ(outcome.tokens, 8);
}

TEST_F(GeneratePhaseTest, CountsTokensAndEnds) {
  GeneratePhase phase(phaseInput(given({{"generate.texts", 3}, {"generate.length", 6}})));
  const auto eos = readTokenizer(teacher())->specialIds().eos.value();
  EXPECT_TRUE(phase.evaluate(0, 1, goOn)->empty());
  const at::Tensor texts = phase.parameters().at(0).tensor;
  texts.fill_(eos);
  texts[0].narrow(0, 0, 6).fill_(7);  // never ends
  texts[1].narrow(0, 0, 2).fill_(7);  // 7 7 eos
  texts[2].narrow(0, 1, 4).fill_(7);  // begins with eos: eos 7 7 7 7 eos

  const auto points = phase.evaluate(1, 1, goOn).value();

  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].series.metric, "generate.tokens");
  EXPECT_EQ(points[0].value, 6 + 3 + 6);
  EXPECT_EQ(points[1].series.metric, "generate.ended");
  EXPECT_NEAR(points[1].value, 2.0 / 3, 1e-15);
}

TEST_F(GeneratePhaseTest, LeavesAFolderOfData) {
  GeneratePhase phase(phaseInput(given()));
  const at::Tensor texts = written(phase, 8);
  const auto data = folder_.path() / "data";

  phase.writeModel(data);

  const auto tokenizer = readTokenizer(data);
  const TokenCorpus corpus = parseTokenFile(
      "train.npy",
      readFile(data / "train.npy", 1 << 20).value(),
      {.vocabulary_size = tokenizer->vocabularySize(), .eos = tokenizer->specialIds().eos});
  EXPECT_EQ(corpus.documents(), 24);
  const double tokens = phase.evaluate(3, 3, goOn).value().at(0).value;
  EXPECT_EQ(static_cast<double>(corpus.size()), tokens);
  for (std::int64_t text = 0; text < 24; ++text) {
    EXPECT_EQ(corpus.id(corpus.documentStart(text)), texts[text][0].item<std::int64_t>());
  }
  const Json facts = parseJson(readFile(data / "generated.json", 1 << 20).value()).value();
  EXPECT_EQ(facts.at("texts"), 24);
  EXPECT_EQ(facts.at("tokenizer"), tokenizer->fingerprint());
}

TEST_F(GeneratePhaseTest, RefusesWhatDoesNotFit) {
  EXPECT_THAT(refusalOf({{"generate.length", 33}}), HasSubstr("model.teacher reads 32 tokens"));
  EXPECT_THAT(refusalOf({{"generate.greedy_from", 6}}), HasSubstr("must not fall"));
  EXPECT_THAT(refusalOf({{"generate.length", 4}}), HasSubstr("must not fall"));
  EXPECT_THAT(refusalOf({{"train.epochs", 2}}), HasSubstr("writes every text once"));
  EXPECT_THAT(refusalOf({{"train.steps", 7}}), HasSubstr("writes every text once"));
}

TEST_F(GeneratePhaseTest, HasNoProbesAndOneEpoch) {
  const SettingValues settings = resolved(given());

  EXPECT_EQ(settings.at("train.epochs"), 1);
  for (const auto& [key, value] : settings) {
    EXPECT_FALSE(key.starts_with("probe.")) << key;
  }
}

}  // namespace
}  // namespace retort::train
