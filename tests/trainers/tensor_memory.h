#pragma once

#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>

#include <algorithm>
#include <cstdint>
#include <memory>

namespace retort::train {

/// Counts the bytes that this thread's CPU tensors take, from its construction to its end: what was
/// allocated since and is still there, and the most that it ever was.
class TensorMemory {
 public:
  TensorMemory()
      : counter_(std::make_shared<Counter>()),
        guard_(c10::DebugInfoKind::PROFILER_STATE, counter_) {}

  [[nodiscard]] std::int64_t live() const { return counter_->live; }

  [[nodiscard]] std::int64_t peak() const { return counter_->peak; }

  /// The peak begins anew.
  void forgetPeak() { counter_->peak = counter_->live; }

 private:
  struct Counter : c10::MemoryReportingInfoBase {
    void reportMemoryUsage(void* /*memory*/,
                           std::int64_t bytes,
                           std::size_t /*total_allocated*/,
                           std::size_t /*total_reserved*/,
                           c10::Device /*device*/) override {
      live += bytes;
      peak = std::max(peak, live);
    }

    [[nodiscard]] bool memoryProfilingEnabled() const override { return true; }

    std::int64_t live = 0;
    std::int64_t peak = 0;
  };

  std::shared_ptr<Counter> counter_;
  c10::DebugInfoGuard guard_;
};

}  // namespace retort::train
