#pragma once

#include <cstdint>
#include <vector>

namespace retort::train {

/// Whether a signal stays near its own past. With m the median of the `window` values before, a
/// value v >= 0 is outside when v > factor m or v < m / factor. No value is outside before the
/// window is full, nor while m is 0.
class RunningBand {
 public:
  /// `window` >= 1, `factor` > 1.
  RunningBand(std::int64_t window, double factor);

  /// v / m; 1 where there is no m, or m is 0.
  [[nodiscard]] double ratio(double value) const;

  [[nodiscard]] bool isAbove(double value) const;

  [[nodiscard]] bool isOutside(double value) const;

  /// Takes the value among those before the next.
  void add(double value);

  /// Of the values that are held, the mean of the middle two when they are even in number; 0 when
  /// there are none.
  [[nodiscard]] double median() const;

  /// Largest of them; 0 when there are none.
  [[nodiscard]] double maximum() const;

  /// The values, oldest first: all that there is to keep of the past.
  [[nodiscard]] const std::vector<double>& values() const { return values_; }

  /// Takes them up again; of more than `window` the last.
  void setValues(std::vector<double> values);

 private:
  [[nodiscard]] bool isFull() const { return static_cast<std::int64_t>(values_.size()) >= window_; }

  std::int64_t window_;
  double factor_;
  std::vector<double> values_;
};

}  // namespace retort::train
