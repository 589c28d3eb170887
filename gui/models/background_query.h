#pragma once

#include "storage/workspace_store.h"

#include <QObject>
#include <QThread>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

namespace retort::gui {

/// Reads the workspace away from the GUI thread, for reads that may take longer than a frame: one
/// thread with a read-only connection of its own. Only the newest query counts: an older one is
/// skipped when it has not begun, and its result dropped when it comes late.
class BackgroundQuery final : public QObject {
  Q_OBJECT

 public:
  explicit BackgroundQuery(std::filesystem::path workspace, QObject* parent = nullptr);
  /// Waits for the query that is running, if any; its result is dropped.
  ~BackgroundQuery() override;
  BackgroundQuery(const BackgroundQuery&) = delete;
  BackgroundQuery& operator=(const BackgroundQuery&) = delete;

  /// Calls `work` in the other thread and `done` with what it returned in this one. `work` must not
  /// touch anything of this thread: it captures values. A workspace that cannot be opened becomes
  /// the result's error.
  template <class T>
  void run(std::function<Result<T>(storage::WorkspaceStore&)> work,
           std::function<void(const Result<T>&)> done) {
    const std::int64_t generation = ++generation_;
    post(generation, [this, generation, work = std::move(work), done = std::move(done)] {
      auto* store = openStore();
      auto result = std::make_shared<const Result<T>>(
          store == nullptr ? Result<T>(failWith(open_error_)) : work(*store));
      deliver(generation, [done, result] { done(*result); });
    });
  }

  /// Forgets the queries under way.
  void cancel() { ++generation_; }

  [[nodiscard]] bool isBusy() const { return pending_ > 0; }

 private:
  void post(std::int64_t generation, std::function<void()> task);
  void deliver(std::int64_t generation, std::function<void()> done);
  storage::WorkspaceStore* openStore();

  std::filesystem::path workspace_;
  QThread thread_;
  std::unique_ptr<QObject> worker_;           ///< lives in thread_
  std::atomic<std::int64_t> generation_ = 0;  ///< read by the thread to skip what nobody waits for
  int pending_ = 0;                           ///< only this thread
  std::optional<storage::WorkspaceStore> store_;  ///< only the other thread
  Error open_error_{};                            ///< only the other thread
};

}  // namespace retort::gui
