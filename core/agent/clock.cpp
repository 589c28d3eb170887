#include "core/agent/clock.h"

#include "core/base/file.h"

#include <chrono>

namespace retort {

std::int64_t SystemClock::wallMs() const {
  return wallClockMs();
}

std::int64_t SystemClock::steadyMs() const {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  return duration_cast<milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace retort
