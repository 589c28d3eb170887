#pragma once

#include "gui/models/run_list.h"
#include "storage/workspace_store.h"

#include <QObject>
#include <QThread>
#include <QTimer>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

namespace retort::gui {

/// Reads the runs of a workspace again and again, and tells when they have changed. Never writes. A
/// workspace that does not exist yet, or is replaced, is opened as soon as it is there.
class WorkspaceWatch final : public QObject {
  Q_OBJECT

 public:
  explicit WorkspaceWatch(std::filesystem::path workspace, QObject* parent = nullptr);
  ~WorkspaceWatch() override;
  WorkspaceWatch(const WorkspaceWatch&) = delete;
  WorkspaceWatch& operator=(const WorkspaceWatch&) = delete;

  /// Looks at once, and then every 250 ms, in another thread: ten thousand runs take longer to read
  /// than a frame lasts.
  void start();

 Q_SIGNALS:
  void runsRead(const retort::gui::SharedRuns& runs);
  /// The workspace cannot be read; said once until it changes. `reason` is one sentence.
  void readFailed(const QString& reason);

 private:
  using Look = Result<SharedRuns>;

  /// A connection and what it has seen.
  struct Reader {
    std::filesystem::path workspace;
    std::optional<storage::WorkspaceStore> store;
    std::int64_t seen_version = -1;

    /// Null when nothing has been committed since the last look.
    Look look();

   private:
    Look readChanges();
  };

  void lookElsewhere();
  void take(const Look& look);

  Reader reader_;  ///< only the other thread
  QThread thread_;
  std::unique_ptr<QObject> worker_;  ///< lives in thread_
  bool is_looking_ = false;
  QTimer timer_;
  QString last_failure_;
};

}  // namespace retort::gui
