#include "gui/plots/curve_projection.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace retort::gui {
namespace {

constexpr double kWide = 0.5;  // octaves

/// log2 to 1e-7, in a fraction of the time: there are tens of thousands to a frame.
double quickLog2(double number) {
  if (!(number >= std::numeric_limits<double>::min()) || std::isinf(number)) {
    return std::log2(number);
  }
  constexpr int kMantissaBits = 52;
  constexpr std::uint64_t kRootOfHalf = 0x3fe6a09e667f3bcd;  // the bits of sqrt(1/2)
  const auto bits = std::bit_cast<std::uint64_t>(number);
  const auto above = static_cast<std::int64_t>(bits - kRootOfHalf);
  const std::int64_t exponent = above >> kMantissaBits;
  const auto mantissa = std::bit_cast<double>(
      bits - (static_cast<std::uint64_t>(exponent) << kMantissaBits));  // sqrt(1/2) to sqrt(2)
  // ln m = 2 (s + s^3/3 + s^5/5 + s^7/7 + ...), s = (m - 1) / (m + 1)
  constexpr double kTwoOverLn2 = 2.8853900817779268;
  const double s = (mantissa - 1) / (mantissa + 1);
  const double squared = s * s;
  const double series = 1 + squared * (1.0 / 3 + squared * (1.0 / 5 + squared * (1.0 / 7)));
  return static_cast<double>(exponent) + kTwoOverLn2 * s * series;
}

}  // namespace

CurveProjection::CurveProjection(const AxisRange& x,
                                 const AxisRange& y,
                                 bool is_log,
                                 const QRectF& rect)
    : x_(x),
      is_log_(is_log),
      is_wide_(is_log && std::log2(y.upper) - std::log2(y.lower) > kWide),
      rect_(rect),
      x_scale_(rect.width() / x.size()),
      x_offset_(rect.left() - x.lower * x_scale_),
      y_scale_(-rect.height() / (value(y.upper) - value(y.lower))),
      y_offset_(rect.bottom() - value(y.lower) * y_scale_) {}

DecimationView CurveProjection::view(int columns) const {
  return {x_.lower, x_.upper, std::max(1, columns), is_log_};
}

double CurveProjection::value(double number) const {
  return is_wide_ ? quickLog2(number) : is_log_ ? std::log2(number) : number;
}

bool clipLine(const QRectF& box, QPointF& from, QPointF& to) {
  const QPointF delta = to - from;
  double begin = 0;
  double end = 1;
  const auto cut = [&](double change, double distance) {
    if (change == 0) {
      return distance >= 0;
    }
    const double at = distance / change;
    (change < 0 ? begin : end) = change < 0 ? std::max(begin, at) : std::min(end, at);
    return begin <= end;
  };
  if (!cut(-delta.x(), from.x() - box.left()) || !cut(delta.x(), box.right() - from.x()) ||
      !cut(-delta.y(), from.y() - box.top()) || !cut(delta.y(), box.bottom() - from.y())) {
    return false;
  }
  const QPointF start = from;
  from = start + begin * delta;
  to = start + end * delta;
  return true;
}

std::vector<QPolygonF> piecesOf(const std::vector<Sample>& line,
                                const CurveProjection& projection,
                                const QRectF& box) {
  std::vector<QPolygonF> pieces;
  bool is_open = false;  // the last piece ends at the sample before
  bool has_before = false;
  QPointF before;
  for (const Sample& sample : line) {
    if (std::isnan(sample.y)) {
      is_open = has_before = false;
      continue;
    }
    const QPointF point = projection.point(sample);
    if (!has_before) {
      if (box.contains(point)) {
        pieces.push_back({point});
        is_open = true;
      }
    } else {
      QPointF from = before;
      QPointF to = point;
      if (!clipLine(box, from, to)) {
        is_open = false;
      } else {
        if (!is_open) {
          pieces.push_back({from});
        }
        pieces.back().append(to);
        is_open = to == point;
      }
    }
    before = point;
    has_before = true;
  }
  return pieces;
}

}  // namespace retort::gui
