#pragma once

#include "core/base/result.h"

#include <QString>

#include <filesystem>
#include <optional>
#include <string>

namespace retort::gui {

class PlotWidget;

enum class FigureFormat { kPdf, kSvg, kPng };

/// By the ending of the file's name, in any case; nothing for another ending.
[[nodiscard]] std::optional<FigureFormat> figureFormatOf(const std::filesystem::path& file);

/// How a figure comes on paper.
struct FigureOptions {
  double width_mm = 140;
  double height_mm = 90;
  double font_pt = 9;
  int dots_per_inch = 300;  ///< of a PNG
  QString font_family;      ///< empty: a font without serifs
};

/// Draws the plot as it is shown now (ranges, visible curves), with its legend inside, light and
/// at the chosen size. Sizes must lie within 10 to 2000 mm, 3 to 72 pt and 30 to 2400 dpi
/// (kUsage).
[[nodiscard]] Result<std::string> renderPlot(PlotWidget& plot,
                                             FigureFormat format,
                                             const FigureOptions& options);

/// `renderPlot` into a file; its ending chooses the format (kUsage when it is no known one). The
/// file is replaced at once or not at all.
[[nodiscard]] Status savePlot(PlotWidget& plot,
                              const std::filesystem::path& file,
                              const FigureOptions& options = {});

}  // namespace retort::gui
