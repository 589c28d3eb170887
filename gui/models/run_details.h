#pragma once

#include "core/run/run_record.h"
#include "storage/event_store.h"

#include <QStringList>

#include <string>
#include <vector>

namespace retort::storage {
class WorkspaceStore;
}

namespace retort::gui {

/// Everything about one run but its curves.
struct RunDetails {
  RunRecord run;  ///< with its spec
  std::vector<AttemptRecord> attempts;
  std::vector<storage::LoggedEvent> events;  ///< the newest, oldest first
  Json environment;                          ///< what the last attempt told; null: nothing
  std::vector<std::string> experiments;      ///< names, the latest first
};

[[nodiscard]] Result<RunDetails> loadRunDetails(storage::WorkspaceStore& store,
                                                const std::string& run_id);

/// As rows of texts for tables: name and value; …
[[nodiscard]] std::vector<QStringList> overviewRows(const RunDetails& details);
[[nodiscard]] std::vector<QStringList> settingRows(const RunDetails& details);
[[nodiscard]] std::vector<QStringList> environmentRows(const RunDetails& details);
/// Number, started, duration, how it ended, message.
[[nodiscard]] std::vector<QStringList> attemptRows(const RunDetails& details);
/// Time, attempt, kind, step, what.
[[nodiscard]] std::vector<QStringList> eventRows(const RunDetails& details);

}  // namespace retort::gui
