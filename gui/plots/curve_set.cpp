#include "gui/plots/curve_set.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace retort::gui {

void CurveSet::assign(std::vector<Curve> curves) {
  curves_ = std::move(curves);
}

void CurveSet::setVisible(const std::string& id, bool is_visible) {
  if (is_visible) {
    hidden_.erase(id);
  } else {
    hidden_.insert(id);
  }
}

bool CurveSet::isVisible(const std::string& id) const {
  return hidden_.find(id) == hidden_.end();
}

std::vector<const Curve*> CurveSet::visible() const {
  std::vector<const Curve*> visible;
  for (const Curve& curve : curves_) {
    if (isVisible(curve.id)) {
      visible.push_back(&curve);
    }
  }
  return visible;
}

bool CurveSet::isEmpty() const {
  return std::none_of(curves_.begin(), curves_.end(), [this](const Curve& curve) {
    return isVisible(curve.id) && !curve.data->isEmpty();
  });
}

std::optional<double> CurveSet::nearestX(double x) const {
  std::optional<double> nearest;
  for (const Curve* curve : visible()) {
    const auto sample = curve->data->nearest(x);
    if (sample && (!nearest || std::abs(sample->x - x) < std::abs(*nearest - x))) {
      nearest = sample->x;
    }
  }
  return nearest;
}

std::vector<ReadOutEntry> CurveSet::readOutAt(double x, const PlotStyle& style) const {
  std::vector<ReadOutEntry> entries;
  const auto snapped = nearestX(x);
  if (!snapped) {
    return entries;
  }
  for (const Curve* curve : visible()) {
    const auto& samples = curve->data->samples();
    if (!samples.empty() && *snapped >= samples.front().x && *snapped <= samples.back().x) {
      const Sample sample = *curve->data->nearest(*snapped);
      entries.push_back({curve->name, curve->color.on(style), sample.x, sample.y});
    }
  }
  std::stable_sort(entries.begin(), entries.end(), [](const auto& left, const auto& right) {
    return left.y > right.y || (!std::isnan(left.y) && std::isnan(right.y));
  });
  return entries;
}

void CurveSet::includeX(RangeFinder& finder) const {
  for (const Curve* curve : visible()) {
    if (!curve->data->isEmpty()) {
      finder.include(curve->data->samples().front().x);
      finder.include(curve->data->samples().back().x);
    }
  }
}

void CurveSet::includeY(RangeFinder& finder, const AxisRange& x) const {
  for (const Curve* curve : visible()) {
    for (const SeriesData* series :
         {curve->data.get(), curve->raw.get(), curve->band_lower.get(), curve->band_upper.get()}) {
      if (series != nullptr) {
        finder.includeValues(*series, x);
      }
    }
  }
}

}  // namespace retort::gui
