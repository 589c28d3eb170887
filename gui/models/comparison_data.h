#pragma once

#include "core/comparison/comparison_choices.h"
#include "core/comparison/comparison_loader.h"
#include "core/comparison/group_curves.h"
#include "core/comparison/group_profiles.h"
#include "core/comparison/run_groups.h"
#include "gui/models/step_clock.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace retort::gui {

enum class FigureKind {
  kValues,  ///< one value per run: bars or points
  kCurves,  ///< a curve over the steps
  kDepth,   ///< a profile over the layers
};

struct FigureRequest {
  FigureKind kind = FigureKind::kValues;
  std::string metric;  ///< empty: the first that there is
  Spread spread = Spread::kDeviation;
  ProfileValue profile_value = ProfileValue::kLast;
  bool is_by_run = false;     ///< kCurves: every run's own curve instead of the groups' means
  bool is_over_time = false;  ///< kCurves: since each run's first step, instead of over steps
  std::string reference;      ///< kDepth: a metric of the baseline's runs, too; empty: none

  bool operator==(const FigureRequest&) const = default;
};

/// What a view of an experiment wants to know.
struct ComparisonQuery {
  std::string experiment;  ///< empty: the latest
  ComparisonOptions options;
  FigureRequest figure;

  bool operator==(const ComparisonQuery&) const = default;
};

/// Everything that the view shows, as values.
struct ComparisonData {
  std::vector<std::string> experiments;  ///< latest first; each name once
  std::string experiment;                ///< empty: the workspace has none
  ComparisonChoices choices;
  ComparisonTable table;
  std::string table_error;  ///< one sentence: why there is no table
  FigureRequest figure;     ///< with the metric that was taken
  std::string figure_unit;
  std::string figure_error;
  std::vector<RunGroup> groups;
  std::vector<GroupCurves> curves;          ///< kCurves
  std::map<std::string, StepClock> clocks;  ///< of the runs of `curves` that go over time
  std::vector<GroupProfile> profiles;       ///< kDepth
  std::optional<GroupProfile> reference;    ///< kDepth: of `figure.reference`, called by its name
};

/// The catalogue of the experiment looked at last: asking a trainer takes long.
struct CatalogueCache {
  std::int64_t experiment_id = 0;
  Catalogue catalogue;
};

/// Reads all of it. An error: the workspace cannot be read, or has no experiment of that name. What
/// is wrong with the table or the figure alone stands in `table_error` and `figure_error`.
[[nodiscard]] Result<ComparisonData> loadComparisonData(storage::WorkspaceStore& store,
                                                        const ComparisonQuery& query,
                                                        CatalogueCache& cache);

}  // namespace retort::gui
