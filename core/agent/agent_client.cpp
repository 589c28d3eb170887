#include "core/agent/agent_client.h"

#include "core/agent/agent_lease.h"
#include "core/agent/program_output.h"
#include "core/agent/spawn.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>

namespace retort {
namespace {

constexpr std::int64_t kMaxLogTail = 1 << 20;

Argv agentCommand(const ClientOptions& options, const WorkspacePaths& paths) {
  Argv command = options.agent_command;
  if (command.empty()) {
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    command = {(self.parent_path() / "retort").string(), "agent"};
  }
  std::error_code error;
  command.insert(command.end(),
                 {"--workspace", std::filesystem::absolute(paths.folder, error).string()});
  return command;
}

Status startAgent(const ClientOptions& options, const WorkspacePaths& paths) {
  const FileDescriptor log(::open(
      paths.agentLog().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!log.isOpen()) {
    return tl::unexpected<Error>(systemError("cannot write", paths.agentLog()));
  }
  SpawnOptions spawn_options;
  spawn_options.argv = agentCommand(options, paths);
  // Not this process's folder: it could not be deleted or unmounted while the agent lives.
  spawn_options.folder = "/";
  spawn_options.output_fd = log.get();
  spawn_options.error_fd = log.get();
  spawn_options.is_detached = true;
  auto agent = spawn(spawn_options);
  if (!agent) {
    return failWith(withContext(agent.error(), "starting the agent"));
  }
  const Status started =
      openGateAndAwaitExec(*agent, spawn_options.argv.front(), options.start_timeout);
  return started ? Status() : failWith(withContext(started.error(), "starting the agent"));
}

std::string lastAgentWords(const WorkspacePaths& paths) {
  const auto text = readFile(paths.agentLog(), kMaxLogTail);
  const std::string line = text ? lastLine(*text, 300) : "";
  return line.empty() ? "" : fmt::format("; it said last: {}", escapeForTerminal(line));
}

// Sleeps between two looks, short at first: most answers come within one tick of the agent.
class Patience {
 public:
  Patience(const ClientOptions& options, std::chrono::milliseconds timeout)
      : options_(options),
        deadline_ms_(SystemClock().steadyMs() + timeout.count()) {}

  /// False when the time is over.
  bool rest() {
    std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms_));
    pause_ms_ = std::min(200, pause_ms_ * 2);
    is_canceled_ = options_.keep_waiting && !options_.keep_waiting();
    return !is_canceled_ && SystemClock().steadyMs() < deadline_ms_;
  }

  [[nodiscard]] bool isCanceled() const { return is_canceled_; }

 private:
  const ClientOptions& options_;
  std::int64_t deadline_ms_;
  int pause_ms_ = 10;
  bool is_canceled_ = false;
};

// Notices an agent that exists but does nothing: stopped, or on a host that died.
class HeartbeatWatch {
 public:
  explicit HeartbeatWatch(storage::WorkspaceStore& store) : store_(store) {}

  /// True when an agent is there and its heartbeat moved lately.
  Result<bool> isAlive() {
    const auto holder = store_.lease().holder();
    if (!holder) {
      return failWith(holder.error());
    }
    if (!*holder || isHolderGone(**holder, ownIdentity())) {
      return false;
    }
    const std::int64_t now_ms = SystemClock().steadyMs();
    if (!seen_ || *seen_ != **holder) {
      seen_ = *holder;
      since_ms_ = now_ms;
    }
    return now_ms - since_ms_ < LeaseContest::kGraceMs;
  }

  void forgive() { since_ms_ = SystemClock().steadyMs(); }

 private:
  storage::WorkspaceStore& store_;
  std::optional<storage::LeaseRecord> seen_;
  std::int64_t since_ms_ = 0;
};

}  // namespace

Result<bool> isAgentAlive(storage::WorkspaceStore& store) {
  return HeartbeatWatch(store).isAlive();
}

Status ensureAgentRunning(storage::WorkspaceStore& store, const ClientOptions& options) {
  auto alive = isAgentAlive(store);
  if (!alive || *alive) {
    return alive ? Status() : failWith(alive.error());
  }
  if (Status started = startAgent(options, store.paths()); !started) {
    return started;
  }
  Patience patience(options, options.start_timeout);
  do {
    alive = isAgentAlive(store);
    if (!alive) {
      return failWith(alive.error());
    }
    if (*alive) {
      return {};
    }
  } while (patience.rest());
  if (patience.isCanceled()) {
    return fail(ErrorCode::kCanceled, "canceled while the agent started");
  }
  return fail(ErrorCode::kProcess,
              fmt::format("the agent did not start within {} s{}",
                          options.start_timeout.count() / 1000,
                          lastAgentWords(store.paths())));
}

Status sendRequest(storage::WorkspaceStore& store,
                   std::string_view kind,
                   const Json& arguments,
                   const ClientOptions& options) {
  // Added before the agent is looked for: an agent that is about to end sees it and stays.
  const auto request_id = store.requests().add(kind, arguments, SystemClock().wallMs());
  if (!request_id) {
    return failWith(request_id.error());
  }
  HeartbeatWatch heartbeat(store);
  Patience patience(options, options.answer_timeout);
  do {
    const auto request = store.requests().get(*request_id);
    if (!request) {
      return failWith(request.error());
    }
    if (request->is_done) {
      return request->error.empty() ? Status() : fail(ErrorCode::kUsage, request->error);
    }
    const auto alive = heartbeat.isAlive();
    if (!alive) {
      return failWith(alive.error());
    }
    if (!*alive) {
      if (Status started = startAgent(options, store.paths()); !started) {
        return started;
      }
      if (Status running = ensureAgentRunning(store, options); !running) {
        return running;
      }
      heartbeat.forgive();
    }
  } while (patience.rest());
  if (patience.isCanceled()) {
    return fail(ErrorCode::kCanceled, "canceled; the agent carries the request out when it can");
  }
  return fail(ErrorCode::kProcess,
              fmt::format("the agent did not answer within {} s{}",
                          options.answer_timeout.count() / 1000,
                          lastAgentWords(store.paths())));
}

Status submit(storage::WorkspaceStore& store,
              const Submission& submission,
              const ClientOptions& options) {
  return sendRequest(store, "submit", toJson(submission), options);
}

}  // namespace retort
