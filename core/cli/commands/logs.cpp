#include "core/base/file.h"
#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/run_reference.h"
#include "core/cli/views/live_screen.h"
#include "core/cli/workspace_access.h"
#include "core/plan/run_requests.h"
#include "core/run/format.h"
#include "core/run/log_tail.h"

#include <memory>

#include <fmt/format.h>

namespace retort::cli {
namespace {

constexpr int kFollowMs = 300;

struct LogOptions {
  std::string run;
  std::int64_t lines = 200;
  bool is_following = false;
  bool shows_events = false;
  bool is_json = false;
};

Json eventJson(const Event& event) {
  return {{"kind", event.kind},
          {"attempt", event.attempt},
          {"time_ms", event.time_ms},
          {"step", event.step ? Json(*event.step) : Json(nullptr)},
          {"fields", event.fields}};
}

Result<int> printEvents(storage::WorkspaceStore& store,
                        const RunRecord& run,
                        const LogOptions& options) {
  storage::EventFilter filter;
  filter.run_id = run.spec.run_id;
  filter.limit = options.lines;
  filter.newest_first = true;
  const auto events = store.events().list(filter);
  if (!events) {
    return failWith(events.error());
  }
  if (options.is_json) {
    Json list = Json::array();
    for (auto logged = events->rbegin(); logged != events->rend(); ++logged) {
      list.push_back(eventJson(logged->event));
    }
    printJson(list);
    return 0;
  }
  for (auto logged = events->rbegin(); logged != events->rend(); ++logged) {
    const Event& event = logged->event;
    print(fmt::format("{}  {:<11} {}{}\n",
                      formatTime(event.time_ms),
                      escapeForTerminal(event.kind),
                      event.step ? fmt::format("step {} ", *event.step) : "",
                      escapeForTerminal(canonicalJson(event.fields))));
  }
  return 0;
}

/// Prints what is new until the run has ended or the user interrupts.
Result<int> follow(storage::WorkspaceStore& store, const RunRecord& run, LogTail& tail) {
  const StopSignals signals;
  while (true) {
    // The state is read before the text: what the run wrote before it ended is then printed.
    const auto current = store.runs().get(run.spec.run_id);
    const auto lines = tail.readLines();
    if (!lines) {
      return failWith(lines.error());
    }
    print(*lines);
    if (const Status written = finishOutput(); !written) {
      return failWith(written.error());
    }
    if (StopSignals::received() != 0) {
      return kInterrupted;
    }
    if (!current || isTerminal(current->state)) {
      print(tail.takeRest());
      return 0;
    }
    waitMilliseconds(kFollowMs);
  }
}

Result<int> showLog(const Session& session, const LogOptions& options) {
  auto store = openWorkspace(session, storage::Access::kReadOnly);
  if (!store) {
    return failWith(store.error());
  }
  const auto run = resolveRun(*store, options.run);
  if (!run) {
    return failWith(run.error());
  }
  if (options.shows_events) {
    return printEvents(*store, *run, options);
  }
  const std::filesystem::path file = session.paths.run(run->spec.run_id).log();
  LogTail tail(file);
  const auto last = tail.readLast(static_cast<std::size_t>(options.lines));
  if (!last) {
    return failWith(last.error());
  }
  print(*last);
  if (options.is_following) {
    return follow(*store, *run, tail);
  }
  print(tail.takeRest());
  if (last->empty()) {
    printError("the trainer has printed nothing; the run is " +
               std::string(runStateName(run->state)) + "\n");
  }
  return 0;
}

CommandBody declare(Arguments& arguments) {
  auto options = std::make_shared<LogOptions>();
  arguments.positional("RUN", options->run, "The run");
  arguments.number("-n,--lines", options->lines, 1, 1'000'000, "Show the last lines (default 200)");
  arguments.flag("-f,--follow", options->is_following, "Go on as the run writes, until it ends");
  arguments.flag("--events",
                 options->shows_events,
                 "Show what the trainer reported (phases, warnings, checkpoints) instead");
  arguments.flag("--json", options->is_json, "With --events: for scripts");
  return [options](Session& session) {
    return showLog(session, *options);
  };
}

}  // namespace

Command logsCommand() {
  return {"logs",
          "Look",
          "Show what a run's trainer printed",
          "  retort logs 3f2a\n"
          "  retort logs losses:4 -f\n"
          "  retort logs 3f2a --events -n 20",
          declare};
}

}  // namespace retort::cli
