#include "trainers/analysis/running_band.h"

#include <algorithm>
#include <utility>

namespace retort::train {

RunningBand::RunningBand(std::int64_t window, double factor) : window_(window), factor_(factor) {}

double RunningBand::ratio(double value) const {
  const double middle = median();
  return middle > 0 ? value / middle : 1;
}

bool RunningBand::isAbove(double value) const {
  return isFull() && ratio(value) > factor_;
}

bool RunningBand::isOutside(double value) const {
  return isAbove(value) || (isFull() && ratio(value) < 1 / factor_);
}

void RunningBand::add(double value) {
  values_.push_back(value);
  setValues(std::move(values_));
}

double RunningBand::median() const {
  if (values_.empty()) {
    return 0;
  }
  std::vector<double> sorted = values_;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  if (sorted.size() % 2 == 1) {
    return *middle;
  }
  return (*middle + *std::max_element(sorted.begin(), middle)) / 2;
}

double RunningBand::maximum() const {
  return values_.empty() ? 0 : *std::max_element(values_.begin(), values_.end());
}

void RunningBand::setValues(std::vector<double> values) {
  const auto size = static_cast<std::int64_t>(values.size());
  if (size > window_) {
    values.erase(values.begin(), values.begin() + (size - window_));
  }
  values_ = std::move(values);
}

}  // namespace retort::train
