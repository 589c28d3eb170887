#include "tests/experiments/experiment_fixture.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <set>

namespace retort::experiments {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Grid : public ExperimentTest {
 protected:
  /// The labels of one axis over the runs, in order, neighbours that are equal once.
  [[nodiscard]] std::vector<std::string> labelsOf(const std::string& axis_yaml) const {
    std::vector<std::string> labels;
    for (const SubmittedRun& run : runsOf(kHead + ("grid:\n  " + axis_yaml + "\n"))) {
      labels.push_back(run.membership.labels.at(0).second);
    }
    return labels;
  }

  [[nodiscard]] std::vector<Json> valuesOf(const std::string& key, const std::string& grid) const {
    std::vector<Json> values;
    for (const SubmittedRun& run : runsOf(kHead + ("grid:\n  " + grid + "\n"))) {
      values.push_back(run.spec.settings.at(key));
    }
    return values;
  }

  [[nodiscard]] std::string gridProblem(const std::string& parts) const {
    return problemsOf(kHead + parts);
  }
};

TEST_F(Grid, OfNothingIsOneRun) {
  EXPECT_THAT(namesOf(kHead), ElementsAre("test"));
}

TEST_F(Grid, VariesTheLastAxisFastestAndSeedsFastestOfAll) {
  EXPECT_THAT(
      namesOf(std::string(kHead) + "grid: {train.epochs: [1, 2], freeze: [none, ov]}\nseeds: 2\n"),
      ElementsAre("train.epochs=1 freeze=none seed=1",
                  "train.epochs=1 freeze=none seed=2",
                  "train.epochs=1 freeze=ov seed=1",
                  "train.epochs=1 freeze=ov seed=2",
                  "train.epochs=2 freeze=none seed=1",
                  "train.epochs=2 freeze=none seed=2",
                  "train.epochs=2 freeze=ov seed=1",
                  "train.epochs=2 freeze=ov seed=2"));
}

TEST_F(Grid, FillsInTheSubmission) {
  const auto expanded = expand(std::string(kHead) +
                               "grid: {freeze: [none, ov]}\nseeds: [3]\npriority: 5\n"
                               "resources: {gpus: 1, threads: 2, memory: 8GiB, time: 2h}\n");
  ASSERT_TRUE(expanded) << formatDiagnostics(expanded.error());
  const Submission& submission = expanded->submission;
  EXPECT_EQ(submission.experiment, "test");
  EXPECT_EQ(submission.file, (folder_ / "file.yaml").string());
  EXPECT_THAT(submission.text, HasSubstr("priority: 5"));
  ASSERT_THAT(submission.runs, SizeIs(2));
  const SubmittedRun& run = submission.runs[1];
  EXPECT_EQ(run.priority, 5);
  EXPECT_EQ(run.resources, (Resources{1, 2, 8LL << 30, 7200}));
  EXPECT_EQ(run.membership.run_id, run.spec.run_id);
  EXPECT_EQ(run.membership.position, 1);
  EXPECT_THAT(run.membership.labels,
              ElementsAre(std::pair<std::string, std::string>("freeze", "ov")));
  EXPECT_EQ(run.membership.seed, 3);
  EXPECT_EQ(run.spec.settings.at("seed"), Json(3));
  EXPECT_EQ(run.spec.settings.at("freeze"), Json({"o", "v"}));
  EXPECT_EQ(run.spec.release, "1");
}

TEST_F(Grid, LabelsValuesAsTheyAreSpelled) {
  EXPECT_THAT(labelsOf("train.learning_rate: [2e-5, 0.0010, 1]"),
              ElementsAre("2e-5", "0.0010", "1"));
  EXPECT_THAT(labelsOf("freeze: [[], [o, v], [q], ov2]"), ElementsAre("none", "o+v", "q", "ov2"));
  EXPECT_THAT(labelsOf("deterministic: [true, false]"), ElementsAre("true", "false"));
  EXPECT_THAT(labelsOf("model.hidden_dropout: [null, 0.1]"), ElementsAre("null", "0.1"));
}

TEST_F(Grid, ExpandsRanges) {
  EXPECT_THAT(valuesOf("train.epochs", "train.epochs: {range: [1, 7, 2]}"),
              ElementsAre(1, 3, 5, 7));
  EXPECT_THAT(valuesOf("train.epochs", "train.epochs: {range: [1, 6, 2]}"), ElementsAre(1, 3, 5));
  EXPECT_THAT(valuesOf("train.epochs", "train.epochs: {range: [3, 1, -1]}"), ElementsAre(3, 2, 1));
  EXPECT_THAT(valuesOf("train.epochs", "train.epochs: {range: [2, 2, 1]}"), ElementsAre(2));
  EXPECT_THAT(valuesOf("distill.logits.coefficient", "distill.logits: {range: [0.1, 0.5, 0.1]}"),
              ElementsAre(0.1, 0.2, 0.3, 0.4, 0.5));
  EXPECT_THAT(labelsOf("distill.logits: {range: [0, 1, 0.25]}"),
              ElementsAre("0", "0.25", "0.5", "0.75", "1"));
}

TEST_F(Grid, ExpandsLogRanges) {
  EXPECT_THAT(valuesOf("train.learning_rate", "train.learning_rate: {log_range: [1e-5, 1e-2, 4]}"),
              ElementsAre(1e-5, 1e-4, 1e-3, 1e-2));
  EXPECT_THAT(labelsOf("train.learning_rate: {log_range: [1, 16, 3]}"),
              ElementsAre("1", "4", "16"));
}

TEST_F(Grid, RefusesRangesThatLeadNowhere) {
  for (const char* range : {"{range: [1, 5]}",
                            "{range: [1, 5, 0]}",
                            "{range: [5, 1, 1]}",
                            "{range: [a, 5, 1]}",
                            "{range: 5}",
                            "{range: [0, 1, 1e-300]}",
                            "{range: [1, 200000, 1]}",
                            "{log_range: [0, 1, 3]}",
                            "{log_range: [1, 2, 1]}",
                            "{log_range: [1, 2, 2.5]}",
                            "{log_range: [1, 2, 1000000]}"}) {
    EXPECT_THAT(gridProblem("grid:\n  train.epochs: " + std::string(range) + "\n"),
                HasSubstr("file.yaml:4:"))
        << range;
  }
}

TEST_F(Grid, NamesWholeSubTrees) {
  const auto runs =
      runsOf(std::string(kHead) +
             "grid:\n"
             "  distill:\n"
             "    score: {attention_score: 1}\n"
             "    \"map+output\": {attention_map: 1, attention_output.coefficient: 0.5}\n"
             "    nothing: {}\n");
  ASSERT_THAT(runs, SizeIs(3));
  EXPECT_EQ(runs[0].name, "distill=score");
  EXPECT_EQ(runs[0].spec.settings.at("distill.attention_score.coefficient"), Json(1.0));
  EXPECT_EQ(runs[0].spec.settings.at("distill.attention_map.coefficient"), Json(0.0));
  EXPECT_EQ(runs[1].name, "distill=map+output");
  EXPECT_EQ(runs[1].spec.settings.at("distill.attention_output.coefficient"), Json(0.5));
  EXPECT_EQ(runs[2].spec.settings.at("distill.attention_score.coefficient"), Json(0.0));
}

TEST_F(Grid, NamesPlainValues) {
  EXPECT_THAT(labelsOf("distill.attention_map: {weak: 0.1, strong: 1}"),
              ElementsAre("weak", "strong"));
  EXPECT_THAT(valuesOf("freeze", "freeze: {all: [q, k], some: ov}"),
              ElementsAre(Json({"q", "k"}), Json({"o", "v"})));
}

TEST_F(Grid, WinsOverTheBaseAlsoWithAShorthand) {
  const auto runs = runsOf(
      "experiment: test\nbase: {model.teacher: models/teacher, distill: "
      "{attention_map.coefficient: 9}}\n"
      "grid: {distill.attention_map: [1, 2]}\n");
  ASSERT_THAT(runs, SizeIs(2));
  EXPECT_EQ(runs[0].spec.settings.at("distill.attention_map.coefficient"), Json(1.0));
}

TEST_F(Grid, AdvancesZippedAxesTogether) {
  EXPECT_THAT(
      namesOf(std::string(kHead) + "grid: {freeze: [none, ov]}\n"
                                   "zip: [{train.epochs: [1, 2, 3], train.batch: [8, 16, 32]}]\n"),
      ElementsAre("freeze=none train.epochs=1 train.batch=8",
                  "freeze=none train.epochs=2 train.batch=16",
                  "freeze=none train.epochs=3 train.batch=32",
                  "freeze=ov train.epochs=1 train.batch=8",
                  "freeze=ov train.epochs=2 train.batch=16",
                  "freeze=ov train.epochs=3 train.batch=32"));
  EXPECT_THAT(gridProblem("zip: [{train.epochs: [1, 2], train.batch: [8]}]\n"),
              HasSubstr("file.yaml:3:30: zip: train.batch has 1 values, but train.epochs has 2"));
}

TEST_F(Grid, TakesAxesInTheOrderOfTheFile) {
  EXPECT_THAT(
      namesOf(std::string(kHead) + "zip: [{train.epochs: [1, 2]}]\ngrid: {freeze: [none, ov]}\n"),
      ElementsAre("train.epochs=1 freeze=none",
                  "train.epochs=1 freeze=ov",
                  "train.epochs=2 freeze=none",
                  "train.epochs=2 freeze=ov"));
}

TEST_F(Grid, LetsAnAxisExistOnlyWhereItsConditionHolds) {
  const std::string text =
      std::string(kHead) +
      "grid:\n"
      "  quant.weight.threshold_factor: [0.5, 0.6]\n"
      "  quant.weight.scheme: [none, ternary]\n"
      "when: {quant.weight.threshold_factor: {quant.weight.scheme: ternary}}\n";
  const auto runs = runsOf(text);
  EXPECT_THAT(namesOf(text),
              ElementsAre("quant.weight.scheme=none",
                          "quant.weight.threshold_factor=0.5 quant.weight.scheme=ternary",
                          "quant.weight.threshold_factor=0.6 quant.weight.scheme=ternary"));
  EXPECT_EQ(runs[0].membership.labels[0].second, "-");
}

TEST_F(Grid, TakesConditionsOnSettingsAndOnDefaults) {
  const auto names = [&](const std::string& value) {
    return namesOf(std::string(kHead) +
                   "grid: {train.epochs: [1, 2]}\nwhen: {train.epochs: {train.batch: " + value +
                   "}}\n");
  };
  EXPECT_THAT(names("32"), SizeIs(2)) << "32 is the default";
  EXPECT_THAT(names("[8, 32]"), SizeIs(2));
  EXPECT_THAT(names("8"), ElementsAre("test"));
}

TEST_F(Grid, LetsConditionsDependOnConditionalAxes) {
  EXPECT_THAT(
      namesOf(
          std::string(kHead) +
          "grid: {phase: [kd_qat], freeze: [none, ov], train.batch: [4, 8], train.epochs: [1, 2]}\n"
          "when:\n"
          "  train.batch: {freeze: ov}\n"
          "  train.epochs: {train.batch: [8]}\n"),
      ElementsAre("phase=kd_qat freeze=none",
                  "phase=kd_qat freeze=ov train.batch=4",
                  "phase=kd_qat freeze=ov train.batch=8 train.epochs=1",
                  "phase=kd_qat freeze=ov train.batch=8 train.epochs=2"));
}

TEST_F(Grid, RefusesCircularConditions) {
  EXPECT_THAT(
      gridProblem(
          "grid: {train.batch: [4, 8], train.epochs: [1, 2]}\n"
          "when: {train.batch: {train.epochs: \"-\"}, train.epochs: {train.batch: [4, 8]}}\n"),
      HasSubstr("depend on each other in a circle"));
  EXPECT_THAT(gridProblem("grid: {freeze: [none, ov]}\nwhen: {freeze: {freeze: ov}}\n"),
              HasSubstr("cannot depend on itself"));
}

TEST_F(Grid, LeavesOutExcludedCells) {
  const std::string grid = "grid: {freeze: [none, ov], train.epochs: [1, 2, 3]}\n";
  EXPECT_THAT(
      namesOf(kHead + grid +
              "exclude: [{freeze: ov, train.epochs: [1, 3]}, {train.epochs: 2, freeze: none}]\n"),
      ElementsAre(
          "freeze=none train.epochs=1", "freeze=none train.epochs=3", "freeze=ov train.epochs=2"));
  EXPECT_THAT(gridProblem(grid + "exclude: [{freeze: [none, ov]}]\n"),
              HasSubstr("the exclusions leave no run"));
  EXPECT_THAT(
      gridProblem(grid + "exclude: [{frieze: ov}, {freeze: ovv}, {}, 3]\n"),
      AllOf(HasSubstr("4:12: exclude: frieze is not an axis of the grid; did you mean freeze?"),
            HasSubstr("exclude: freeze has no value ovv; did you mean ov?"),
            HasSubstr("exclude: expected a map axis: value, found a map"),
            HasSubstr("exclude: expected a map axis: value, found the number 3")));
}

TEST_F(Grid, MatchesListValuesAndNumbersBySpellingOrValue) {
  const std::string text =
      std::string(kHead) + "grid: {freeze: [[o, v], [q]], train.learning_rate: [2e-5, 1e-4]}\n";
  EXPECT_THAT(namesOf(text + "exclude: [{freeze: [o, v]}, {train.learning_rate: 0.0001}]\n"),
              ElementsAre("freeze=q train.learning_rate=2e-5"));
  EXPECT_THAT(namesOf(text + "exclude: [{freeze: o+v}, {train.learning_rate: 1e-4}]\n"), SizeIs(1));
}

TEST_F(Grid, NotesExclusionsWithoutEffect) {
  const auto expanded =
      expand(std::string(kHead) +
             "grid: {freeze: [none, ov], train.epochs: [1, 2]}\n"
             "exclude:\n  - {freeze: ov, train.epochs: 1}\n  - {freeze: \"-\"}\n");
  ASSERT_TRUE(expanded);
  EXPECT_THAT(expanded->notes, ElementsAre("exclude (line 6) matches no cell"));
}

TEST_F(Grid, AddsIncludedRunsLast) {
  const auto runs = runsOf(std::string(kHead) +
                           "grid: {freeze: [none, ov], train.epochs: [1, 2]}\n"
                           "include: [{freeze: [q, k], train.batch: 7}, {train: {epochs: 9}}]\n"
                           "seeds: [1]\n");
  ASSERT_THAT(runs, SizeIs(6));
  EXPECT_EQ(runs[4].name, "freeze=q+k seed=1");
  EXPECT_THAT(runs[4].membership.labels,
              ElementsAre(std::pair<std::string, std::string>("freeze", "q+k"),
                          std::pair<std::string, std::string>("train.epochs", "-")));
  EXPECT_EQ(runs[4].spec.settings.at("train.batch"), Json(7));
  EXPECT_EQ(runs[5].name, "include seed=1");
  EXPECT_EQ(runs[5].spec.settings.at("train.epochs"), Json(9));
}

TEST_F(Grid, IncludesNamedValuesByTheirLabels) {
  const auto runs =
      runsOf(std::string(kHead) +
             "grid: {distill: {map: {attention_map: 1}, score: {attention_score: 1}}}\n"
             "include: [{distill: map, train.batch: 4}]\n");
  ASSERT_THAT(runs, SizeIs(3));
  EXPECT_EQ(runs[2].membership.labels[0].second, "map");
  EXPECT_EQ(runs[2].spec.settings.at("distill.attention_map.coefficient"), Json(1.0));
}

TEST_F(Grid, DropsIncludedDuplicatesWithANote) {
  const auto expanded =
      expand(std::string(kHead) + "grid: {freeze: [none, ov]}\ninclude: [{freeze: ov}]\n");
  ASSERT_TRUE(expanded);
  EXPECT_THAT(expanded->submission.runs, SizeIs(2));
  EXPECT_THAT(expanded->notes,
              ElementsAre("include: freeze=ov is the same run as freeze=ov and was dropped"));
}

TEST_F(Grid, RefusesTwoNamesForOneRun) {
  EXPECT_THAT(
      gridProblem("grid:\n  distill:\n    a: {attention_map: 1}\n    b: {attention_map: 1.0}\n"),
      HasSubstr("file.yaml:6:5: 'distill=a' and 'distill=b' are the same run"));
  EXPECT_THAT(gridProblem("grid: {freeze: [[o, v], ov]}\n"),
              HasSubstr("'freeze=o+v' and 'freeze=ov' are the same run"));
  EXPECT_THAT(gridProblem("grid: {freeze: [ov, ov]}\n"),
              HasSubstr("freeze: the value ov is listed twice"));
}

// C13
TEST_F(Grid, CountsBeforeItExpands) {
  std::string text = std::string(kHead) + "grid:\n";
  for (int axis = 0; axis < 6; ++axis) {
    text += "  train.a" + std::to_string(axis) + ": {range: [1, 50, 1]}\n";
  }
  EXPECT_THAT(problemsOf(text),
              HasSubstr("file.yaml:4:3: this grid has 15 625 000 000 runs; the limit is 10 000"));
  for (int axis = 6; axis < 12; ++axis) {
    text += "  train.a" + std::to_string(axis) + ": {range: [1, 50, 1]}\n";
  }
  EXPECT_THAT(problemsOf(text),
              HasSubstr("this grid has more than 18 446 744 073 709 551 615 runs"));
  const auto file = parse(text);
  ASSERT_TRUE(file);
  EXPECT_TRUE(countRuns(*file).is_overflow);
}

TEST_F(Grid, HasALimitThatCanBeChanged) {
  const std::string text = std::string(kHead) + "grid: {train.epochs: {range: [1, 20, 1]}}\n";
  EXPECT_FALSE(expand(text, {}, 19));
  EXPECT_TRUE(expand(text, {}, 20));
}

// For grids without conditions, exclusions and duplicates the count is the number of runs.
TEST_F(Grid, CountEqualsExpansion) {
  std::mt19937 generator(11);
  const std::vector<std::string> axes = {
      "train.epochs", "train.batch", "quant.activation.bits", "distill.logits"};
  for (int round = 0; round < 25; ++round) {
    std::string text = std::string(kHead) + "grid:\n";
    std::string include;
    for (const std::string& axis : axes) {
      const std::string last = std::to_string(1 + generator() % 4);
      text += generator() % 4 == 0 ? "" : "  " + axis + ": {range: [1, " + last + ", 1]}\n";
    }
    for (std::size_t i = generator() % 3; i > 0; --i) {
      include += include.empty() ? "include:\n" : "";
      include += "  - {train.learning_rate: 0." + std::to_string(i) + "}\n";
    }
    text += include;
    text += generator() % 2 == 0 ? "" : "seeds: " + std::to_string(1 + generator() % 3) + "\n";
    const auto file = parse(text);
    ASSERT_TRUE(file) << text << formatDiagnostics(file.error());
    const auto runs = runsOf(text);
    EXPECT_EQ(countRuns(*file), (RunCount{runs.size(), false})) << text;
    std::set<std::string> ids;
    for (const SubmittedRun& run : runs) {
      ids.insert(run.spec.run_id);
    }
    EXPECT_EQ(ids.size(), runs.size()) << text;
  }
}

TEST_F(Grid, ReadsSeeds) {
  const auto seeds = [&](const std::string& value) {
    std::vector<std::int64_t> found;
    for (const SubmittedRun& run : runsOf(kHead + ("seeds: " + value + "\n"))) {
      found.push_back(run.membership.seed.value_or(-1));
    }
    return found;
  };
  EXPECT_THAT(seeds("3"), ElementsAre(1, 2, 3));
  EXPECT_THAT(seeds("[7, 0, 42]"), ElementsAre(7, 0, 42));
  EXPECT_EQ(runsOf(kHead).at(0).membership.seed, 42) << "the catalogue's default";
  for (const char* bad : {"0", "-1", "[]", "[1, 1]", "[a]", "x", "[-1]", "1.5", "1000000", "{}"}) {
    EXPECT_THAT(gridProblem("seeds: " + std::string(bad) + "\n"),
                HasSubstr("seeds: expected how many"))
        << bad;
  }
  EXPECT_THAT(
      problemsOf("experiment: e\nbase: {model.teacher: models/teacher, seed: 3}\nseeds: 2\n"),
      HasSubstr("file.yaml:2:45: seed is set here and by seeds"));
}

TEST_F(Grid, ReportsWrongAxes) {
  EXPECT_THAT(
      gridProblem("grid: {freeze: ov, Bad Key: [1], train.epochs: [], train.batch: [{a: 1}], seed: "
                  "[[1, [2]]]}\n"),
      AllOf(
          HasSubstr(
              "freeze: expected a list of values, a range or named values, found the text \"ov\""),
          HasSubstr("'Bad Key' is not a setting's key"),
          HasSubstr("train.epochs: an axis needs at least one value"),
          HasSubstr("train.batch: expected a value, found a map"),
          HasSubstr("seed: expected a value in the list, found a list")));
  EXPECT_THAT(gridProblem("grid: {freeze: [none]}\nzip: [{freeze: [ov]}, 3, {}]\n"),
              AllOf(HasSubstr("freeze is an axis twice (line 3 and 4)"),
                    HasSubstr("zip: expected a map of axes, found the number 3")));
  EXPECT_THAT(gridProblem("grid: [1]\nzip: {a: 1}\nwhen: 3\n"),
              AllOf(HasSubstr("grid: expected a map, found a list"),
                    HasSubstr("zip: expected a list, found a map"),
                    HasSubstr("when: expected a map, found the number 3")));
}

TEST_F(Grid, SurvivesAnEmptyDocumentPart) {
  EXPECT_THAT(
      namesOf(std::string(kHead) +
              "grid:\nzip:\nwhen:\nexclude:\ninclude:\nneeds:\nbaseline:\nreport:\nalarms:\n"),
      ElementsAre("test"));
}

}  // namespace
}  // namespace retort::experiments
