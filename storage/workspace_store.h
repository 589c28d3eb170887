#pragma once

#include "core/base/result.h"
#include "core/run/workspace_layout.h"
#include "storage/event_store.h"
#include "storage/experiment_store.h"
#include "storage/ingest_store.h"
#include "storage/lease_store.h"
#include "storage/metric_store.h"
#include "storage/request_store.h"
#include "storage/run_store.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace retort::storage {

enum class Access {
  kReadOnly,   ///< the GUI's views, `ls`, `show`, `compare`: never changes the file
  kReadWrite,  ///< the agent, and whoever adds requests; the workspace must exist
  kCreate,     ///< kReadWrite, and makes the folder and the database when there are none
};

struct OpenOptions {
  /// How long a call waits for another process's lock before it fails with "locked".
  int busy_timeout_ms = 5000;
  /// False keeps SQLite's rollback journal even where write-ahead logging would work.
  bool allow_wal = true;
};

/// The workspace database, WORKSPACE/workspace.db: an index of what the run directories hold, plus
/// requests, notes and tags. Opens it, migrates it, and hands out the stores, which speak domain
/// types only.
///
/// Threads: one WorkspaceStore belongs to one thread; each thread opens its own. Not to be used
/// after fork(). Processes: any number may have it open. The agent alone writes runs, metrics and
/// the lease; others write requests. Readers never wait for the writer, nor the writer for readers
/// (write-ahead logging).
///
/// Errors of all stores: kIo when the disk is full or the file cannot be written, kDatabase for a
/// lock that lasted longer than the busy timeout and for a damaged file, kNotFound / kAlreadyExists
/// as the methods say. After an error nothing of the failed call is stored, and the same call may
/// be tried again; the store stays usable.
class WorkspaceStore {
 public:
  /// Opens WORKSPACE/workspace.db, running missing migrations (never with kReadOnly) after a backup
  /// copy `workspace.db.backup-vN`. Two processes may create or migrate at once. kNotFound: no
  /// workspace here. kDatabase, file unchanged: not a database, another program's database, made by
  /// a newer version, changed schema or triggers, damaged. kDatabase: workspace.db is missing or
  /// empty while runs/ has content (says `retort reindex`). kIo: no permission.
  [[nodiscard]] static Result<WorkspaceStore> open(const std::filesystem::path& workspace,
                                                   Access access,
                                                   const OpenOptions& options = {});

  /// An empty store in memory, for tests.
  [[nodiscard]] static Result<WorkspaceStore> openInMemory();

  ~WorkspaceStore();
  WorkspaceStore(WorkspaceStore&&) noexcept;
  WorkspaceStore& operator=(WorkspaceStore&&) noexcept;

  [[nodiscard]] RunStore& runs();
  [[nodiscard]] ExperimentStore& experiments();
  [[nodiscard]] RequestStore& requests();
  [[nodiscard]] LeaseStore& lease();
  [[nodiscard]] IngestStore& ingest();
  [[nodiscard]] MetricStore& metrics();
  [[nodiscard]] EventStore& events();

  /// Runs `body` in one write transaction (BEGIN IMMEDIATE): all of its changes or, when it returns
  /// an error or the commit fails, none. Every writing method of the stores is a transaction of its
  /// own when called outside, and joins this one inside: the agent wraps each tick in one `write`.
  /// May be nested; an error must then be passed on outwards, the whole transaction is rolled back.
  Status write(const std::function<Status()>& body);

  /// Runs `body` on one unchanging snapshot. Keep it short (below 100 ms): the log grows while a
  /// reader is inside. Writing inside is a programmer error and aborts.
  Status read(const std::function<Status()>& body);

  /// Changes whenever another connection has committed something; for polling, a few microseconds.
  [[nodiscard]] Result<std::int64_t> dataVersion();

  /// True when workspace.db is no longer the file that was opened (deleted, replaced): close and
  /// open again.
  [[nodiscard]] bool isReplaced() const;

  /// SQLite's quick_check, cut off after `limit_ms`. Returns the problems found; empty: none within
  /// the time.
  [[nodiscard]] Result<std::vector<std::string>> quickCheck(int limit_ms);

  /// Copies the database, consistent even while others write, to `file`, which must not exist
  /// (kAlreadyExists).
  Status backupTo(const std::filesystem::path& file);

  /// Moves the write-ahead log into the database and empties it; gives up quietly while readers
  /// need it. The agent calls it when a run ends.
  Status truncateLog();

  /// Bytes in the write-ahead log now; 0 when there is none.
  [[nodiscard]] std::int64_t logBytes() const;

  /// What the user should know about how it was opened: network file system, read-only snapshot.
  [[nodiscard]] const std::vector<std::string>& warnings() const;

  [[nodiscard]] const WorkspacePaths& paths() const;

 private:
  struct State;
  explicit WorkspaceStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace retort::storage
