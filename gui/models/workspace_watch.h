#pragma once

#include "core/run/run_record.h"
#include "storage/workspace_store.h"

#include <QObject>
#include <QTimer>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace retort::gui {

/// Reads the runs of a workspace again and again, and tells when they have changed. Never writes. A
/// workspace that does not exist yet, or is replaced, is opened as soon as it is there.
class WorkspaceWatch final : public QObject {
  Q_OBJECT

 public:
  explicit WorkspaceWatch(std::filesystem::path workspace, QObject* parent = nullptr);

  /// Looks now and then every 250 ms.
  void start();

  /// One look: microseconds when nothing has changed.
  void poll();

 Q_SIGNALS:
  void runsRead(const std::vector<retort::RunRecord>& runs);
  /// The workspace cannot be read; said once until it changes. `reason` is one sentence.
  void readFailed(const QString& reason);

 private:
  Result<std::optional<std::vector<RunRecord>>> readChanges();

  std::filesystem::path workspace_;
  QTimer timer_;
  std::optional<storage::WorkspaceStore> store_;
  std::int64_t seen_version_ = -1;
  QString last_failure_;
};

}  // namespace retort::gui
