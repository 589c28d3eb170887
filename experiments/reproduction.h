#pragma once

#include "core/statistics/claim.h"
#include "experiments/experiment_file.h"
#include "experiments/yaml_tree.h"

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

/// A reproduction: which grids a paper's findings need, how large they are at each scale, and what
/// the paper claims. All of it is data (experiments/reproductions/*.yaml).
namespace retort::experiments {

/// Something that only the user has: data, a pre-trained model.
struct ReproductionInput {
  std::string name;
  std::string about;
  std::string default_path;  ///< relative to the file; empty: none
};

struct ReproductionGrid {
  std::string grid;           ///< name of a file among the grids that ship
  std::string title;          ///< of its part of the report
  double run_seconds = 0;     ///< of one run, as measured when the scale was chosen
  double needed_seconds = 0;  ///< of one needed run (a teacher)
  /// What the scale changes in the grid, as `--set` does: key and value.
  std::vector<std::pair<std::string, YamlNode>> settings;
};

struct ReproductionScale {
  std::string name;
  std::string about;
  std::vector<std::string> inputs;  ///< names of those that it needs
  std::vector<ReproductionGrid> grids;
};

struct Reproduction {
  std::string name;
  std::string title;
  std::string source;
  std::vector<std::string> limits;  ///< sentences that every report repeats
  std::vector<ReproductionInput> inputs;
  std::vector<ReproductionScale> scales;
  std::vector<Claim> claims;

  /// Null when there is none of this name.
  [[nodiscard]] const ReproductionScale* findScale(const std::string& scale) const;
};

[[nodiscard]] DiagnosedResult<Reproduction> readReproduction(const std::filesystem::path& file);

/// The grid's settings as `--set` texts, with "{NAME}" in texts replaced by the input's path.
[[nodiscard]] std::vector<std::string> overridesOf(
    const ReproductionGrid& grid, const std::map<std::string, std::string>& inputs);

}  // namespace retort::experiments
