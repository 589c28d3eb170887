#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "tests/trainers/end_to_end/run_directory.h"
#include "tests/trainers/training/tiny_language_settings.h"
#include "trainers/io/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

namespace retort::train {

namespace {

using ::testing::HasSubstr;

Json readJson(const std::filesystem::path& file) {
  return parseJson(readFile(file, 100'000'000).value()).value();
}

/// The mean of one series of an analysis.
double meanOf(const Json& analysis, const std::string& metric, const std::string& component = "") {
  for (const Json& point : analysis.at("points")) {
    if (point.at("metric") == metric && point.value("component", "") == component) {
      return point.at("mean").get<double>();
    }
  }
  ADD_FAILURE() << metric << " " << component << " was not measured";
  return std::nan("");
}

/// A finished distillation of 12 steps on 40 evaluation rows, and its teacher.
class RunAnalysis : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    teacher_ = new RunDirectory(tinyFinetuneGiven());
    ASSERT_EQ(teacher_->run().exit_code, 0);
    SettingValues given = tinyKdQatGiven(teacher_->paths().model());
    given["checkpoint.every"] = 6;
    student_ = new RunDirectory(given);
    ASSERT_EQ(student_->run().exit_code, 0);
  }

  static void TearDownTestSuite() {
    delete student_;
    delete teacher_;
  }

  ProgramEnd analyze(const RunDirectory& run, std::vector<std::string> words) {
    words.insert(words.begin(), {"--analyze", run.paths().folder.string()});
    return TrainerProgram(words, outputs_.path()).wait();
  }

  static RunDirectory* teacher_;
  static RunDirectory* student_;
  TemporaryFolder outputs_;
};

RunDirectory* RunAnalysis::teacher_ = nullptr;
RunDirectory* RunAnalysis::student_ = nullptr;

/// A language model is judged on the questions that it was not judged on while it was trained.
TEST_F(RunAnalysis, JudgesQuestions) {
  std::ofstream(outputs_.path() / "boolq.jsonl")
      << R"({"passage": "the", "question": "say", "label": 1})"
      << "\n"
      << R"({"passage": "a", "question": "do", "label": 0})"
      << "\n";
  SettingValues given = tinyPretrainGiven();
  const RunDirectory without(given);
  ASSERT_EQ(without.run().exit_code, 0);
  given["eval.tasks"] = Json::array({"boolq"});
  given["eval.path"] = outputs_.path().string();
  const RunDirectory with(given);
  ASSERT_EQ(with.run().exit_code, 0);

  const ProgramEnd end = analyze(
      without,
      {"--set", "eval.tasks=[\"boolq\"]", "--set", "eval.path=" + outputs_.path().string()});

  ASSERT_EQ(end.exit_code, 0) << end.errors;
  const Json report = parseJson(end.output).value().at("analyses");
  ASSERT_EQ(report.size(), 1U);
  const auto points = with.points();
  for (const char* metric : {"eval.boolq.acc", "eval.tasks.acc", "eval.perplexity"}) {
    EXPECT_EQ(meanOf(report[0], metric), points.at({{.metric = metric}, 12})) << metric;
  }
  EXPECT_EQ(readJson(without.paths().analyses() / "lm_eval_results-last.json"),
            readJson(with.paths().model() / "lm_eval_results.json"));
  EXPECT_EQ(report[0].at("results"),
            (without.paths().analyses() / "lm_eval_results-last.json").string());
  EXPECT_EQ(readJson(without.paths().analyses() / "evaluation-last.json").at("points"),
            report[0].at("points"));
}

TEST_F(RunAnalysis, NeedsTheQuestions) {
  const ProgramEnd end = analyze(*student_, {"--set", "eval.tasks=[\"boolq\"]"});

  EXPECT_EQ(end.exit_code, 78);
  EXPECT_THAT(end.errors, HasSubstr("eval."));
}

TEST_F(RunAnalysis, MeasuresTheModelOnItsEvaluationRows) {
  const std::string events = sha256OfInput(student_->paths().events()).value();
  const std::string model = sha256OfInput(student_->paths().model()).value();

  const ProgramEnd end = analyze(*student_,
                                 {"--probe",
                                  "losses,hidden_state,loss_surface",
                                  "--set",
                                  "probe.loss_surface.points=3",
                                  "--batch",
                                  "16"});

  ASSERT_EQ(end.exit_code, 0) << end.errors;
  const Json report = parseJson(end.output).value();
  EXPECT_EQ(report.at("run"), RunDirectory::kRunId);
  EXPECT_EQ(report.at("rows"), 40);
  ASSERT_EQ(report.at("analyses").size(), 3U);
  const Json surface = readJson(student_->paths().analyses() / "loss_surface-last.json");
  EXPECT_EQ(surface.at("batch"), 16);
  EXPECT_EQ(surface.at("settings").at("probe.loss_surface.points"), 3);
  // The middle of the surface is the loss of the run's last evaluation.
  const double last = student_->points().at({{.metric = "eval.loss"}, 12});
  EXPECT_NEAR(meanOf(surface, "loss_surface", "0,0"), last, 1e-3 * last);
  const auto csv = readFile(student_->paths().analyses() / "loss_surface-last.csv", 10'000);
  EXPECT_THAT(csv.value(), HasSubstr("alpha,beta,loss\n-1,-1,"));
  EXPECT_FALSE(std::filesystem::exists(student_->paths().analyses() / "losses-last.csv"));
  EXPECT_EQ(sha256OfInput(student_->paths().events()).value(), events);
  EXPECT_EQ(sha256OfInput(student_->paths().model()).value(), model);
}

TEST_F(RunAnalysis, MeasuresTheBestModelAndCheckpoints) {
  const std::vector<std::string> probe = {"--probe", "losses", "--rows", "8", "--checkpoint"};
  std::vector<std::string> best = probe;
  best.emplace_back("best");
  std::vector<std::string> step = probe;
  step.emplace_back("6");

  const ProgramEnd of_best = analyze(*student_, best);
  const ProgramEnd of_step = analyze(*student_, step);

  EXPECT_EQ(of_best.exit_code, 0) << of_best.errors;
  EXPECT_EQ(of_step.exit_code, 0) << of_step.errors;
  EXPECT_EQ(readJson(student_->paths().analyses() / "losses-best.json").at("rows"), 8);
  EXPECT_EQ(readJson(student_->paths().analyses() / "losses-step-000006.json").at("step"), 6);
}

TEST_F(RunAnalysis, GivesTheSameNumbersAgain) {
  const std::vector<std::string> words = {"--probe",
                                          "hessian,gradient_noise_scale,gradient_cosine",
                                          "--set",
                                          "probe.hessian.iterations=5",
                                          "--rows",
                                          "16"};

  const ProgramEnd first = analyze(*student_, words);
  const ProgramEnd second = analyze(*student_, words);

  ASSERT_EQ(first.exit_code, 0) << first.errors;
  EXPECT_EQ(first.output, second.output);
  const Json noise = readJson(student_->paths().analyses() / "gradient_noise_scale-last.json");
  EXPECT_DOUBLE_EQ(meanOf(noise, "gradient_noise_scale"),
                   meanOf(noise, "gradient_noise_trace") / meanOf(noise, "gradient_squared_norm"));
}

TEST_F(RunAnalysis, ExplainsWhatItCannotLookAt) {
  const ProgramEnd unknown = analyze(*student_, {"--probe", "hesian"});
  EXPECT_EQ(unknown.exit_code, 78);
  EXPECT_THAT(unknown.errors, HasSubstr("there is no probe 'hesian'"));

  const ProgramEnd without_teacher = analyze(*teacher_, {"--probe", "attention_map_kl"});
  EXPECT_EQ(without_teacher.exit_code, 78);
  EXPECT_THAT(without_teacher.errors, HasSubstr("teacher"));

  const ProgramEnd no_step = analyze(*student_, {"--probe", "losses", "--checkpoint", "5"});
  EXPECT_EQ(no_step.exit_code, 66);
  EXPECT_THAT(no_step.errors, HasSubstr("there are: 6"));

  const ProgramEnd no_word = analyze(*student_, {"--probe", "losses", "--checkpoint", "first"});
  EXPECT_EQ(no_word.exit_code, 78);
  EXPECT_EQ(analyze(*student_, {"--rows", "3"}).exit_code, 64);
}

TEST_F(RunAnalysis, SaysWhatIsMissingOfAnUnfinishedRun) {
  const RunDirectory fresh(tinyFinetuneGiven());

  const ProgramEnd end = analyze(fresh, {"--probe", "hidden_state"});

  EXPECT_EQ(end.exit_code, 66);
  EXPECT_THAT(end.errors, HasSubstr("has not finished, or its model was removed"));
  EXPECT_THAT(end.errors, HasSubstr("no checkpoints either"));
}

/// Every probe of this kind on at every third step, or none at all: the same weights.
TEST(Probes, OfTheLossChangeNothing) {
  const RunDirectory teacher(tinyFinetuneGiven());
  ASSERT_EQ(teacher.run().exit_code, 0);
  const SettingValues plain = tinyKdQatGiven(teacher.paths().model());
  SettingValues probed = plain;
  for (const char* probe : {"hessian", "loss_surface", "gradient_noise_scale", "gradient_cosine"}) {
    probed["probe." + std::string(probe) + ".every"] = 3;
  }
  probed["probe.hessian.iterations"] = 4;
  probed["probe.loss_surface.points"] = 3;
  const RunDirectory without(plain);
  const RunDirectory with(probed);

  ASSERT_EQ(without.run().exit_code, 0);
  const ProgramEnd end = with.run();

  ASSERT_EQ(end.exit_code, 0) << end.errors;
  EXPECT_EQ(sha256OfInput(with.paths().model()).value(),
            sha256OfInput(without.paths().model()).value());
  EXPECT_TRUE(with.points().contains({{.metric = "hessian_eigenvalue", .component = "1"}, 3}));
  EXPECT_TRUE(with.points().contains({{.metric = "loss_surface_rise"}, 9}));
  EXPECT_TRUE(with.points().contains({{.metric = "gradient_noise_scale"}, 12}));
  EXPECT_TRUE(
      with.points().contains({{.metric = "gradient_cosine", .component = "logits/hidden"}, 6}));
}

}  // namespace

}  // namespace retort::train
