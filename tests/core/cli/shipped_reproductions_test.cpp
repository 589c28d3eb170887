// The reproductions that come with the program: their shape, and that they fit the grids.
#include "core/agent/trainer_catalogue.h"
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
  const std::map<std::string, std::string> inputs{{"glue", "/glue"},
                                                  {"encoder", "/encoder"},
                                                  {"bert", "/bert"},
                                                  {"llama", "/llama"},
                                                  {"wikitext", "/wikitext"}};
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

using GridLabels = std::set<std::pair<std::string, std::string>>;

/// Experiment -> factors and labels of its runs, of the scale that needs no files.
std::map<std::string, GridLabels> quickLabels(const Reproduction& reproduction,
                                              const Catalogue& catalogue) {
  const auto provider = [&](const std::string&) -> Result<Catalogue> {
    return catalogue;
  };
  std::map<std::string, GridLabels> labels;
  for (const ReproductionGrid& grid : reproduction.findScale("quick")->grids) {
    const auto file = readGrid(grid);
    const auto expanded = experiments::expandExperiment(*file, provider);
    if (!expanded) {
      ADD_FAILURE() << experiments::formatDiagnostics(expanded.error());
      continue;
    }
    for (const SubmittedRun& run : expanded->submission.runs) {
      labels[file->name].insert(run.membership.labels.begin(), run.membership.labels.end());
    }
  }
  return labels;
}

/// "grad_norm" of "mean(grad_norm)".
std::string metricName(const std::string& column) {
  const std::size_t begin = column.find('(') + 1;  // 0 when there is none
  return column.substr(begin, column.find_first_of(")[", begin) - begin);
}

// A misspelt label or metric would read as "not decided" for ever.
TEST(ShippedReproductions, ClaimOnlyWhatTheirRunsMeasure) {
  const fs::path trainer = fs::path(PROGRAM_DIR) / "retort-train";
  if (!fs::exists(trainer)) {
    GTEST_SKIP() << "retort-train is not built";
  }
  const auto catalogue = askCatalogue({trainer.string()});
  ASSERT_TRUE(catalogue) << catalogue.error().message;
  for (const fs::path& file : shippedReproductions()) {
    const auto reproduction = experiments::readReproduction(file);
    const auto labels = quickLabels(*reproduction, *catalogue);
    for (const Claim& claim : reproduction->claims) {
      EXPECT_NE(catalogue->findMetric(metricName(claim.metric)), nullptr) << claim.metric;
      const GridLabels& known = labels.at(claim.experiment);
      for (const auto* wanted : {&claim.value, &claim.baseline}) {
        for (const auto& [factor, label] : *wanted) {
          EXPECT_TRUE(known.contains({factor, label}))
              << claim.name << ": " << factor << " = " << label;
        }
      }
    }
  }
}

TEST(ShippedReproductions, UseFiveSeedsAtNight) {
  for (const fs::path& file : shippedReproductions()) {
    const auto reproduction = experiments::readReproduction(file);
    for (const ReproductionGrid& grid : reproduction->findScale("small")->grids) {
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
