#include "gui/plots/figure_export.h"

#include "core/base/file.h"
#include "gui/plots/plot_widget.h"

#include <QBuffer>
#include <QImage>
#include <QPageSize>
#include <QPdfWriter>
#include <QSvgGenerator>

#include <algorithm>
#include <cmath>

namespace retort::gui {
namespace {

constexpr double kMmPerInch = 25.4;
constexpr double kMetresPerMm = 1e-3;

int lengthIn(double millimetres, double units_per_inch) {
  return static_cast<int>(std::lround(millimetres * units_per_inch / kMmPerInch));
}

bool isWithin(double value, double low, double high) {
  return value >= low && value <= high;  // false for NaN
}

Status checkOptions(const FigureOptions& options) {
  if (!isWithin(options.width_mm, 10, 2000) || !isWithin(options.height_mm, 10, 2000)) {
    return fail(ErrorCode::kUsage, "a figure's sides must be 10 to 2000 mm long");
  }
  if (!isWithin(options.font_pt, 3, 72)) {
    return fail(ErrorCode::kUsage, "a figure's font must be 3 to 72 pt high");
  }
  if (!isWithin(options.dots_per_inch, 30, 2400)) {
    return fail(ErrorCode::kUsage, "a figure's resolution must be 30 to 2400 dots per inch");
  }
  return {};
}

/// Canvas units.
QSize sizeOf(const FigureOptions& options) {
  return {lengthIn(options.width_mm, kPaperUnitsPerInch),
          lengthIn(options.height_mm, kPaperUnitsPerInch)};
}

PlotStyle styleOf(const FigureOptions& options) {
  return paperStyle(options.font_family, options.font_pt);
}

void renderPdf(PlotWidget& plot, QBuffer& buffer, const FigureOptions& options) {
  QPdfWriter writer(&buffer);
  writer.setResolution(kPaperUnitsPerInch);
  writer.setPageSize(QPageSize(QSizeF(options.width_mm, options.height_mm),
                               QPageSize::Millimeter,
                               QString(),
                               QPageSize::ExactMatch));
  writer.setPageMargins(QMarginsF(0, 0, 0, 0));
  writer.setTitle(plot.title());
  writer.setCreator(QStringLiteral("Retort"));
  plot.drawFigure(writer, sizeOf(options), 1, styleOf(options));
}

void renderSvg(PlotWidget& plot, QBuffer& buffer, const FigureOptions& options) {
  const QSize size = sizeOf(options);
  QSvgGenerator generator;
  generator.setOutputDevice(&buffer);
  generator.setResolution(kPaperUnitsPerInch);
  generator.setSize(size);
  generator.setViewBox(QRect(QPoint(0, 0), size));
  generator.setTitle(plot.title());
  plot.drawFigure(generator, size, 1, styleOf(options));
}

Status renderPng(PlotWidget& plot, QBuffer& buffer, const FigureOptions& options) {
  QImage image(lengthIn(options.width_mm, options.dots_per_inch),
               lengthIn(options.height_mm, options.dots_per_inch),
               QImage::Format_RGB32);
  if (image.isNull()) {
    return fail(ErrorCode::kUsage, "there is not enough memory for a picture of this size");
  }
  const int dots_per_metre =
      static_cast<int>(std::lround(options.dots_per_inch / (kMmPerInch * kMetresPerMm)));
  image.setDotsPerMeterX(dots_per_metre);
  image.setDotsPerMeterY(dots_per_metre);
  image.fill(Qt::white);
  const double scale = static_cast<double>(options.dots_per_inch) / kPaperUnitsPerInch;
  plot.drawFigure(image, sizeOf(options), scale, styleOf(options));
  if (!image.save(&buffer, "PNG")) {
    return fail(ErrorCode::kIo, "the picture could not be written as PNG");
  }
  return {};
}

}  // namespace

std::optional<FigureFormat> figureFormatOf(const std::filesystem::path& file) {
  std::string ending = file.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char letter) {
    return letter < 128 ? static_cast<char>(std::tolower(letter)) : static_cast<char>(letter);
  });
  if (ending == ".pdf") {
    return FigureFormat::kPdf;
  }
  if (ending == ".svg") {
    return FigureFormat::kSvg;
  }
  return ending == ".png" ? std::optional(FigureFormat::kPng) : std::nullopt;
}

Result<std::string> renderPlot(PlotWidget& plot,
                               FigureFormat format,
                               const FigureOptions& options) {
  Status status = checkOptions(options);
  if (!status) {
    return failWith(status.error());
  }
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  switch (format) {
    case FigureFormat::kPdf:
      renderPdf(plot, buffer, options);
      break;
    case FigureFormat::kSvg:
      renderSvg(plot, buffer, options);
      break;
    case FigureFormat::kPng:
      status = renderPng(plot, buffer, options);
      break;
  }
  if (!status) {
    return failWith(status.error());
  }
  return bytes.toStdString();
}

Status savePlot(PlotWidget& plot, const std::filesystem::path& file, const FigureOptions& options) {
  const auto format = figureFormatOf(file);
  if (!format) {
    return fail(ErrorCode::kUsage,
                "the figure " + file.string() + " must end in .pdf, .svg or .png");
  }
  const Result<std::string> bytes = renderPlot(plot, *format, options);
  return bytes ? writeFileAtomically(file, *bytes) : Status(failWith(bytes.error()));
}

}  // namespace retort::gui
