#include "experiments/reproduction.h"

#include "experiments/yaml_reader.h"
#include "tests/core/base/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::experiments {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kSmall =
    "reproduction: paper\n"
    "title: A paper\n"
    "source: Someone 2022\n"
    "limits: [one, two]\n"
    "inputs:\n"
    "  glue: {about: GLUE's files, default: ../glue}\n"
    "scales:\n"
    "  small:\n"
    "    about: at night\n"
    "    inputs: [glue]\n"
    "    grids:\n"
    "      - grid: losses.yaml\n"
    "        title: Losses\n"
    "        run_seconds: 30\n"
    "        needed_seconds: 60\n"
    "        set: {seeds: 3, train.learning_rate: 1e-3,\n"
    "              grid.data: {z: {task: sst2, path: \"{glue}/SST-2\"}, a: {task: cola}}}\n"
    "claims:\n"
    "  - {name: map, claim: Maps help., source: table 2, experiment: losses,\n"
    "     metric: eval.accuracy, at: best, value: {distill: map}, baseline: {distill: score},\n"
    "     within: {data: z}, expect: lower, margin: 0.5, note: smaller}\n";

class ReproductionFile : public ::testing::Test {
 protected:
  DiagnosedResult<Reproduction> read(const std::string& text) {
    return readReproduction(folder_.write("paper.yaml", text));
  }

  std::string problemsOf(const std::string& text) {
    const auto reproduction = read(text);
    return reproduction ? "none" : formatDiagnostics(reproduction.error());
  }

  retort::testing::TempFolder folder_;
};

std::string replaced(const std::string& what, const std::string& by) {
  std::string text = kSmall;
  return text.replace(text.find(what), what.size(), by);
}

TEST_F(ReproductionFile, IsReadWhole) {
  const auto read = this->read(kSmall);

  ASSERT_TRUE(read) << formatDiagnostics(read.error());
  EXPECT_EQ(read->name, "paper");
  EXPECT_THAT(read->limits, ElementsAre("one", "two"));
  ASSERT_NE(read->findScale("small"), nullptr);
  EXPECT_EQ(read->findScale("large"), nullptr);
  const ReproductionScale& scale = *read->findScale("small");
  EXPECT_THAT(scale.inputs, ElementsAre("glue"));
  ASSERT_EQ(scale.grids.size(), 1U);
  EXPECT_EQ(scale.grids[0].run_seconds, 30);
  EXPECT_EQ(scale.grids[0].needed_seconds, 60);
  ASSERT_EQ(read->claims.size(), 1U);
  const Claim& claim = read->claims[0];
  EXPECT_EQ(claim.sentence, "Maps help.");
  EXPECT_EQ(claim.at, "best");
  EXPECT_FALSE(claim.is_higher);
  EXPECT_EQ(claim.margin, 0.5);
  EXPECT_EQ(claim.value.at("distill"), "map");
  EXPECT_EQ(claim.baseline.at("distill"), "score");
  EXPECT_EQ(claim.within.at("data"), "z");
}

TEST_F(ReproductionFile, GivesOverridesInTheOrderOfTheFile) {
  const auto overrides =
      overridesOf(read(kSmall)->scales[0].grids[0], {{"glue", "/data/my \"glue\""}});

  EXPECT_THAT(overrides,
              ElementsAre("seeds=3",
                          "train.learning_rate=1e-3",
                          R"(grid.data={"z": {"task": "sst2", "path": "/data/my \"glue\"/SST-2"}, )"
                          R"("a": {"task": "cola"}})"));
}

TEST_F(ReproductionFile, SaysWhatIsWrongAndWhere) {
  EXPECT_THAT(problemsOf(replaced("title: A paper\n", "")), HasSubstr("title is missing"));
  EXPECT_THAT(problemsOf(replaced("limits:", "limit:")), HasSubstr("unknown key limit"));
  EXPECT_THAT(problemsOf(replaced("expect: lower", "expect: more")),
              AllOf(HasSubstr("paper.yaml:19:5"), HasSubstr("expect must be higher or lower")));
  EXPECT_THAT(problemsOf(replaced("run_seconds: 30", "run_seconds: -1")),
              HasSubstr("run_seconds must be a number of at least 0"));
  EXPECT_THAT(problemsOf(replaced("value: {distill: map}, ", "")),
              HasSubstr("value and baseline say which runs are compared"));
  EXPECT_THAT(problemsOf(replaced("grid: losses.yaml", "grid: ../losses.yaml")),
              HasSubstr("without a folder"));
  EXPECT_THAT(problemsOf(replaced("at: best", "at: first")), HasSubstr("at must be last or best"));
  EXPECT_THAT(problemsOf("[1]\n"), HasSubstr("expected a map"));
  EXPECT_THAT(problemsOf("a: [\n"), HasSubstr("paper.yaml:"));
  EXPECT_FALSE(readReproduction(folder_ / "none.yaml"));
}

}  // namespace
}  // namespace retort::experiments
