#include "core/comparison/curve_band.h"

#include <algorithm>
#include <cmath>

namespace retort {

std::vector<BandPoint> bandOf(const std::vector<std::vector<Point>>& curves,
                              Spread spread,
                              double confidence) {
  std::vector<Point> all;
  for (const std::vector<Point>& curve : curves) {
    all.insert(all.end(), curve.begin(), curve.end());
  }
  std::stable_sort(
      all.begin(), all.end(), [](const Point& a, const Point& b) { return a.step < b.step; });
  std::vector<BandPoint> band;
  std::vector<double> values;
  for (auto point = all.begin(); point != all.end();) {
    BandPoint next;
    next.step = point->step;
    values.clear();
    for (; point != all.end() && point->step == next.step; ++point) {
      if (std::isfinite(point->value)) {
        values.push_back(point->value);
      }
    }
    next.summary = summarize(values);
    next.spread = spreadOf(next.summary, spread, confidence);
    band.push_back(next);
  }
  return band;
}

}  // namespace retort
