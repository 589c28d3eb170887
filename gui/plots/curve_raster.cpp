#include "gui/plots/curve_raster.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace retort::gui {
namespace {

constexpr int kBlock = 16;  // pixels; a block of each orientation stays in the nearest cache

/// Two channels at a time, rounded; `alpha` of 256.
QRgb scaled(QRgb pixel, std::uint32_t alpha) {
  const std::uint32_t even = ((pixel & 0x00ff00ffU) * alpha + 0x00800080U) >> 8U & 0x00ff00ffU;
  const std::uint32_t odd = ((pixel >> 8U & 0x00ff00ffU) * alpha + 0x00800080U) & 0xff00ff00U;
  return even | odd;
}

/// The premultiplied `color`, of which `alpha` of 256 is seen, over `pixel`.
QRgb over(QRgb pixel, QRgb color, std::uint32_t alpha) {
  const QRgb top = scaled(color, alpha);
  return top + scaled(pixel, 256 - (top >> 24U) - (top >> 31U));
}

/// 0 to 256.
std::uint32_t alphaOf(double coverage) {
  return static_cast<std::uint32_t>(coverage * 256 + 0.5);
}

void fill(QRgb* pixels, int count, QRgb color) {
  if (qAlpha(color) == 255) {
    std::fill_n(pixels, count, color);
    return;
  }
  for (int i = 0; i < count; ++i) {
    pixels[i] = over(pixels[i], color, 256);
  }
}

}  // namespace

void CurveRaster::Rows::include(const Rows& other) {
  if (other.begin < other.end) {
    begin = std::min(begin, other.begin);
    end = std::max(end, other.end);
  }
}

void CurveRaster::begin(int width, int height, double pixel_ratio) {
  pixel_ratio_ = pixel_ratio;
  width = std::max(0, width);
  height = std::max(0, height);
  const Rows none{height, 0};
  if (width != width_ || height != height_) {
    width_ = width;
    height_ = height;
    pixels_ = zeros<QRgb>(indexOf(width_, 0));
    stroke_ = zeros<std::uint8_t>(indexOf(width_, 0));
    touched_.assign(static_cast<std::size_t>(width_), none);
    painted_ = touched_;
    shown_ = touched_;
    QRgb* const shown = zeros<QRgb>(indexOf(width_, 0)).release();
    image_ = QImage(reinterpret_cast<uchar*>(shown),
                    width_,
                    height_,
                    static_cast<qsizetype>(sizeof(QRgb)) * width_,
                    QImage::Format_ARGB32_Premultiplied,
                    std::free,
                    shown);
  }
  for (int column = 0; column < width_; ++column) {
    clear(pixels_.get(), column, painted_);
    clear(stroke_.get(), column, touched_);
  }
}

template <class T>
CurveRaster::Zeros<T> CurveRaster::zeros(std::size_t count) {
  return Zeros<T>(static_cast<T*>(std::calloc(std::max<std::size_t>(count, 1), sizeof(T))));
}

template <class T>
void CurveRaster::clear(T* places, int column, std::vector<Rows>& written) {
  Rows& rows = written[static_cast<std::size_t>(column)];
  if (rows.begin < rows.end) {
    std::fill_n(places + indexOf(column, rows.begin), rows.end - rows.begin, T(0));
  }
  rows = {height_, 0};
}

void CurveRaster::fillSpan(int column, double top, double bottom, QRgb color) {
  top = std::max(top, 0.0);
  bottom = std::min(bottom, static_cast<double>(height_));
  if (column < 0 || column >= width_ || !(top < bottom)) {
    return;
  }
  const int first = static_cast<int>(top);
  const int last = std::min(static_cast<int>(bottom), height_ - 1);
  painted_[static_cast<std::size_t>(column)].include({first, last + 1});
  QRgb* const pixels = pixels_.get() + indexOf(column, 0);
  if (first == last) {
    pixels[first] = over(pixels[first], color, alphaOf(bottom - top));
    return;
  }
  pixels[first] = over(pixels[first], color, alphaOf(first + 1 - top));
  fill(pixels + first + 1, last - first - 1, color);
  pixels[last] = over(pixels[last], color, alphaOf(bottom - last));
}

void CurveRaster::addLine(const QPointF& from, const QPointF& to, double width) {
  // How far a pixel's middle is from the line says how much of it is covered.
  const double reach = width / 2 + 0.5;
  const double dx = to.x() - from.x();
  const double dy = to.y() - from.y();
  const double length_squared = dx * dx + dy * dy;
  const double per_length = length_squared > 0 ? 1 / length_squared : 0;
  const double left = std::min(from.x(), to.x()) - reach;
  const double right = std::max(from.x(), to.x()) + reach;
  const double top = std::min(from.y(), to.y()) - reach;
  const double bottom = std::max(from.y(), to.y()) + reach;
  if (!(right > 0 && left < width_ && bottom > 0 && top < height_)) {
    return;
  }
  // Upright distance from the middle of the line to where its cover ends.
  const double rise = dx != 0 ? dy / dx : 0;
  const double upright = reach * std::sqrt(1 + rise * rise);
  const int first = std::max(0, static_cast<int>(left));
  const int last = std::min(width_ - 1, static_cast<int>(right));
  for (int column = first; column <= last; ++column) {
    const double x = column + 0.5 - from.x();
    double above = top;
    double below = bottom;
    if (dx != 0) {
      const double middle = from.y() + x * rise;
      above = std::max(top, middle - upright);
      below = std::min(bottom, middle + upright);
    }
    const int begin = std::max(0, static_cast<int>(above));
    const int end = static_cast<int>(std::min(static_cast<double>(height_), std::ceil(below)));
    if (begin >= end) {
      continue;
    }
    touched_[static_cast<std::size_t>(column)].include({begin, end});
    std::uint8_t* const covered = stroke_.get() + indexOf(column, 0);
    for (int row = begin; row < end; ++row) {
      const double y = row + 0.5 - from.y();
      const double along = std::clamp((x * dx + y * dy) * per_length, 0.0, 1.0);
      const double away_x = x - along * dx;
      const double away_y = y - along * dy;
      const double cover = reach - std::sqrt(away_x * away_x + away_y * away_y);
      const auto share = static_cast<std::uint8_t>(std::clamp(cover, 0.0, 1.0) * 255 + 0.5);
      covered[row] = std::max(covered[row], share);
    }
  }
}

void CurveRaster::paintStroke(const QColor& color) {
  const QRgb premultiplied = qPremultiply(color.rgba());
  for (int column = 0; column < width_; ++column) {
    Rows& rows = touched_[static_cast<std::size_t>(column)];
    painted_[static_cast<std::size_t>(column)].include(rows);
    QRgb* const pixels = pixels_.get() + indexOf(column, 0);
    std::uint8_t* const covered = stroke_.get() + indexOf(column, 0);
    for (int row = rows.begin; row < rows.end; ++row) {
      if (const std::uint32_t share = covered[row]; share != 0) {
        pixels[row] = over(pixels[row], premultiplied, share + (share >> 7U));
        covered[row] = 0;
      }
    }
    rows = {height_, 0};
  }
}

const QImage& CurveRaster::image() {
  image_.setDevicePixelRatio(pixel_ratio_);
  for (int left = 0; left < width_; left += kBlock) {
    const int right = std::min(left + kBlock, width_);
    Rows rows{height_, 0};
    for (int column = left; column < right; ++column) {
      Rows& shown = shown_[static_cast<std::size_t>(column)];
      rows.include(shown);
      shown = painted_[static_cast<std::size_t>(column)];
      rows.include(shown);
    }
    for (int top = rows.begin; top < rows.end; top += kBlock) {
      copyBlock(left, right, top, std::min(top + kBlock, rows.end));
    }
  }
  return image_;
}

void CurveRaster::copyBlock(int left, int right, int top, int bottom) {
  const std::size_t stride = static_cast<std::size_t>(image_.bytesPerLine()) / 4;
  auto* const target = reinterpret_cast<QRgb*>(image_.bits());
  for (int row = top; row < bottom; ++row) {
    QRgb* const line = target + static_cast<std::size_t>(row) * stride;
    const QRgb* source = pixels_.get() + indexOf(left, row);
    for (int column = left; column < right; ++column, source += height_) {
      line[column] = *source;
    }
  }
}

QRect CurveRaster::paintedRect() const {
  Rows rows{height_, 0};
  int left = width_;
  int right = 0;
  for (int column = 0; column < width_; ++column) {
    const Rows& painted = painted_[static_cast<std::size_t>(column)];
    if (painted.begin < painted.end) {
      rows.include(painted);
      left = std::min(left, column);
      right = column + 1;
    }
  }
  return rows.begin < rows.end ? QRect(left, rows.begin, right - left, rows.end - rows.begin)
                               : QRect();
}

}  // namespace retort::gui
