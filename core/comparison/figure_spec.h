#pragma once

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/comparison/comparison_loader.h"
#include "core/comparison/group_profiles.h"

#include <string>

namespace retort {

/// A figure to be drawn without a window: what `retort plot` asks `retort-gui --plot` for.
struct FigureSpec {
  std::string workspace;
  std::string kind;       ///< "bars", "points", "curves", "runs", "depth", "heatmap"
  std::string subject;    ///< an experiment; for a heat map a run's id
  std::string minus;      ///< of a heat map: a run's id, whose values are taken away; empty: none
  std::string metric;     ///< empty: the one that the figure usually shows
  std::string reference;  ///< of depth: a metric of the baseline's runs beside it; empty: none
  ComparisonOptions comparison;
  Spread spread = Spread::kDeviation;
  ProfileValue profile_value = ProfileValue::kLast;
  bool is_log = false;
  bool is_over_time = false;  ///< since each run's first step, instead of over steps
  double width_mm = 140;
  double height_mm = 0;  ///< 0: as tall as the figure needs
  double font_pt = 9;
  int dots_per_inch = 300;
  std::string file;

  bool operator==(const FigureSpec&) const = default;
};

[[nodiscard]] Json toJson(const FigureSpec& spec);

/// kProtocol when a field is missing or malformed.
[[nodiscard]] Result<FigureSpec> figureSpecFromJson(const Json& json);

/// "140x90mm" or "5.5x3.5in" as width and height in millimetres; kUsage.
[[nodiscard]] Result<std::pair<double, double>> parseFigureSize(std::string_view text);

}  // namespace retort
