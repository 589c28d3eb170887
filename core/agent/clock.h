#pragma once

#include <cstdint>

namespace retort {

/// The time. Abstract so that tests can let hours pass.
class Clock {
 public:
  virtual ~Clock() = default;
  /// UTC milliseconds since 1970, for records only: it may jump.
  [[nodiscard]] virtual std::int64_t wallMs() const = 0;
  /// Milliseconds that only grow, for durations; stands still while the machine sleeps.
  [[nodiscard]] virtual std::int64_t steadyMs() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] std::int64_t wallMs() const override;
  [[nodiscard]] std::int64_t steadyMs() const override;
};

}  // namespace retort
