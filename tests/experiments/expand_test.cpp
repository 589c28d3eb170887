#include "core/base/hash.h"
#include "core/base/text.h"
#include "tests/experiments/experiment_fixture.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <random>

#include <sys/stat.h>

namespace retort::experiments {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class Expand : public ExperimentTest {};

constexpr const char* kNeedsTeacher =
    "experiment: e\n"
    "base:\n"
    "  model.teacher: \"${needs.teacher}\"\n"
    "  data: {task: sst2, path: data/sst2}\n"
    "needs:\n"
    "  teacher: {phase: finetune, model.init: models/base, data: \"${data}\", train.epochs: 2}\n";

// The example of the README.
TEST_F(Expand, ReadsAGridOfTenLines) {
  EXPECT_THAT(namesOf("experiment: losses\n"
                      "base:\n"
                      "  model: {teacher: models/teacher}\n"
                      "  data: {task: sst2, path: data/sst2}\n"
                      "grid:\n"
                      "  distill: {score: {attention_score: 1}, map: {attention_map: 1}}\n"
                      "  freeze: [none, ov]\n"
                      "seeds: 3\n"
                      "baseline: {distill: score, freeze: none}\n"
                      "report: {metric: eval.accuracy}\n"),
              SizeIs(12));
}

// The example of the design.
TEST_F(Expand, ReadsTheDesignsExample) {
  const auto expanded = expand(
      "experiment: ternary-attention-losses       # a name; runs are grouped under it\n"
      "trainer: retort-train\n"
      "base:                                      # any settings of the catalogue, nested or "
      "dotted\n"
      "  model: {teacher: models/teacher, student: teacher}\n"
      "  data: {task: sst2, path: data/sst2}\n"
      "  quant: {weight: {scheme: ternary, granularity: tensor}, activation: {bits: 8}}\n"
      "  train: {epochs: 1, batch: 32, learning_rate: 2e-5}\n"
      "grid:                                      # the product of the axes\n"
      "  distill: {score: {attention_score: 1}, map: {attention_map: 1}, output: "
      "{attention_output: 1},\n"
      "            \"map+output\": {attention_map: 1, attention_output: 1}}\n"
      "  quant.weight.scheme: [ternary, int4]\n"
      "  freeze: [none, ov]\n"
      "exclude: [{freeze: ov, quant.weight.scheme: ternary}]\n"
      "include: [{distill: score, train.batch: 64}]\n"
      "seeds: 5\n"
      "baseline: {distill: score}\n"
      "report: {metric: eval.accuracy, better: max, at: last, by: [distill, freeze]}\n"
      "alarms: [{metric: \"grad_norm/*\", above: 1e3, for: 10, do: stop}]\n"
      "resources: {gpus: 1, threads: 2, memory: 8GiB, time: 2h}\n");
  ASSERT_TRUE(expanded) << formatDiagnostics(expanded.error());
  EXPECT_THAT(expanded->submission.runs, SizeIs((4 * 2 * 2 - 4 + 1) * 5));
  EXPECT_EQ(
      canonicalJson(expanded->submission.report),
      R"({"alarms":[{"above":1000.0,"do":"stop","for":10,"metric":"grad_norm/*"}],"at":"last",)"
      R"("baseline":{"distill":"score"},"better":"max","by":["distill","freeze"],"metric":"eval.accuracy"})");
  EXPECT_THAT(expanded->notes, IsEmpty());
}

// The id depends on what the run is, and this value may only change with a reason.
TEST_F(Expand, GivesStableIds) {
  const auto runs =
      runsOf(std::string(kHead) + "grid: {distill.attention_map: [1], freeze: [ov]}\nseeds: [1]\n");
  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_EQ(runs[0].spec.run_id, "7f92955f1a892b7f");
  EXPECT_EQ(runs[0].spec.run_id, computeRunId(runs[0].spec, retort::testing::sampleCatalogue()));
}

TEST_F(Expand, GivesTheSameIdsHoweverKeysAreOrderedOrNested) {
  std::vector<std::string> lines = {"  train.epochs: 2",
                                    "  train.batch: 8",
                                    "  freeze: ov",
                                    "  model: {teacher: models/teacher, student: teacher}",
                                    "  quant.weight: {scheme: int4, granularity: row}",
                                    "  distill: {logits: 0.5, attention_map.coefficient: 2}"};
  const auto idOf = [&](const std::vector<std::string>& base) {
    return runsOf("experiment: e\nbase:\n" + joinStrings(base, "\n") + "\n").at(0).spec.run_id;
  };
  const std::string id = idOf(lines);
  std::mt19937 generator(5);
  for (int round = 0; round < 10; ++round) {
    std::shuffle(lines.begin(), lines.end(), generator);
    EXPECT_EQ(idOf(lines), id);
  }
  EXPECT_EQ(idOf({"  train: {batch: 8, epochs: 2.0}",
                  "  freeze: [o, v]",
                  "  model.teacher: models/teacher",
                  "  quant: {weight: {granularity: row, scheme: int4}}",
                  "  distill: {logits: {coefficient: 0.5}, attention_map: 2.0}"}),
            id);
}

TEST_F(Expand, IdentifiesInputsByContents) {
  const std::string text = "experiment: e\nbase: {model.teacher: %}\n";
  const auto idWith = [&](const std::string& path) {
    std::string filled = text;
    return runsOf(filled.replace(filled.find('%'), 1, path)).at(0).spec.run_id;
  };
  folder_.write("copy/model.safetensors", "teacher weights");
  const std::string id = idWith("models/teacher");
  EXPECT_EQ(idWith("copy"), id);
  EXPECT_EQ(idWith((folder_ / "copy").string() + "/"), id);
  EXPECT_NE(idWith("models/base"), id);
  folder_.write("copy/model.safetensors", "other weights");
  EXPECT_NE(idWith("copy"), id);
}

TEST_F(Expand, StoresAbsolutePathsAndHashes) {
  const auto runs = runsOf(kHead);
  ASSERT_THAT(runs, SizeIs(1));
  const std::string path = (folder_ / "models/teacher").string();
  EXPECT_EQ(runs[0].spec.settings.at("model.teacher"), Json(path));
  EXPECT_THAT(runs[0].spec.inputs,
              ElementsAre(RunInput{"model.teacher", path, *sha256OfInput(path), ""}));
}

TEST_F(Expand, FindsInputsFromTheCurrentFolderToo) {
  const std::filesystem::path before = std::filesystem::current_path();
  const retort::testing::TempFolder other;
  other.write("here/model", "x");
  std::filesystem::current_path(other.path());
  const auto runs = runsOf("experiment: e\nbase: {model.teacher: here}\n");
  std::filesystem::current_path(before);
  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_EQ(runs[0].spec.inputs[0].path,
            std::filesystem::weakly_canonical(other / "here").string());
}

TEST_F(Expand, ReportsMissingInputsAtTheirPlace) {
  EXPECT_THAT(
      problemsOf("experiment: e\nbase:\n  model.teacher: models/none\n"),
      HasSubstr(
          "file.yaml:3:18: model.teacher: there is no file or folder models/none (looked in"));
  EXPECT_THAT(problemsOf("experiment: e\nbase:\n  model.teacher: /nowhere/x\n"),
              AllOf(HasSubstr("no file or folder /nowhere/x"), Not(HasSubstr("looked in"))));
  std::filesystem::create_directories(folder_ / "empty");
  EXPECT_THAT(problemsOf("experiment: e\nbase: {model.teacher: empty}\n"),
              HasSubstr("holds no files"));
}

TEST_F(Expand, TakesTheResultOfAnotherRunAsInput) {
  const auto runs =
      runsOf("experiment: e\nbase: {model.teacher: \"run:0123456789abcdef/model\"}\n");
  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_THAT(
      runs[0].spec.inputs,
      ElementsAre(RunInput{"model.teacher", "../0123456789abcdef/model", "", "0123456789abcdef"}));
  for (const char* bad : {"run:xyz/model",
                          "run:0123456789abcdef",
                          "run:0123456789abcdef/../x",
                          "run:0123456789abcdef/"}) {
    EXPECT_THAT(problemsOf("experiment: e\nbase: {model.teacher: \"" + std::string(bad) + "\"}\n"),
                HasSubstr("is not of the form run:ID/model"))
        << bad;
  }
}

TEST_F(Expand, MakesANeededRunOnceBeforeThoseThatNeedIt) {
  const auto runs = runsOf(std::string(kNeedsTeacher) + "grid: {freeze: [none, ov]}\nseeds: 2\n");
  ASSERT_THAT(runs, SizeIs(5));
  EXPECT_EQ(runs[0].name, "teacher");
  EXPECT_TRUE(runs[0].membership.is_needed_only);
  EXPECT_THAT(runs[0].membership.labels, IsEmpty());
  EXPECT_EQ(runs[0].spec.settings.at("phase"), Json("finetune"));
  EXPECT_EQ(runs[0].spec.settings.at("data.task"), Json("sst2"));
  EXPECT_EQ(runs[0].spec.settings.at("data.path"), Json((folder_ / "data/sst2").string()));
  for (std::size_t i = 1; i < runs.size(); ++i) {
    EXPECT_THAT(runs[i].spec.neededRuns(), ElementsAre(runs[0].spec.run_id));
    EXPECT_EQ(runs[i].spec.settings.at("model.teacher"),
              Json("run:" + runs[0].spec.run_id + "/model"));
    EXPECT_FALSE(runs[i].membership.is_needed_only);
    EXPECT_EQ(runs[i].membership.position, static_cast<int>(i));
  }
}

TEST_F(Expand, MakesOneNeededRunForEachWayItComesOut) {
  const auto runs = runsOf(
      "experiment: e\n"
      "base: {model.teacher: \"${needs.teacher}\", data.path: data/sst2}\n"
      "grid: {data.task: [sst2, cola], freeze: [none, ov]}\n"
      "needs: {teacher: {phase: finetune, model.init: models/base, data: \"${data}\", seed: "
      "\"${seed}\"}}\n"
      "seeds: 2\n");
  std::vector<std::string> names;
  for (const SubmittedRun& run : runs) {
    names.push_back(run.membership.is_needed_only ? run.name : "cell");
  }
  EXPECT_THAT(names,
              ElementsAre("teacher",
                          "cell",
                          "teacher 2",
                          "cell",
                          "cell",
                          "cell",
                          "teacher 3",
                          "cell",
                          "teacher 4",
                          "cell",
                          "cell",
                          "cell"));
  EXPECT_EQ(runs[2].membership.seed, 2);
}

TEST_F(Expand, FollowsNeedsOfNeeds) {
  const auto runs = runsOf(
      "experiment: e\n"
      "base: {model.teacher: \"${needs.teacher}\"}\n"
      "needs:\n"
      "  teacher: {phase: finetune, model.init: \"${needs.start}\"}\n"
      "  start: {phase: finetune, model.init: models/base, train.epochs: 1}\n");
  ASSERT_THAT(runs, SizeIs(3));
  EXPECT_EQ(runs[0].name, "start");
  EXPECT_EQ(runs[1].name, "teacher");
  EXPECT_THAT(runs[1].spec.neededRuns(), ElementsAre(runs[0].spec.run_id));
  EXPECT_THAT(runs[2].spec.neededRuns(), ElementsAre(runs[1].spec.run_id));
}

TEST_F(Expand, ReportsWrongNeeds) {
  EXPECT_THAT(
      problemsOf(
          "experiment: e\nbase: {model.teacher: \"${needs.x}\"}\nneeds: {y: {phase: finetune}}\n"),
      HasSubstr("file.yaml:2:23: ${needs.x}: needs has no such run; it has y"));
  EXPECT_THAT(problemsOf("experiment: e\nbase: {model.teacher: \"${needs.a}\"}\n"
                         "needs:\n  a: {phase: finetune, model.init: \"${needs.b}\"}\n"
                         "  b: {phase: finetune, model.init: \"${needs.a}\"}\n"),
              HasSubstr("needs: a needs itself: a -> b -> a"));
  EXPECT_THAT(
      problemsOf(
          "experiment: e\nbase: {model.teacher: \"${needs.a}\"}\nneeds:\n  a: {phase: finetune}\n"),
      HasSubstr("file.yaml:4:3: model.init is missing"));
  EXPECT_THAT(problemsOf(std::string(kHead) + "needs: {a: 3, B: {}}\n"),
              AllOf(HasSubstr("needs: expected a: {settings of the run}, found the number 3"),
                    HasSubstr("needs: 'B' is not a lower-case word")));
}

TEST_F(Expand, LetsACellBeWhatOthersNeed) {
  const auto expanded = expand(
      "experiment: e\n"
      "grid:\n"
      "  phase:\n"
      "    kd: kd_qat\n"
      "    fine: finetune\n"
      "base: {model.teacher: \"${needs.t}\", model.init: models/base}\n"
      "needs: {t: {phase: finetune, model.init: models/base}}\n");
  ASSERT_TRUE(expanded) << formatDiagnostics(expanded.error());
  const auto& runs = expanded->submission.runs;
  ASSERT_THAT(runs, SizeIs(2));
  EXPECT_EQ(runs[0].name, "phase=fine");
  EXPECT_FALSE(runs[0].membership.is_needed_only);
  EXPECT_EQ(runs[1].name, "phase=kd");
}

TEST_F(Expand, ReplacesReferences) {
  const auto runs = runsOf(
      "experiment: e\n"
      "base:\n"
      "  model.teacher: models/${device}\n"
      "  device: teacher\n"
      "  train: {epochs: 5, batch: \"${train.epochs}\", learning_rate: "
      "\"${distill.attention_map}\"}\n"
      "  distill: {attention_map: \"${distill.logits}\", logits: 0.25}\n"
      "  freeze: [\"layer:${train.batch}\", \"${device}\", \"$${x}\", \"${data.task}\"]\n");
  ASSERT_THAT(runs, SizeIs(1));
  const SettingValues& settings = runs[0].spec.settings;
  EXPECT_EQ(settings.at("train.batch"), Json(5));
  EXPECT_EQ(settings.at("train.learning_rate"), Json(0.25));
  EXPECT_EQ(settings.at("freeze"), Json({"layer:5", "teacher", "${x}", "agreement"}))
      << "the last is a default";
}

TEST_F(Expand, ReportsWrongReferences) {
  const auto problem = [&](const std::string& base) {
    return problemsOf("experiment: e\nbase:\n" + base);
  };
  const std::string teacher = "  model.teacher: models/teacher\n";
  EXPECT_THAT(problem(teacher + "  device: \"${devise}\"\n"),
              HasSubstr("4:11: ${devise}: there is no such setting"));
  EXPECT_THAT(problem(teacher + "  device: \"${device}\"\n"),
              HasSubstr("${device} leads back to itself"));
  EXPECT_THAT(
      problem(teacher + "  train: {epochs: \"${train.batch}\", batch: \"${train.epochs}\"}\n"),
      HasSubstr("leads back to itself: train.epochs -> train.batch -> train.epochs"));
  EXPECT_THAT(problem(teacher + "  device: \"a${train.epochs\"\n"), HasSubstr("'${' without '}'"));
  EXPECT_THAT(problem(teacher + "  freeze: ov\n  device: \"x${freeze}\"\n"),
              Not(HasSubstr("cannot")));
  EXPECT_THAT(problem(teacher + "  freeze: [o]\n  device: \"x${freeze}\"\n"),
              HasSubstr("is a list and cannot stand within"));
  EXPECT_THAT(problem(teacher + "  train.epochs: 1\n  device: \"x${train}\"\n"),
              HasSubstr("is a group of settings"));
  EXPECT_THAT(problem(teacher + "  data: \"${data}\"\n"), HasSubstr("${data}"));
}

TEST_F(Expand, SurvivesReferenceBombs) {
  std::string base;
  for (int i = 0; i < 31; ++i) {
    const std::string next = "${b.k" + std::to_string(i + 1) + "}";
    base += "  b.k" + std::to_string(i) + ": \"" + next + next + "\"\n";
  }
  for (const char* end : {"", "x"}) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_NE(problemsOf("experiment: e\nbase:\n" + base + "  b.k31: \"" + end + "\"\n"), "none");
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    EXPECT_LT(took.count(), 5.0);
  }
}

// C03, C04: all at once, each at its place.
TEST_F(Expand, ReportsAllWrongSettingsWithPlaces) {
  const std::string problems = problemsOf(
      "experiment: e\n"
      "base:\n"
      "  model.teacher: models/teacher\n"
      "  train: {learning_rte: 1e-3, epochs: zero, batch: 0}\n"
      "grid:\n"
      "  quant.weight.scheme: [ternary, int5]\n"
      "  distill: {x: {atention_map: 1}}\n");
  EXPECT_THAT(
      problems,
      AllOf(HasSubstr("file.yaml:4:25: unknown setting train.learning_rte; did you mean "
                      "train.learning_rate?"),
            HasSubstr("file.yaml:4:39: train.epochs is \"zero\"; it must be an integer"),
            HasSubstr("file.yaml:4:52: train.batch is 0; it must be an integer of at least 1"),
            HasSubstr("file.yaml:6:34: quant.weight.scheme is \"int5\""),
            HasSubstr("file.yaml:7:31: unknown setting distill.atention_map; did you mean "
                      "distill.attention_map?")));
  EXPECT_EQ(std::count(problems.begin(), problems.end(), '^'), 5)
      << "each once, however many cells\n"
      << problems;
}

TEST_F(Expand, ReportsWhatIsMissing) {
  EXPECT_THAT(
      problemsOf("experiment: e\nbase: {train.epochs: 1}\n"),
      HasSubstr(
          "file.yaml:2:7: model.teacher is missing: a path is required when phase is kd_qat"));
  EXPECT_THAT(problemsOf("experiment: e\n"), HasSubstr("model.teacher is missing"));
  EXPECT_THAT(problemsOf("base: {model.teacher: models/teacher}\n"),
              HasSubstr("the key experiment is missing"));
}

TEST_F(Expand, NotesSettingsWithoutEffect) {
  const auto expanded = expand(
      "experiment: e\nbase:\n  phase: finetune\n  model.init: models/base\n  quant.weight.scheme: "
      "int4\n"
      "needs: {unused: {phase: finetune}}\n");
  ASSERT_TRUE(expanded) << formatDiagnostics(expanded.error());
  EXPECT_THAT(
      expanded->notes,
      ElementsAre("quant.weight.scheme (line 5) has no effect: it applies to none of the runs",
                  "needs: unused (line 6) is used by no run"));
}

TEST_F(Expand, ReportsUnknownTrainers) {
  EXPECT_THAT(problemsOf("experiment: e\ntrainer: ghost\n"),
              HasSubstr("file.yaml:2:10: there is no trainer ghost"));
}

TEST_F(Expand, ChecksTheReport) {
  const auto problem = [&](const std::string& rest) {
    return problemsOf(std::string(kHead) + "grid: {freeze: [none, ov]}\n" + rest);
  };
  EXPECT_THAT(problem("report: {metric: eval.acuracy}\n"),
              HasSubstr("file.yaml:4:18: report: retort-train has no metric eval.acuracy; did you "
                        "mean eval.accuracy?"));
  EXPECT_THAT(problem("report: {metric: grad_norm}\n"),
              HasSubstr("add 'better: max' or 'better: min'"));
  EXPECT_EQ(problem("report: {metric: grad_norm, better: min}\n"), "none");
  EXPECT_THAT(problem("report: {better: up, at: middle, by: [frieze], colour: 1, metric: 3}\n"),
              AllOf(HasSubstr("better must be max or min, not the text \"up\""),
                    HasSubstr("at must be last or best"),
                    HasSubstr("by names axes of the grid (freeze), not the text \"frieze\""),
                    HasSubstr("unknown key colour"),
                    HasSubstr("metric is a name, not the number 3")));
  EXPECT_THAT(problem("report: 1\nalarms: 2\n"),
              AllOf(HasSubstr("report: expected a map"), HasSubstr("alarms: expected a list")));
}

TEST_F(Expand, KeepsTheTablesAndFiguresOfTheReport) {
  const auto expanded = expand(
      std::string(kHead) +
      "grid: {freeze: [none, ov]}\n"
      "report:\n"
      "  tables: [{name: accuracy, title: Both, by: freeze, metric: [eval.accuracy,\n"
      "            \"mean(grad_norm[layer=0])\"], at: best, baseline: {freeze: none}}]\n"
      "  figures: [{name: loss, kind: curves, metric: train.loss, spread: none, log: true}]\n");

  ASSERT_TRUE(expanded) << formatDiagnostics(expanded.error());
  EXPECT_EQ(canonicalJson(expanded->submission.report.at("tables")),
            R"([{"at":"best","baseline":{"freeze":"none"},"by":["freeze"],"metric":)"
            R"x(["eval.accuracy","mean(grad_norm[layer=0])"],"name":"accuracy",)x"
            R"("title":"Both"}])");
  EXPECT_EQ(
      canonicalJson(expanded->submission.report.at("figures")),
      R"([{"kind":"curves","log":true,"metric":"train.loss","name":"loss","spread":"none"}])");
}

TEST_F(Expand, ChecksTheTablesAndFiguresOfTheReport) {
  const auto problem = [&](const std::string& report) {
    return problemsOf(std::string(kHead) + "grid: {freeze: [none, ov]}\nreport: {" + report +
                      "}\n");
  };
  EXPECT_THAT(problem("tables: 1"), HasSubstr("report: tables: expected a list"));
  EXPECT_THAT(problem("tables: [a]"), HasSubstr("expected {name: …}"));
  EXPECT_THAT(problem("tables: [{title: x}]"), HasSubstr("the name is missing"));
  EXPECT_THAT(problem("tables: [{name: ../x}]"), HasSubstr("name must be a word of lower-case"));
  EXPECT_THAT(problem("tables: [{name: a}, {name: a}]"), HasSubstr("the name a is taken"));
  EXPECT_THAT(problem("tables: [{name: a, by: [loss]}]"),
              HasSubstr("by names axes of the grid (freeze)"));
  EXPECT_THAT(problem("tables: [{name: a, baseline: {loss: b}}]"),
              HasSubstr("baseline must be {axis: label} with axes of the grid (freeze)"));
  EXPECT_THAT(problem("tables: [{name: a, kind: bars}]"), HasSubstr("unknown key kind"));
  EXPECT_THAT(problem("tables: [{name: a, metric: [eval.acuracy]}]"),
              HasSubstr("has no metric eval.acuracy; did you mean eval.accuracy?"));
  EXPECT_THAT(problem("figures: [{name: a, kind: pie}]"), HasSubstr("kind must be one of points"));
  EXPECT_THAT(problem("figures: [{name: a, log: 1}]"), HasSubstr("log must be true or false"));
  EXPECT_THAT(problem("figures: [{name: a, metric: \"mean(nothing)\"}]"),
              HasSubstr("has no metric nothing"));
  EXPECT_EQ(problem("figures: [{name: a, metric: eval.accuracy}], tables: [{name: a}]"), "none");
}

TEST_F(Expand, TakesReferencesAndConditionsFromARecipe) {
  const auto runs = runsOf(std::string(kHead) +
                           "grid: {recipe: [none, paper], train.batch: [\"${train.epochs}\"],\n"
                           "       freeze: [none, ov]}\n"
                           "when: {freeze: {train.epochs: 5}}\n");
  ASSERT_THAT(runs, SizeIs(3));
  EXPECT_EQ(runs[0].spec.settings.at("train.batch"), 3);
  EXPECT_EQ(runs[1].spec.settings.at("train.batch"), 5);
  EXPECT_EQ(runs[2].spec.settings.at("train.epochs"), 5);
}

TEST_F(Expand, ChecksTheBaseline) {
  const auto problem = [&](const std::string& rest) {
    return problemsOf(std::string(kHead) + "grid: {freeze: [none, ov], train.epochs: [1, 2]}\n" +
                      rest);
  };
  EXPECT_THAT(problem("baseline: {freeze: non}\n"),
              HasSubstr("4:20: baseline: freeze has no value non; did you mean none?"));
  EXPECT_THAT(problem("baseline: {freeze: none}\nexclude: [{freeze: none}]\n"),
              HasSubstr("baseline: no run of this experiment matches it"));
  EXPECT_THAT(problem("baseline: {freeze: [none, ov]}\n"),
              HasSubstr("freeze: expected one value here"));
  EXPECT_THAT(problem("baseline: [freeze]\n"),
              HasSubstr("baseline: expected a map axis: value, found a list"));
  EXPECT_EQ(problem("baseline: {freeze: none, train.epochs: 1}\n"), "none");
}

TEST_F(Expand, ChecksAlarms) {
  const auto problem = [&](const std::string& alarm) {
    return problemsOf(std::string(kHead) + "alarms: [" + alarm + "]\n");
  };
  EXPECT_EQ(problem("{metric: train.loss, above: 3}"), "none");
  EXPECT_EQ(problem("{metric: \"grad_norm/*\", below: 1e-7, above: 10, for: 100, do: warn}"),
            "none");
  EXPECT_THAT(problem("{metric: train.loss}"), HasSubstr("needs a metric and 'above' or 'below'"));
  EXPECT_THAT(problem("{above: 1}"), HasSubstr("needs a metric"));
  EXPECT_THAT(problem("{metric: 1, above: x, for: 0, do: explode, when: 3}"),
              AllOf(HasSubstr("metric is the name"),
                    HasSubstr("above is a number"),
                    HasSubstr("for is how many"),
                    HasSubstr("do must be warn or stop"),
                    HasSubstr("unknown key when")));
  EXPECT_THAT(problem("3"), HasSubstr("found the number 3"));
}

TEST_F(Expand, ChecksResources) {
  EXPECT_THAT(
      problemsOf(
          std::string(kHead) +
          "resources: {gpus: -1, threads: 0, memory: 8, time: soon, disk: 1}\npriority: high\n"),
      AllOf(HasSubstr("resources.gpus: expected an integer of 0 to"),
            HasSubstr("resources.threads: expected an integer of 1 to"),
            HasSubstr("resources.memory: '8' is not a size"),
            HasSubstr("resources.time: 'soon' is not a time"),
            HasSubstr("resources: unknown key disk"),
            HasSubstr("priority: expected an integer")));
}

// C01
TEST_F(Expand, RefusesFilesThatAreNotMaps) {
  EXPECT_THAT(problemsOf(""),
              HasSubstr("file.yaml: expected a map at the top (experiment: …), found nothing"));
  EXPECT_THAT(problemsOf("# only a comment\n"), HasSubstr("expected a map at the top"));
  EXPECT_THAT(problemsOf("just text\n"), HasSubstr("found the text \"just text\""));
  EXPECT_THAT(problemsOf("- a\n- b\n"),
              HasSubstr("file.yaml:1:1: expected a map at the top (experiment: …), found a list"));
}

// C16
TEST_F(Expand, RefusesFilesOfTheFuture) {
  EXPECT_THAT(problemsOf("retort: 999\n" + std::string(kHead)),
              HasSubstr("file.yaml:1:9: made for version 999, this is version 1"));
  EXPECT_EQ(problemsOf("retort: 1\n" + std::string(kHead)), "none");
}

// E01, E04: names that look like paths or hold line ends are refused.
TEST_F(Expand, RefusesHostileNames) {
  for (const char* name : {"\"../../../../tmp/pwned\"",
                           "/etc/cron.d/x",
                           "\"a\\nb\"",
                           "\"\"",
                           ".hidden",
                           "3",
                           "[a]",
                           "\"a\\\\b\""}) {
    EXPECT_THAT(problemsOf("experiment: " + std::string(name) +
                           "\nbase: {model.teacher: models/teacher}\n"),
                HasSubstr("file.yaml:1:13: experiment: expected a name"))
        << name;
  }
  EXPECT_EQ(problemsOf(
                "experiment: \"x'); DROP TABLE runs;--\"\nbase: {model.teacher: models/teacher}\n"),
            "none");
}

TEST_F(Expand, SuggestsKeysOfTheFile) {
  EXPECT_THAT(problemsOf(std::string(kHead) + "gird: {}\nlearning_rate: 3\n"),
              AllOf(HasSubstr("file.yaml:3:1: unknown key gird; did you mean grid?"),
                    HasSubstr("unknown key learning_rate; settings of runs stand below base")));
}

TEST_F(Expand, RefusesKeysGivenNestedAndDotted) {
  EXPECT_THAT(problemsOf("experiment: e\nbase:\n  model.teacher: models/teacher\n  train.epochs: "
                         "1\n  train: {epochs: 2}\n"),
              HasSubstr("file.yaml:5:11: train.epochs is given twice (line 4 and 5)"));
}

// C18
TEST_F(Expand, RefusesWhatIsNotAFile) {
  const auto message = [](const std::filesystem::path& file) {
    const auto read = readExperimentFile(file);
    return read ? std::string("accepted") : formatDiagnostics(read.error());
  };
  EXPECT_THAT(message(folder_.path()), HasSubstr("it is a folder"));
  EXPECT_THAT(message(folder_ / "none.yaml"), HasSubstr("none.yaml: No such file"));
  EXPECT_THAT(message("/dev/zero"), HasSubstr("not a regular file"));
  const auto fifo = folder_ / "fifo.yaml";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THAT(message(fifo), HasSubstr("not a regular file"));
  EXPECT_THAT(message(folder_.write("big.yaml", std::string(1000001, ' '))),
              HasSubstr("too large"));
  const auto read = readExperimentFile(folder_.write("good.yaml", kHead));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->text, kHead);
  EXPECT_EQ(read->path, folder_ / "good.yaml");
}

TEST_F(Expand, TakesOverridesOfSettings) {
  const auto settings = [&](const std::vector<std::string>& overrides) {
    return runsOf(std::string(kHead) + "grid: {distill: {a: {attention_map: 1}}}\n", overrides)
        .at(0)
        .spec.settings;
  };
  EXPECT_EQ(settings({"train.epochs=7"}).at("train.epochs"), Json(7));
  EXPECT_EQ(settings({"train.epochs=7", "train.epochs=8"}).at("train.epochs"), Json(8));
  EXPECT_EQ(settings({"distill.attention_map=0.5"}).at("distill.attention_map.coefficient"),
            Json(0.5));
  EXPECT_EQ(settings({"distill={logits: 3}"}).at("distill.logits.coefficient"), Json(3.0));
  EXPECT_EQ(settings({"freeze=[o, v]"}).at("freeze"), Json({"o", "v"}));
  EXPECT_EQ(settings({"device=\"12\""}).at("device"), Json("12"));
  EXPECT_EQ(settings({"device=a=b"}).at("device"), Json("a=b"));
  EXPECT_EQ(settings({"device=''"}).at("device"), Json(""));
}

TEST_F(Expand, TakesOverridesOfPartsOfTheFile) {
  const std::string text =
      std::string(kHead) + "grid: {freeze: [none, ov], train.epochs: [1, 2]}\nseeds: 3\n";
  EXPECT_THAT(namesOf(text, {"seeds=1", "grid.train.epochs=[5]"}),
              ElementsAre("freeze=none train.epochs=5 seed=1", "freeze=ov train.epochs=5 seed=1"));
  const auto runs = runsOf(text, {"resources.threads=4", "experiment=other", "priority=-2"});
  EXPECT_EQ(runs.at(0).resources.threads, 4);
  EXPECT_EQ(runs.at(0).priority, -2);
  EXPECT_THAT(problemsOf(text, {"seeds.x=1"}),
              HasSubstr("--set 'seeds.x=1': 'x' stands below the number 3"));
}

TEST_F(Expand, PinsAxesThatAreOverridden) {
  const std::string text = std::string(kHead) +
                           "grid: {distill: {map: {attention_map: 1}, score: {attention_score: "
                           "1}}, freeze: [none, ov]}\n"
                           "exclude: [{distill: map, freeze: ov}]\nbaseline: {distill: score}\n";
  EXPECT_THAT(namesOf(text, {"freeze=ov"}), ElementsAre("distill=score freeze=ov"));
  EXPECT_THAT(namesOf(text, {"freeze=[q, k]"}),
              ElementsAre("distill=map freeze=q+k", "distill=score freeze=q+k"));
  const auto map_only = expand(text, {"distill=map"});
  ASSERT_TRUE(map_only) << formatDiagnostics(map_only.error());
  EXPECT_THAT(map_only->submission.runs, SizeIs(1));
  EXPECT_FALSE(map_only->submission.report.contains("baseline"));
  EXPECT_THAT(map_only->notes, ElementsAre(HasSubstr("no run that matches the baseline")));
  EXPECT_THAT(namesOf(std::string(kHead) + "seeds: 5\n", {"seed=9"}), ElementsAre("test"));
  const std::string zip =
      std::string(kHead) + "zip: [{train.epochs: [1, 2], train.batch: [8, 16]}]\n";
  EXPECT_THAT(namesOf(zip, {"train.epochs=2"}), ElementsAre("train.epochs=2 train.batch=16"));
  EXPECT_THAT(problemsOf(zip, {"train.epochs=3"}),
              HasSubstr("advances with other axes (zip) and has no value 3"));
}

// C19
TEST_F(Expand, ReportsEachWrongOptionWithItsText) {
  const std::string problems = problemsOf(kHead,
                                          {"train.lr=",
                                           "a.b.c",
                                           "=1",
                                           "train.learning_rate=1e400",
                                           "a..b=1",
                                           "train.epochs=no",
                                           "x=[1",
                                           "train.epochs=0",
                                           "zz=1",
                                           "x=1\x1b"});
  EXPECT_THAT(
      problems,
      AllOf(HasSubstr("--set 'train.lr=': expected key=value"),
            HasSubstr("--set 'a.b.c': expected key=value"),
            HasSubstr("--set '=1': expected key=value"),
            HasSubstr(
                "--set 'train.learning_rate=1e400': the value: '1e400' does not fit a finite real"),
            HasSubstr("--set 'a..b=1': expected key=value"),
            HasSubstr("--set 'train.epochs=no': the value: 'no' is read differently"),
            HasSubstr("--set 'x=[1': the value: "),
            HasSubstr("--set 'x=1\\x1b': the value: a control character")));
  EXPECT_THAT(problemsOf(kHead, {"train.epochs=0", "zz=1"}),
              AllOf(HasSubstr("--set 'train.epochs=0': train.epochs is 0; it must be"),
                    HasSubstr("--set 'zz=1': unknown setting zz")));
}

TEST_F(Expand, HashesEachInputOnce) {
  folder_.write("models/teacher/model.safetensors", std::string(8 << 20, 'w'));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(namesOf(std::string(kHead) + "seeds: 500\n"), SizeIs(500));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_LT(took.count(), 10.0) << "500 times 8 MB would take longer";
}

}  // namespace
}  // namespace retort::experiments
