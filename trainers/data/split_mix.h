#pragma once

#include <cstdint>

namespace retort::train {

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every platform, unlike the
/// distributions of <random>.
class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}

  /// An independent sequence for each pair.
  SplitMix64(std::uint64_t seed, std::uint64_t stream)
      : state_(SplitMix64(seed).next() ^ SplitMix64(~stream).next()) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }

  /// Uniform in [0, 1), of 53 bits.
  double uniform() { return static_cast<double>(next() >> 11U) * 0x1p-53; }

  /// Uniform in 0 … bound - 1 without bias: values of the incomplete last block are drawn again.
  std::uint64_t below(std::uint64_t bound) {
    const std::uint64_t rest = (0 - bound) % bound;
    std::uint64_t value = next();
    while (value < rest) {
      value = next();
    }
    return value % bound;
  }

 private:
  std::uint64_t state_;
};

/// The number of [0, 1) that belongs to a seed and a place in a table.
[[nodiscard]] inline double uniformAt(std::uint64_t seed, std::uint64_t row, std::uint64_t column) {
  return SplitMix64(SplitMix64(seed, row).next(), column).uniform();
}

}  // namespace retort::train
