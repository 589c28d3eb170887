#pragma once

#include "gui/models/disposed_elsewhere.h"

#include <QObject>
#include <QThread>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

namespace retort::gui {

/// Computes away from the GUI thread, in one thread of its own. Only the newest task counts: an
/// older one is skipped when it has not begun, and its result dropped when it comes late.
class BackgroundTask final : public QObject {
  Q_OBJECT

 public:
  explicit BackgroundTask(QObject* parent = nullptr);
  /// Waits for the task that is running, if any; its result is dropped.
  ~BackgroundTask() override;
  BackgroundTask(const BackgroundTask&) = delete;
  BackgroundTask& operator=(const BackgroundTask&) = delete;

  /// Calls `work` in the other thread and `done` with what it returned in this one. `work` must not
  /// touch anything of this thread: it captures values.
  template <class T>
  void run(std::function<T()> work, std::function<void(const std::shared_ptr<const T>&)> done) {
    const std::int64_t generation = ++generation_;
    post([this, generation, work = std::move(work), done = std::move(done)] {
      if (generation != generation_) {
        return;
      }
      const auto result = disposedElsewhere(std::make_unique<const T>(work()));
      deliver(generation, [done, result] { done(result); });
    });
  }

  /// Forgets the task under way.
  void cancel() { ++generation_; }

 private:
  void post(std::function<void()> task);
  void deliver(std::int64_t generation, std::function<void()> done);

  QThread thread_;
  std::unique_ptr<QObject> worker_;           ///< lives in thread_
  std::atomic<std::int64_t> generation_ = 0;  ///< read by the thread to skip what nobody waits for
};

}  // namespace retort::gui
