#include "gui/models/smoothing.h"

#include <cmath>

namespace retort::gui {
namespace {

constexpr std::size_t kLooksPerSample = 4;  // what an exponential takes

}  // namespace

bool SmoothedSeries::update(const SeriesData& raw, WorkRoom& room) {
  if (generation_ != raw.generation() || data_->size() > raw.size()) {
    generation_ = raw.generation();
    weighted_sum_ = 0;
    weight_ = 0;
    data_->clear();
  }
  for (std::size_t i = data_->size(); i < raw.size() && !room.isEmpty(); ++i) {
    room.use(kLooksPerSample);
    const Sample& sample = raw.samples()[i];
    if (!isDrawable(sample.y)) {
      data_->append({sample.x, std::nan("")});
      continue;
    }
    const double decay = weight_ > 0 ? std::exp2(-(sample.x - last_x_) / half_life_) : 0;
    weighted_sum_ = weighted_sum_ * decay + sample.y;
    weight_ = weight_ * decay + 1;
    last_x_ = sample.x;
    data_->append({sample.x, weighted_sum_ / weight_});
  }
  return data_->size() == raw.size();
}

}  // namespace retort::gui
