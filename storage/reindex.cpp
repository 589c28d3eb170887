#include "storage/reindex.h"

#include "storage/event_follower.h"
#include "storage/open_database.h"
#include "storage/sqlite/transaction.h"
#include "storage/submission_copy.h"
#include "storage/workspace_store.h"

#include <algorithm>
#include <map>
#include <set>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace retort::storage {
namespace {

// The files of a database, itself last.
constexpr const char* kFileSuffixes[] = {"-wal", "-shm", "-journal", ""};

// What the old database knew of a run.
struct Memory {
  RunRecord record;
  std::vector<AttemptRecord> attempts;
};

using Memories = std::map<std::string, Memory>;

Memories readMemories(const WorkspacePaths& paths, std::vector<std::string>& problems) {
  Memories memories;
  std::error_code error;
  if (!fs::exists(paths.database(), error) || fs::file_size(paths.database(), error) == 0) {
    return memories;
  }
  Result<WorkspaceStore> store = WorkspaceStore::open(paths.folder, Access::kReadOnly);
  RunFilter without_spec;
  without_spec.with_spec = false;
  auto runs = store ? store->runs().list(without_spec)
                    : Result<std::vector<RunRecord>>(failWith(store.error()));
  if (!runs) {
    problems.push_back("notes, tags and priorities are lost: " + runs.error().message);
    return memories;
  }
  for (RunRecord& run : *runs) {
    Result<std::vector<AttemptRecord>> attempts = store->runs().attempts(run.spec.run_id);
    std::string run_id = run.spec.run_id;
    memories.emplace(run_id,
                     Memory{std::move(run), attempts ? *attempts : std::vector<AttemptRecord>()});
  }
  return memories;
}

std::vector<std::string> runFolders(const WorkspacePaths& paths) {
  std::vector<std::string> ids;
  std::error_code error;
  for (fs::directory_iterator entry(paths.runs(), error), end; !error && entry != end;
       entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (isRunId(name)) {
      ids.push_back(std::move(name));
    }
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::optional<RunState> stateOfStatus(const Json& status) {
  static const std::map<std::string, RunState> states = {{"finished", RunState::kFinished},
                                                         {"diverged", RunState::kDiverged},
                                                         {"stopped", RunState::kStopped},
                                                         {"failed", RunState::kFailed}};
  auto found = status.is_string() ? states.find(status.get<std::string>()) : states.end();
  return found == states.end() ? std::nullopt : std::optional(found->second);
}

// The "end" of the last attempt; null when it has none.
const Event* lastEnd(const std::vector<Event>& events) {
  const Event* end = nullptr;
  for (const Event& event : events) {
    if (event.kind == "open") {
      end = nullptr;
    } else if (event.kind == "end") {
      end = &event;
    }
  }
  return end;
}

std::string textOf(const Json& fields, const char* key) {
  auto field = fields.find(key);
  return field != fields.end() && field->is_string() ? field->get<std::string>() : std::string();
}

class Reindexer {
 public:
  Reindexer(const WorkspacePaths& paths,
            Database& database,
            const SpecReader& read_spec,
            Memories memories,
            std::int64_t now_ms)
      : paths_(paths),
        runs_(database),
        experiments_(database),
        ingest_(database),
        database_(&database),
        read_spec_(read_spec),
        memories_(std::move(memories)),
        now_ms_(now_ms) {}

  Status rebuild(ReindexReport& report) {
    report_ = &report;
    std::vector<std::string> folders = runFolders(paths_);
    if (Status added = addExperiments({folders.begin(), folders.end()}); !added) {
      return added;
    }
    for (const std::string& run_id : folders) {
      Result<bool> is_known = addRun(run_id);
      if (!is_known) {
        return failWith(is_known.error());
      }
      if (!*is_known) {
        continue;
      }
      ++report.runs;
      Status restored = inWrite(*database_, [&] { return restore(run_id); });
      if (!restored) {
        return restored;
      }
    }
    return {};
  }

 private:
  Status addExperiments(const std::set<std::string>& folders) {
    for (const SubmissionCopy& copy : readSubmissionCopies(paths_, report_->problems)) {
      Result<AddedExperiment> added = experiments_.add(copy.submission, copy.created_ms);
      if (!added) {
        return failWith(added.error());
      }
      ++report_->experiments;
      for (const std::string& run_id : added->new_runs) {
        if (folders.contains(run_id)) {
          continue;
        }
        if (Status removed = runs_.remove(run_id); !removed) {
          return removed;
        }
      }
    }
    return {};
  }

  // False: nothing is known of it but its folder.
  Result<bool> addRun(const std::string& run_id) {
    if (runs_.get(run_id)) {
      return true;
    }
    Result<RunSpec> spec = read_spec_(paths_.run(run_id).spec());
    if (spec && spec->run_id != run_id) {
      spec = fail(ErrorCode::kInvalidData,
                  fmt::format("{}: says run {}", paths_.run(run_id).spec().string(), spec->run_id));
    }
    if (!spec) {
      report_->problems.push_back(
          fmt::format("run {} was left out: {}", run_id, spec.error().message));
      return false;
    }
    RunRecord record;
    record.spec = std::move(*spec);
    auto memory = memories_.find(run_id);
    record.name = memory == memories_.end() ? run_id : memory->second.record.name;
    record.created_ms = memory == memories_.end() ? now_ms_ : memory->second.record.created_ms;
    if (Status inserted = runs_.insert(record); !inserted) {
      return failWith(inserted.error());
    }
    return true;
  }

  // Events, then what they leave open.
  Status restore(const std::string& run_id) {
    EventFollower follower(ingest_);
    Result<FollowResult> followed = follower.drain(run_id, paths_.run(run_id).events());
    std::vector<Event> events;
    if (followed) {
      report_->event_bytes += followed->bytes;
      events = std::move(followed->events);
    } else if (followed.error().code == ErrorCode::kProtocol ||
               followed.error().code == ErrorCode::kIo) {
      report_->problems.push_back(
          fmt::format("events of run {} were left out: {}", run_id, followed.error().message));
    } else {
      return failWith(followed.error());
    }
    auto memory = memories_.find(run_id);
    if (memory != memories_.end()) {
      if (Status remembered = restoreMemory(run_id, memory->second); !remembered) {
        return remembered;
      }
    }
    return restoreState(run_id, events);
  }

  Status restoreMemory(const std::string& run_id, const Memory& memory) {
    const RunRecord& old = memory.record;
    Status done = runs_.setNote(run_id, old.note);
    if (done) {
      done = runs_.changeTags(run_id, old.tags, {});
    }
    if (done) {
      done = runs_.setPriority(run_id, old.priority);
    }
    if (done) {
      done = runs_.setResources(run_id, old.resources);
    }
    if (done) {
      done = runs_.setRetry(run_id, old.crashes, old.not_before_ms);
    }
    for (const AttemptRecord& attempt : memory.attempts) {
      if (done) {
        done = runs_.startAttempt(run_id, attempt);
      }
    }
    return done;
  }

  // The last attempt's end decides; without one, what was remembered.
  Status restoreState(const std::string& run_id, const std::vector<Event>& events) {
    auto opened = std::find_if(
        events.begin(), events.end(), [](const Event& event) { return event.kind == "open"; });
    if (opened != events.end()) {
      Status started = runs_.setState(run_id, RunState::kRunning, "", opened->time_ms);
      if (!started) {
        return started;
      }
    }
    const Event* end = lastEnd(events);
    std::optional<RunState> state =
        end == nullptr ? std::nullopt : stateOfStatus(end->fields.value("status", Json()));
    if (state) {
      if (Status closed = closeAttempt(run_id, *end); !closed) {
        return closed;
      }
      return runs_.setState(run_id, *state, textOf(end->fields, "message"), end->time_ms);
    }
    return restoreStateWithoutEnd(run_id, opened != events.end());
  }

  Status restoreStateWithoutEnd(const std::string& run_id, bool has_started) {
    auto memory = memories_.find(run_id);
    if (memory != memories_.end()) {
      const RunRecord& old = memory->second.record;
      return runs_.setState(run_id, old.state, old.message, old.ended_ms.value_or(now_ms_));
    }
    const char* message =
        has_started ? "its end is not recorded; resume it to go on from its checkpoint"
                    : "had not started when the workspace was reindexed; resume it to run it";
    return runs_.setState(run_id, RunState::kStopped, message, now_ms_);
  }

  // Attempts that only the event file tells of get their end from it.
  Status closeAttempt(const std::string& run_id, const Event& ended) {
    Result<std::optional<AttemptRecord>> last = runs_.lastAttempt(run_id);
    if (!last) {
      return failWith(last.error());
    }
    if (!last->has_value() || (*last)->attempt != ended.attempt || (*last)->ended_ms) {
      return {};
    }
    AttemptRecord attempt = **last;
    attempt.ended_ms = ended.time_ms;
    attempt.message = textOf(ended.fields, "message");
    auto code = ended.fields.find("exit_code");
    if (code != ended.fields.end() && code->is_number_integer()) {
      attempt.exit_code = code->get<int>();
    }
    return runs_.endAttempt(run_id, attempt);
  }

  const WorkspacePaths& paths_;
  RunStore runs_;
  ExperimentStore experiments_;
  IngestStore ingest_;
  Database* database_;
  const SpecReader& read_spec_;
  Memories memories_;
  std::int64_t now_ms_;
  ReindexReport* report_ = nullptr;
};

Status renameFile(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) {
    return fail(
        ErrorCode::kIo,
        fmt::format("cannot rename {} to {}: {}", from.string(), to.string(), error.message()));
  }
  return {};
}

fs::path freeNameFor(const fs::path& file, std::int64_t now_ms) {
  std::error_code error;
  fs::path name = fmt::format("{}.old-{}", file.string(), now_ms);
  for (int number = 2; fs::exists(name, error); ++number) {
    name = fmt::format("{}.old-{}-{}", file.string(), now_ms, number);
  }
  return name;
}

// The log goes with its database: without it committed rows would be lost, and beside the new
// database it would destroy that. All files are moved or none.
Result<fs::path> putAside(const fs::path& file, std::int64_t now_ms) {
  std::error_code error;
  fs::path aside = freeNameFor(file, now_ms);
  std::vector<std::string> moved;
  for (const char* suffix : kFileSuffixes) {
    if (!fs::exists(file.string() + suffix, error)) {
      continue;
    }
    if (Status renamed = renameFile(file.string() + suffix, aside.string() + suffix); !renamed) {
      for (const std::string& back : moved) {
        fs::rename(aside.string() + back, file.string() + back, error);
      }
      return failWith(renamed.error());
    }
    moved.emplace_back(suffix);
  }
  bool had_database = !moved.empty() && moved.back().empty();
  return had_database ? aside : fs::path();
}

}  // namespace

Result<ReindexReport> reindex(const WorkspacePaths& paths,
                              const SpecReader& read_spec,
                              std::int64_t now_ms) {
  ReindexReport report;
  fs::path fresh = fmt::format("{}.reindex-{}", paths.database().string(), ::getpid());
  std::error_code error;
  fs::remove(fresh, error);
  Status rebuilt;
  {
    Result<std::unique_ptr<Database>> database = createDatabase(fresh);
    if (!database) {
      return failWith(database.error());
    }
    Reindexer reindexer(paths, **database, read_spec, readMemories(paths, report.problems), now_ms);
    rebuilt = reindexer.rebuild(report);
  }
  if (!rebuilt) {
    fs::remove(fresh, error);
    return failWith(withContext(rebuilt.error(), "reindexing"));
  }
  Result<fs::path> aside = putAside(paths.database(), now_ms);
  if (!aside) {
    fs::remove(fresh, error);
    return failWith(aside.error());
  }
  report.old_database = *aside;
  if (Status renamed = renameFile(fresh, paths.database()); !renamed) {
    return failWith(renamed.error());
  }
  return report;
}

}  // namespace retort::storage
