#include "core/cli/views/watch_view.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/views/progress_view.h"
#include "core/run/format.h"
#include "core/tables/text_width.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include <fmt/format.h>

namespace retort::cli {
namespace {

constexpr const char* kInverse = "\x1b[7m";
constexpr const char* kBold = "\x1b[1m";
constexpr const char* kPlain = "\x1b[0m";
constexpr std::size_t kMostNameColumns = 28;
constexpr std::size_t kNumberColumns = 9;
constexpr std::array<const char*, 6> kProjections{"q", "k", "v", "o", "ffn1", "ffn2"};

std::size_t projectionRank(const std::string& name) {
  const auto found = std::find(kProjections.begin(), kProjections.end(), name);
  return static_cast<std::size_t>(found - kProjections.begin());
}

int curveRank(const SeriesKey& key) {
  if (key.metric == "train.loss") {
    return 0;
  }
  if (key.metric.rfind("eval.", 0) == 0) {
    return 1;
  }
  return key.metric.rfind("train.", 0) == 0 ? 2 : 3;
}

std::string styled(const std::string& text, const char* style, bool has_color) {
  return has_color ? style + text + kPlain : text;
}

std::vector<std::string> renderRuns(const WatchModel& model,
                                    std::size_t columns,
                                    std::size_t most,
                                    bool has_color) {
  const auto active = model.grid.active();
  std::vector<std::string> lines;
  const std::size_t name_width = chooseNameWidth(active, columns - 2);
  // The watched run is always among those that are shown.
  const auto watched = std::find_if(active.begin(), active.end(), [&](const RunProgress* run) {
    return run->run_id == model.run.run_id;
  });
  const auto position = static_cast<std::size_t>(watched - active.begin());
  const std::size_t first =
      watched != active.end() && position >= most && most > 0 ? position - most + 1 : 0;
  for (std::size_t i = first; i < std::min(first + most, active.size()); ++i) {
    const bool is_watched = active[i]->run_id == model.run.run_id;
    const std::string line =
        std::string(is_watched ? "› " : "  ") + renderRunLine(*active[i], columns - 2, name_width);
    lines.push_back(is_watched ? styled(line, kBold, has_color) : line);
  }
  if (active.size() > most) {
    lines.push_back(fmt::format("  … {} running in all", active.size()));
  }
  return lines;
}

std::string watchedTitle(const WatchModel& model, std::size_t columns, bool has_color) {
  for (const RunProgress& run : model.grid.runs) {
    if (run.run_id == model.run.run_id) {
      std::string text = fmt::format("{}  {}  {}", run.name, run.run_id, runStateName(run.state));
      if (!isTerminal(run.state) && !run.phase.empty()) {
        text += "  " + run.phase;
      }
      if (!run.message.empty()) {
        text += ": " + run.message;
      }
      return styled(elideText(escapeForTerminal(text), columns), kBold, has_color);
    }
  }
  return "no run to watch";
}

std::string renderCurve(const WatchedCurve& curve, std::size_t columns, std::size_t name_width) {
  const std::size_t room =
      columns > name_width + kNumberColumns + 2 ? columns - name_width - kNumberColumns - 2 : 0;
  const std::string last = curve.points.empty() ? "–" : formatShort(curve.points.back().value);
  return padRight(elideText(escapeForTerminal(curve.name), name_width), name_width) + " " +
         padLeft(last, kNumberColumns) + " " + sparkline(curve.points, room);
}

void appendCurves(const WatchModel& model,
                  std::size_t columns,
                  std::size_t most,
                  std::vector<std::string>& lines) {
  std::size_t name_width = 0;
  const std::size_t count = std::min(most, model.run.curves.size());
  for (std::size_t i = 0; i < count; ++i) {
    name_width = std::max(name_width, displayWidth(model.run.curves[i].name));
  }
  name_width = std::min(name_width, kMostNameColumns);
  for (std::size_t i = 0; i < count; ++i) {
    lines.push_back(renderCurve(model.run.curves[i], columns, name_width));
  }
}

void appendMaps(const WatchModel& model,
                std::size_t columns,
                std::size_t rows,
                bool has_color,
                std::vector<std::string>& lines) {
  for (const HeatMap& map : model.run.maps) {
    if (lines.size() + 4 > rows) {
      return;
    }
    lines.emplace_back();
    for (std::string& line : renderHeatMap(map, columns, rows - lines.size(), has_color)) {
      lines.push_back(std::move(line));
    }
    if (&map == &model.run.maps.front() && !model.run.single_norms.empty() && lines.size() < rows) {
      std::vector<std::string> parts;
      for (const auto& [name, value] : model.run.single_norms) {
        parts.push_back(escapeForTerminal(name) + " " + formatTiny(value));
      }
      lines.push_back(elideText(joinStrings(parts, "   "), columns));
    }
  }
}

}  // namespace

HeatMap heatMapOf(const std::string& title,
                  const std::vector<std::pair<SeriesKey, Point>>& latest) {
  HeatMap map;
  map.title = title;
  std::set<int> layers;
  std::vector<std::string> names;
  const auto columnName = [](const SeriesKey& key) {
    return key.head ? "head " + std::to_string(*key.head) : key.projection;
  };
  for (const auto& [key, point] : latest) {
    if (key.layer && (key.head || !key.projection.empty())) {
      layers.insert(*key.layer);
      if (std::find(names.begin(), names.end(), columnName(key)) == names.end()) {
        names.push_back(columnName(key));
      }
    }
  }
  std::stable_sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    return projectionRank(a) < projectionRank(b);
  });
  map.column_labels = names;
  for (const int layer : layers) {
    map.row_labels.push_back("layer " + std::to_string(layer));
    std::vector<double> row(names.size(), std::numeric_limits<double>::quiet_NaN());
    for (const auto& [key, point] : latest) {
      const auto column = std::find(names.begin(), names.end(), columnName(key));
      if (key.layer == layer && column != names.end()) {
        row[static_cast<std::size_t>(column - names.begin())] = point.value;
      }
    }
    map.values.push_back(std::move(row));
  }
  return map;
}

std::vector<SeriesKey> chooseCurves(std::vector<SeriesKey> keys) {
  std::erase_if(keys, [](const SeriesKey& key) {
    return key.layer || key.head || !key.projection.empty() || !key.component.empty();
  });
  std::stable_sort(keys.begin(), keys.end(), [](const SeriesKey& a, const SeriesKey& b) {
    return curveRank(a) < curveRank(b);
  });
  return keys;
}

std::vector<std::string> renderWatch(const WatchModel& model,
                                     std::size_t columns,
                                     std::size_t rows,
                                     bool has_color) {
  const std::string header = elideText(
      fmt::format(" {}: {}", escapeForTerminal(model.grid.title), countsText(model.grid)), columns);
  std::vector<std::string> lines{has_color ? styled(padRight(header, columns), kInverse, true)
                                           : header};
  const std::size_t body_rows = rows - (model.has_keys ? 1 : 0);
  for (std::string& line :
       renderRuns(model, columns, std::max<std::size_t>(2, rows / 6), has_color)) {
    lines.push_back(std::move(line));
  }
  lines.emplace_back();
  lines.push_back(watchedTitle(model, columns, has_color));
  appendCurves(model, columns, std::max<std::size_t>(2, rows / 6), lines);
  appendMaps(model, columns, body_rows, has_color, lines);
  if (lines.size() > body_rows) {
    lines.resize(body_rows);
  }
  if (model.has_keys) {
    lines.resize(body_rows);
    const std::string keys =
        fmt::format(" q quit   n/p next/previous run   {}", formatClock(model.grid.now_ms));
    lines.push_back(styled(padRight(elideText(keys, columns), columns), kInverse, has_color));
  }
  return lines;
}

}  // namespace retort::cli
