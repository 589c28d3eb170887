#include "core/base/hash.h"
#include "core/run/run_record.h"
#include "core/run/run_spec.h"
#include "core/run/submission.h"
#include "core/run/workspace_layout.h"
#include "tests/core/settings/sample_catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace retort {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::sampleCatalogue;

constexpr const char* kTeacherId = "00112233445566ff";

RunSpec sampleSpec() {
  RunSpec spec;
  spec.trainer = "retort-train";
  spec.release = "1";
  spec.settings = {{"phase", "kd_qat"},
                   {"seed", 1},
                   {"device", "auto"},
                   {"data.path", "/data/sst2"},
                   {"model.teacher", std::string("run:") + kTeacherId + "/model"},
                   {"model.student", "teacher"},
                   {"train.learning_rate", 2e-5},
                   {"freeze", {"o", "v"}}};
  spec.inputs = {{"data.path", "/data/sst2", sha256Hex("data"), ""},
                 {"model.teacher", std::string("../") + kTeacherId + "/model", "", kTeacherId}};
  spec.run_id = computeRunId(spec, sampleCatalogue());
  return spec;
}

std::string idOf(const RunSpec& spec) {
  return computeRunId(spec, sampleCatalogue());
}

// Ids name folders in every workspace: this value may only change with a reason.
TEST(RunId, IsStable) {
  EXPECT_EQ(sampleSpec().run_id, "c34ab82114ace764");
}

TEST(RunId, IsTheHashOfTheDocumentedText) {
  const std::string text =
      R"({"inputs":{"data.path":"sha256:)" + sha256Hex("data") +
      R"(","model.teacher":"run:00112233445566ff/model"},"release":"1","settings":{)"
      R"("freeze":["o","v"],"model.student":"teacher","phase":"kd_qat","seed":1,)"
      R"("train.learning_rate":2e-05},"trainer":"retort-train"})";
  EXPECT_EQ(sampleSpec().run_id, sha256Hex(text).substr(0, 16));
}

TEST(RunId, DoesNotDependOnPathsOrOnWhatDoesNotAffectTheResult) {
  RunSpec spec = sampleSpec();
  spec.settings["device"] = "cuda:0";
  spec.settings["data.path"] = "/elsewhere";
  spec.inputs[0].path = "/elsewhere";
  EXPECT_EQ(idOf(spec), sampleSpec().run_id);
}

TEST(RunId, DependsOnEverythingElse) {
  const auto changed = [](const std::function<void(RunSpec&)>& change) {
    RunSpec spec = sampleSpec();
    change(spec);
    return idOf(spec) != sampleSpec().run_id;
  };
  EXPECT_TRUE(changed([](RunSpec& s) { s.settings["seed"] = 2; }));
  EXPECT_TRUE(changed([](RunSpec& s) { s.settings["freeze"] = {"v", "o"}; }));
  EXPECT_TRUE(changed([](RunSpec& s) { s.settings["unknown"] = 1; }));
  EXPECT_TRUE(changed([](RunSpec& s) { s.trainer = "other"; }));
  EXPECT_TRUE(changed([](RunSpec& s) { s.release = "2"; }));
  EXPECT_TRUE(changed([](RunSpec& s) { s.inputs[0].sha256 = sha256Hex("other"); }));
  EXPECT_TRUE(changed([](RunSpec& s) {
    s.settings["model.teacher"] = std::string("run:") + kTeacherId + "/model-best";
  }));
}

TEST(RunId, IsSixteenHexadecimalDigits) {
  EXPECT_TRUE(isRunId("0123456789abcdef"));
  EXPECT_FALSE(isRunId("0123456789abcde"));
  EXPECT_FALSE(isRunId("0123456789abcdeg"));
  EXPECT_FALSE(isRunId("0123456789ABCDEF"));
  EXPECT_FALSE(isRunId("../../../../../x"));
  EXPECT_FALSE(isRunId(""));
}

TEST(RunSpec, NamesEachNeededRunOnce) {
  RunSpec spec = sampleSpec();
  spec.inputs.push_back({"model.student", "../x", "", kTeacherId});
  spec.inputs.push_back({"other", "../y", "", "ffffffffffffffff"});
  EXPECT_THAT(spec.neededRuns(), ElementsAre(kTeacherId, "ffffffffffffffff"));
}

TEST(RunSpec, ReadsBackFromJson) {
  const auto back = runSpecFromJson(toJson(sampleSpec()));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, sampleSpec());
}

struct BadSpec {
  const char* name;
  std::function<void(Json&)> damage;
  const char* message;
};

class RunSpecRefuses : public ::testing::TestWithParam<BadSpec> {};

TEST_P(RunSpecRefuses, WithAMessage) {
  Json json = toJson(sampleSpec());
  GetParam().damage(json);
  const auto spec = runSpecFromJson(json);
  ASSERT_FALSE(spec);
  EXPECT_EQ(spec.error().code, ErrorCode::kInvalidConfig);
  EXPECT_THAT(spec.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Cases,
    RunSpecRefuses,
    ::testing::Values(
        BadSpec{"no_map", [](Json& j) { j = 3; }, "not a map"},
        BadSpec{"no_version", [](Json& j) { j.erase("retort"); }, "'retort' is missing"},
        BadSpec{"C16_future", [](Json& j) { j["retort"] = 999; }, "of version 999"},
        BadSpec{"id", [](Json& j) { j["run"] = "../../etc"; }, "'run' is not a run id"},
        BadSpec{"trainer", [](Json& j) { j["trainer"] = 1; }, "'trainer' is not a text"},
        BadSpec{"settings", [](Json& j) { j["settings"] = 1; }, "'settings' is missing or not"},
        BadSpec{
            "key_twice", [](Json& j) { j["settings"]["data.path"] = "x"; }, "gives a key twice"},
        BadSpec{"inputs",
                [](Json& j) {
                  j["inputs"] = {};
                  j["inputs"] = "x";
                },
                "not a list"},
        BadSpec{"input_key", [](Json& j) { j["inputs"][0]["key"] = "zz"; }, "no setting 'zz'"},
        BadSpec{"input_twice", [](Json& j) { j["inputs"][1] = j["inputs"][0]; }, "listed twice"},
        BadSpec{"input_kind", [](Json& j) { j["inputs"][0].erase("sha256"); }, "either 'sha256'"},
        BadSpec{
            "input_run", [](Json& j) { j["inputs"][1]["run"] = ".."; }, "'..' is not a run id"}),
    [](const auto& param) { return param.param.name; });

Submission sampleSubmission() {
  Submission submission;
  submission.experiment = "losses";
  submission.file = "/home/x/losses.yaml";
  submission.text = "experiment: losses\n";
  submission.report = {{"metric", "eval.accuracy"}};
  SubmittedRun run;
  run.spec = sampleSpec();
  run.name = "distill=map seed=1";
  run.resources = {1, 2, 8LL << 30, 7200};
  run.priority = -3;
  run.membership = {run.spec.run_id, 4, {{"distill", "map"}, {"freeze", "none"}}, 1, false};
  submission.runs.push_back(run);
  run.membership.seed.reset();
  run.membership.is_needed_only = true;
  run.membership.labels.clear();
  submission.runs.push_back(run);
  return submission;
}

TEST(Submission, ReadsBackFromItsText) {
  const auto json = parseJson(canonicalJson(toJson(sampleSubmission())));
  ASSERT_TRUE(json);
  const auto back = submissionFromJson(*json);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, sampleSubmission());
}

TEST(Submission, NamesTheRunThatIsWrong) {
  const auto message = [](const std::function<void(Json&)>& damage) {
    Json json = toJson(sampleSubmission());
    damage(json);
    const auto submission = submissionFromJson(json);
    return submission ? std::string("accepted") : submission.error().message;
  };
  EXPECT_THAT(message([](Json& j) { j = Json::array(); }), HasSubstr("list of runs"));
  EXPECT_THAT(message([](Json& j) { j.erase("text"); }), HasSubstr("'text' is missing"));
  EXPECT_THAT(message([](Json& j) { j["runs"][1]["spec"]["run"] = "x"; }),
              HasSubstr("runs[1]: 'run' is not a run id"));
  EXPECT_THAT(message([](Json& j) { j["runs"][0]["priority"] = 1LL << 40; }),
              HasSubstr("runs[0]: 'priority' is out of range"));
  EXPECT_THAT(message([](Json& j) { j["runs"][0]["resources"]["gpus"] = 0.5; }),
              HasSubstr("'gpus' is not an integer"));
  EXPECT_THAT(message([](Json& j) { j["runs"][0]["membership"]["labels"] = {{"a"}}; }),
              HasSubstr("not a pair"));
  EXPECT_THAT(message([](Json& j) { j["runs"][0].erase("membership"); }), HasSubstr("runs[0]"));
}

struct BadSubmission {
  const char* name;
  std::function<void(Json&)> damage;
  const char* message;
};

class SubmissionRefuses : public ::testing::TestWithParam<BadSubmission> {};

TEST_P(SubmissionRefuses, WithTheField) {
  Json json = toJson(sampleSubmission());
  GetParam().damage(json);
  const auto submission = submissionFromJson(json);
  ASSERT_FALSE(submission);
  EXPECT_EQ(submission.error().code, ErrorCode::kInvalidConfig);
  EXPECT_THAT(submission.error().message, HasSubstr(GetParam().message));
}

Json& firstRun(Json& submission) {
  return submission["runs"][0];
}

INSTANTIATE_TEST_SUITE_P(
    Cases,
    SubmissionRefuses,
    ::testing::Values(
        BadSubmission{
            "experiment", [](Json& j) { j["experiment"] = 1; }, "'experiment' is not a text"},
        BadSubmission{"file", [](Json& j) { j.erase("file"); }, "'file' is missing"},
        BadSubmission{"runs", [](Json& j) { j["runs"] = Json::object(); }, "list of runs"},
        BadSubmission{"run", [](Json& j) { firstRun(j) = 3; }, "runs[0]: it is not an object"},
        BadSubmission{
            "name", [](Json& j) { firstRun(j)["name"] = nullptr; }, "'name' is not a text"},
        BadSubmission{"priority",
                      [](Json& j) { firstRun(j)["priority"] = 1.5; },
                      "'priority' is not an integer"},
        BadSubmission{"resources",
                      [](Json& j) { firstRun(j)["resources"] = 1; },
                      "'resources' is not an object"},
        BadSubmission{"threads",
                      [](Json& j) { firstRun(j)["resources"].erase("threads"); },
                      "'threads' is missing"},
        BadSubmission{
            "memory",
            [](Json& j) { firstRun(j)["resources"]["memory_bytes"] = 18446744073709551615ULL; },
            "'memory_bytes' is not an integer"},
        BadSubmission{
            "membership", [](Json& j) { firstRun(j)["membership"] = {}; }, "'membership'"},
        BadSubmission{"labels",
                      [](Json& j) {
                        firstRun(j)["membership"]["labels"] = Json::array({Json::array({"a", 1})});
                      },
                      "not a pair"},
        BadSubmission{"labels_kind",
                      [](Json& j) { firstRun(j)["membership"]["labels"] = "a"; },
                      "'labels' is not"},
        BadSubmission{"seed",
                      [](Json& j) { firstRun(j)["membership"]["seed"] = "1"; },
                      "'seed' is not an integer"},
        BadSubmission{"needed",
                      [](Json& j) { firstRun(j)["membership"]["needed_only"] = 0; },
                      "'needed_only'"},
        BadSubmission{"position",
                      [](Json& j) { firstRun(j)["membership"].erase("position"); },
                      "'position' is missing"},
        BadSubmission{
            "spec", [](Json& j) { firstRun(j)["spec"]["settings"] = {1}; }, "runs[0]: 'settings'"}),
    [](const auto& param) { return param.param.name; });

TEST(Submission, KeepsHostileTextsAsTheyAre) {
  Submission submission = sampleSubmission();
  submission.experiment = "x'); DROP TABLE runs;--";
  submission.text = "a\n\t\"\\ $(touch /tmp/pwned) \x01 é";
  submission.runs[0].name = "<script>";
  submission.runs[0].membership.labels = {{"=1+1", "@x"}, {"", ""}};
  const auto back = submissionFromJson(*parseJson(canonicalJson(toJson(submission))));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, submission);
}

TEST(Submission, MayBeEmpty) {
  const auto back = submissionFromJson(
      {{"experiment", "e"}, {"file", ""}, {"text", ""}, {"runs", Json::array()}});
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_TRUE(back->runs.empty());
  EXPECT_EQ(back->report, Json::object());
}

TEST(RunSpec, MayHaveNoInputs) {
  RunSpec spec = sampleSpec();
  spec.inputs.clear();
  Json json = toJson(spec);
  json.erase("inputs");
  const auto back = runSpecFromJson(json);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, spec);
  EXPECT_TRUE(spec.neededRuns().empty());
}

TEST(RunSpec, NestsItsSettings) {
  const Json json = toJson(sampleSpec());
  EXPECT_EQ(json["settings"]["train"]["learning_rate"], Json(2e-5));
  EXPECT_EQ(json["retort"], Json(RunSpec::kVersion));
  EXPECT_EQ(json["inputs"][0]["sha256"], Json(sha256Hex("data")));
  EXPECT_FALSE(json["inputs"][0].contains("run"));
  EXPECT_FALSE(json["inputs"][1].contains("sha256"));
}

TEST(RunState, HasANameEach) {
  for (int i = 0; i <= static_cast<int>(RunState::kFailed); ++i) {
    const auto state = static_cast<RunState>(i);
    EXPECT_EQ(runStateFromName(runStateName(state)), state);
  }
  EXPECT_EQ(runStateFromName("sleeping"), std::nullopt);
}

TEST(RunState, IsTerminalWhenNothingHappensByItself) {
  EXPECT_TRUE(isTerminal(RunState::kFinished));
  EXPECT_TRUE(isTerminal(RunState::kDiverged));
  EXPECT_TRUE(isTerminal(RunState::kFailed));
  EXPECT_TRUE(isTerminal(RunState::kStopped));
  EXPECT_FALSE(isTerminal(RunState::kQueued));
  EXPECT_FALSE(isTerminal(RunState::kPaused));
  EXPECT_FALSE(isTerminal(RunState::kBlocked));
  EXPECT_FALSE(isTerminal(RunState::kRunning));
  EXPECT_FALSE(isTerminal(RunState::kStopping));
}

TEST(WorkspacePaths, BuildsTheDocumentedLayout) {
  const WorkspacePaths workspace{"/w"};
  EXPECT_EQ(workspace.database(), "/w/workspace.db");
  EXPECT_EQ(workspace.trainers(), "/w/trainers.json");
  EXPECT_EQ(workspace.agentLog(), "/w/agent.log");
  const RunPaths run = workspace.run(kTeacherId);
  EXPECT_EQ(run.spec(), "/w/runs/00112233445566ff/spec.yaml");
  EXPECT_EQ(run.events().filename(), "events.jsonl");
  EXPECT_EQ(run.log().filename(), "train.log");
  EXPECT_EQ(run.lock().filename(), "lock");
  EXPECT_EQ(run.checkpoints().filename(), "checkpoint");
  EXPECT_EQ(run.model().filename(), "model");
  EXPECT_EQ(run.bestModel().filename(), "model-best");
  EXPECT_EQ(run.analyses(), run.folder / "analysis");
}

// E01: only ids become paths.
TEST(WorkspacePathsDeathTest, RefusesNames) {
  EXPECT_DEATH(static_cast<void>(WorkspacePaths{"/w"}.run("../../tmp/pwned")), "by its id only");
}

}  // namespace
}  // namespace retort
