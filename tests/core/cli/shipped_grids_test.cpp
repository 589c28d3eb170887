// The grids that come with the program: their shape, and what they ask for.
#include "core/cli/grid_runner.h"
#include "experiments/experiment_file.h"
#include "tests/core/cli/program_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace retort::cli {
namespace {

namespace fs = std::filesystem;

fs::path gridFolder() {
  return fs::path(TEST_DATA_DIR).parent_path().parent_path() / "experiments/grids";
}

std::vector<fs::path> shippedGrids() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(gridFolder())) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(ShippedGrids, CanBeRead) {
  ASSERT_FALSE(shippedGrids().empty());
  for (const fs::path& file : shippedGrids()) {
    const auto grid = experiments::readExperimentFile(file);
    ASSERT_TRUE(grid.has_value()) << experiments::formatDiagnostics(grid.error());
    EXPECT_EQ(grid->trainer, "retort-train") << file;
    EXPECT_GT(experiments::countRuns(*grid).runs, 1U) << file;
  }
}

TEST(ShippedGrids, AreNamedLikeTheirFiles) {
  for (const fs::path& file : shippedGrids()) {
    EXPECT_EQ(experiments::readExperimentFile(file)->name, file.stem().string());
  }
}

TEST(ShippedGrids, LieBesideTheProgram) {
  const fs::path copies = fs::path(PROGRAM_DIR).parent_path() / "share/retort/grids";
  for (const fs::path& file : shippedGrids()) {
    EXPECT_EQ(readFile(copies / file.filename(), 1 << 20), readFile(file, 1 << 20)) << file;
  }
}

TEST(DemoGrid, ComparesThreeLossesWithTwoSeeds) {
  const auto grid = experiments::readExperimentFile(gridFolder() / "demo.yaml");

  ASSERT_TRUE(grid.has_value());
  EXPECT_EQ(experiments::countRuns(*grid).runs, 6U);
}

class DemoCommand : public RetortProgram {
 protected:
  void SetUp() override {
    if (!fs::exists(fs::path(PROGRAM_DIR) / "retort-train")) {
      GTEST_SKIP() << "retort-train is not built";
    }
    RetortProgram::SetUp();
  }
};

TEST_F(DemoCommand, GridsPassTheTrainersCatalogue) {
  const ProgramOutput demo = retort({"check", (gridFolder() / "demo.yaml").string()});
  EXPECT_EQ(demo.exit_code, 0) << demo.errors;
  EXPECT_THAT(demo.output, testing::HasSubstr("7 runs, no problems"));

  if (!fs::exists(fs::path(SHARED_DATA_DIR) / "data/glue/SST-2")) {
    GTEST_SKIP() << "no SST-2 here";
  }
  const ProgramOutput sst2 =
      retort({"check", (gridFolder() / "sst2-score-map-freeze.yaml").string()});
  EXPECT_EQ(sst2.exit_code, 0) << sst2.errors;
}

TEST_F(DemoCommand, NeedsOneTeacherForAllStudents) {
  const auto json = parseJson(
      retort({"run", (gridFolder() / "demo.yaml").string(), "--dry-run", "--json"}).output);

  ASSERT_TRUE(json.has_value());
  std::set<std::string> teachers;
  std::size_t students = 0;
  for (const Json& run : (*json)["runs"]) {
    if (run["is_needed_only"].get<bool>()) {
      teachers.insert(run["run"].get<std::string>());
      EXPECT_EQ(run["settings"]["phase"], "finetune");
      EXPECT_EQ(run["settings"]["model"]["init"], "random");
    } else {
      ++students;
      EXPECT_EQ(run["settings"]["quant"]["weight"]["scheme"], "ternary");
      EXPECT_EQ(run["needs"].size(), 1U);
    }
  }
  EXPECT_EQ(teachers.size(), 1U);
  EXPECT_EQ(students, 6U);
}

}  // namespace
}  // namespace retort::cli
