#include "core/cli/views/chart.h"

#include "core/run/format.h"
#include "core/tables/text_width.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace retort::cli {
namespace {

constexpr std::array<const char*, 9> kEighths{" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
constexpr std::array<const char*, 8> kLevels{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::array<const char*, 5> kShades{" ", "░", "▒", "▓", "█"};
constexpr std::size_t kCellWidth = 8;

// Near viridis in the 6 × 6 × 6 cube of xterm's 256 colours.
constexpr std::array<int, 12> kRamp{53, 54, 60, 61, 31, 30, 36, 35, 71, 107, 149, 227};
constexpr std::size_t kFirstBrightStep = 6;  // from here on black text is easier to read than white
constexpr int kWhite = 231;
constexpr int kBlack = 16;

std::size_t stepOf(double fraction, std::size_t count) {
  const double scaled = std::clamp(fraction, 0.0, 1.0) * static_cast<double>(count);
  return std::min(count - 1, static_cast<std::size_t>(scaled));
}

struct Range {
  double least = 0;
  double greatest = 0;
};

/// Of the finite positive numbers; zeros when there are none.
Range positiveRange(const HeatMap& map) {
  Range range;
  for (const auto& row : map.values) {
    for (const double value : row) {
      if (std::isfinite(value) && value > 0) {
        range.least = range.least == 0 ? value : std::min(range.least, value);
        range.greatest = std::max(range.greatest, value);
      }
    }
  }
  return range;
}

std::string cellText(double value, const Range& range, bool has_color) {
  if (std::isnan(value)) {
    return std::string(kCellWidth, ' ');
  }
  const double fraction = std::isinf(value) ? 1 : logFraction(value, range.least, range.greatest);
  const std::string number = padLeft(formatTiny(value), kCellWidth - 2);
  if (!has_color) {
    return kShades.at(stepOf(fraction, kShades.size())) + number + " ";
  }
  const CellColor color = heatColor(fraction);
  return fmt::format(
      "\x1b[48;5;{};38;5;{}m {} \x1b[0m", color.background, color.foreground, number);
}

}  // namespace

std::string progressBar(double fraction, std::size_t width) {
  const double clamped = std::isnan(fraction) ? 0 : std::clamp(fraction, 0.0, 1.0);
  const auto eighths = static_cast<std::size_t>(clamped * static_cast<double>(width) * 8);
  std::string bar;
  for (std::size_t i = 0; i < width; ++i) {
    const std::size_t begin = i * 8;
    bar += kEighths.at(eighths > begin ? std::min<std::size_t>(8, eighths - begin) : 0);
  }
  return bar;
}

std::string sparkline(const std::vector<Point>& points, std::size_t width) {
  const std::size_t columns = std::min(width, points.size());
  std::vector<double> heights;
  for (std::size_t column = 0; column < columns; ++column) {
    const std::size_t begin = column * points.size() / columns;
    const std::size_t end = (column + 1) * points.size() / columns;
    double height = points[begin].value;
    for (std::size_t i = begin; i < end && std::isfinite(height); ++i) {
      height = std::isfinite(points[i].value) ? std::max(height, points[i].value) : points[i].value;
    }
    heights.push_back(height);
  }
  double least = 0;
  double greatest = 0;
  bool has_value = false;
  for (const double height : heights) {
    if (std::isfinite(height)) {
      least = has_value ? std::min(least, height) : height;
      greatest = has_value ? std::max(greatest, height) : height;
      has_value = true;
    }
  }
  std::string line;
  for (const double height : heights) {
    const double share = greatest > least ? (height - least) / (greatest - least) : 0;
    line += std::isfinite(height) ? kLevels.at(stepOf(share, kLevels.size())) : "×";
  }
  return line;
}

CellColor heatColor(double fraction) {
  const std::size_t step = stepOf(std::isnan(fraction) ? 0 : fraction, kRamp.size());
  return {kRamp.at(step), step >= kFirstBrightStep ? kBlack : kWhite};
}

double logFraction(double value, double least, double greatest) {
  if (!(value > 0) || !(least > 0) || !(greatest > least)) {
    return 0;
  }
  return std::clamp(std::log(value / least) / std::log(greatest / least), 0.0, 1.0);
}

std::vector<std::string> renderHeatMap(const HeatMap& map,
                                       std::size_t width,
                                       std::size_t max_lines,
                                       bool has_color) {
  constexpr std::size_t kHeaderLines = 2;
  if (max_lines < kHeaderLines + 1 || map.row_labels.empty()) {
    return {};
  }
  const Range range = positiveRange(map);
  std::size_t label_width = 0;
  for (const std::string& label : map.row_labels) {
    label_width = std::max(label_width, displayWidth(label));
  }
  const std::size_t fitting = width > label_width ? (width - label_width - 1) / kCellWidth : 0;
  const std::size_t columns = std::min(map.column_labels.size(), fitting);
  std::vector<std::string> lines{fmt::format(
      "{}  {} … {}, log scale", map.title, formatTiny(range.least), formatTiny(range.greatest))};
  std::string header(label_width + 1, ' ');
  for (std::size_t column = 0; column < columns; ++column) {
    header += padLeft(elideText(map.column_labels[column], kCellWidth - 1), kCellWidth - 1) + " ";
  }
  lines.push_back(header);
  const std::size_t rows_fit = max_lines - kHeaderLines;
  const bool is_cut = map.row_labels.size() > rows_fit;
  const std::size_t rows = is_cut ? rows_fit - 1 : map.row_labels.size();
  for (std::size_t row = 0; row < rows; ++row) {
    std::string line = padLeft(map.row_labels[row], label_width) + " ";
    for (std::size_t column = 0; column < columns; ++column) {
      line += cellText(map.values[row][column], range, has_color);
    }
    lines.push_back(line);
  }
  if (is_cut) {
    lines.push_back(fmt::format("… {} more rows", map.row_labels.size() - rows));
  }
  return lines;
}

}  // namespace retort::cli
