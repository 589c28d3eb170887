#include "trainers/training/analysis_request.h"

#include "tests/trainers/training/tiny_settings.h"
#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

namespace retort::train {

namespace {

using ::testing::HasSubstr;

std::string refusal(const AnalysisRequest& request) {
  try {
    static_cast<void>(analysisSettings(resolved(tinyFinetuneGiven()), request));
  } catch (const TrainError& error) {
    EXPECT_EQ(error.exitCode(), ExitCode::kBadSpec);
    return error.what();
  }
  return "";
}

TEST(ParseAnalysisRequest, ReadsEveryOption) {
  const AnalysisRequest request = parseAnalysisRequest({"--probe",
                                                        "hessian,losses",
                                                        "--set",
                                                        "probe.hessian.rows=1",
                                                        "--checkpoint",
                                                        "120",
                                                        "--rows",
                                                        "20",
                                                        "--batch",
                                                        "4",
                                                        "--probe",
                                                        "hidden_state"});

  EXPECT_EQ(request,
            (AnalysisRequest{.probes = {"hessian", "losses", "hidden_state"},
                             .overrides = {"probe.hessian.rows=1"},
                             .checkpoint = "120",
                             .rows = 20,
                             .batch = 4}));
}

TEST(ParseAnalysisRequest, RefusesWhatItDoesNotKnow) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{},
                                             {"--probe"},
                                             {"--probe", ","},
                                             {"--probe", "hessian", "--rows", "-1"},
                                             {"--probe", "hessian", "--batch", "many"},
                                             {"--probe", "hessian", "--steps", "3"}}) {
    EXPECT_THROW(static_cast<void>(parseAnalysisRequest(words)), std::invalid_argument);
  }
}

TEST(AnalysisSettings, TurnOnWhatIsAskedForAndNothingElse) {
  const SettingValues settings = analysisSettings(
      resolved(tinyFinetuneGiven()),
      {.probes = {"hessian"}, .overrides = {"probe.hessian.count=1", "threads=2"}});

  EXPECT_EQ(settings.at("probe.hessian.every"), 1);
  EXPECT_EQ(settings.at("probe.hessian.count"), 1);
  EXPECT_EQ(settings.at("threads"), 2);
  EXPECT_EQ(settings.at("probe.losses.every"), 0);
  EXPECT_EQ(settings.at("train.steps"), 12);
  EXPECT_TRUE(resolveSettings(trainerCatalogue(), settings).has_value());
}

TEST(AnalysisSettings, TakeTextsAsTheyAre) {
  const SettingValues settings = analysisSettings(
      resolved(tinyFinetuneGiven()),
      {.probes = {"hessian"}, .overrides = {"probe.hessian.product=finite_difference"}});

  EXPECT_EQ(settings.at("probe.hessian.product"), "finite_difference");
}

TEST(AnalysisSettings, NameTheProbesThereAre) {
  EXPECT_THAT(refusal({.probes = {"hesian"}}), HasSubstr("there is no probe 'hesian'; there are:"));
  EXPECT_THAT(refusal({.probes = {"hesian"}}), HasSubstr("hessian"));
  EXPECT_THAT(refusal({.probes = {"throughput"}}), HasSubstr("looks at the training itself"));
  EXPECT_EQ(refusal({.probes = {"throughput"}}).find("learning_rate"), std::string::npos);
}

TEST(AnalysisSettings, KeepWhatMadeTheModel) {
  for (const char* text : {"train.learning_rate=1", "nothing=1", "=1", "seed"}) {
    EXPECT_THAT(refusal({.probes = {"losses"}, .overrides = {text}}), HasSubstr(text));
  }
}

TEST(AnalysisSettings, QuestionsAreThoseOfTheRequestAlone) {
  const SettingValues run = {{"eval.tasks", Json{"boolq"}}, {"eval.path", "q"}, {"eval.limit", 5}};

  const SettingValues without = analysisSettings(run, {.probes = {"losses"}});
  const SettingValues with = analysisSettings(
      run, {.overrides = {"eval.tasks=[\"piqa\"]", "eval.path=questions", "eval.limit=7"}});

  EXPECT_FALSE(without.contains("eval.tasks"));
  EXPECT_FALSE(without.contains("eval.path"));
  EXPECT_EQ(with.at("eval.tasks"), Json{"piqa"});
  EXPECT_EQ(with.at("eval.limit"), 7);
  EXPECT_EQ(with.at("eval.path"), std::filesystem::absolute("questions").string());
}

TEST(AnalysisRequest, NamesProbesOrQuestions) {
  EXPECT_TRUE(parseAnalysisRequest({"--set", "eval.tasks=[\"piqa\"]"}).probes.empty());
  EXPECT_THROW(static_cast<void>(parseAnalysisRequest({"--set", "threads=2"})),
               std::invalid_argument);
}

}  // namespace

}  // namespace retort::train
