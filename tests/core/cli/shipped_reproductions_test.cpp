// The reproductions that come with the program: their shape, and that they fit the grids.
#include "experiments/reproduction.h"
#include "tests/core/cli/program_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

namespace retort::cli {
namespace {

namespace fs = std::filesystem;

using experiments::Reproduction;
using experiments::ReproductionGrid;

fs::path experimentsFolder() {
  return fs::path(TEST_DATA_DIR).parent_path().parent_path() / "experiments";
}

std::vector<fs::path> shippedReproductions() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(experimentsFolder() / "reproductions")) {
    files.push_back(entry.path());
  }
  return files;
}

experiments::DiagnosedResult<experiments::ExperimentFile> readGrid(const ReproductionGrid& grid) {
  const std::map<std::string, std::string> inputs{
      {"glue", "/glue"}, {"encoder", "/encoder"}, {"bert", "/bert"}};
  return experiments::readExperimentFile(experimentsFolder() / "grids" / grid.grid,
                                         overridesOf(grid, inputs));
}

TEST(ShippedReproductions, CanBeReadWithAllTheirGrids) {
  ASSERT_FALSE(shippedReproductions().empty());
  for (const fs::path& file : shippedReproductions()) {
    const auto reproduction = experiments::readReproduction(file);
    ASSERT_TRUE(reproduction) << experiments::formatDiagnostics(reproduction.error());
    EXPECT_EQ(reproduction->name, file.stem().string());
    for (const auto& scale : reproduction->scales) {
      for (const ReproductionGrid& grid : scale.grids) {
        const auto read = readGrid(grid);
        EXPECT_TRUE(read) << scale.name << ": " << experiments::formatDiagnostics(read.error());
      }
    }
  }
}

TEST(ShippedReproductions, HaveTheScalesOfTheCommand) {
  for (const fs::path& file : shippedReproductions()) {
    const auto reproduction = experiments::readReproduction(file);
    for (const char* scale : {"quick", "small", "paper"}) {
      EXPECT_NE(reproduction->findScale(scale), nullptr) << scale;
    }
  }
}

TEST(ShippedReproductions, ClaimOnlyWhatTheirGridsAreNamed) {
  for (const fs::path& file : shippedReproductions()) {
    const auto reproduction = experiments::readReproduction(file);
    std::set<std::string> names;
    for (const auto& scale : reproduction->scales) {
      for (const ReproductionGrid& grid : scale.grids) {
        names.insert(readGrid(grid)->name);
      }
    }
    for (const Claim& claim : reproduction->claims) {
      EXPECT_TRUE(names.contains(claim.experiment)) << claim.name;
      EXPECT_NE(claim.value, claim.baseline) << claim.name;
    }
  }
}

TEST(ShippedReproductions, UseFiveSeedsAtNight) {
  for (const fs::path& file : shippedReproductions()) {
    for (const ReproductionGrid& grid :
         experiments::readReproduction(file)->findScale("small")->grids) {
      const auto seeds = std::find_if(grid.settings.begin(),
                                      grid.settings.end(),
                                      [](const auto& set) { return set.first == "seeds"; });
      ASSERT_NE(seeds, grid.settings.end()) << grid.grid;
      EXPECT_GE(seeds->second.scalar, 5) << grid.grid;
    }
  }
}

}  // namespace
}  // namespace retort::cli
