#include "core/agent/request_handler.h"

#include "core/agent/run_folder.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/plan/run_requests.h"
#include "core/run/submission.h"
#include "storage/submission_copy.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace retort {
namespace {

bool isOf(const Request& request, std::initializer_list<std::string_view> kinds) {
  return std::ranges::find(kinds, request.kind) != kinds.end();
}

// Texts under `key`; a missing key is an empty list.
std::vector<std::string> textList(const Json& arguments, const char* key) {
  std::vector<std::string> texts;
  if (const auto found = arguments.find(key); found != arguments.end() && found->is_array()) {
    for (const Json& text : *found) {
      if (text.is_string()) {
        texts.push_back(text.get<std::string>());
      }
    }
  }
  return texts;
}

std::optional<int> intArgument(const Json& arguments, const char* key) {
  const auto found = arguments.find(key);
  if (found == arguments.end() || !found->is_number_integer()) {
    return std::nullopt;
  }
  const auto value = found->get<std::int64_t>();
  constexpr std::int64_t kLimit = 1'000'000'000;
  return static_cast<int>(std::clamp(value, -kLimit, kLimit));
}

bool boolArgument(const Json& arguments, const char* key) {
  const auto found = arguments.find(key);
  return found != arguments.end() && found->is_boolean() && found->get<bool>();
}

std::string textArgument(const Json& arguments, const char* key) {
  const auto found = arguments.find(key);
  return found != arguments.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

RequestHandler::RequestHandler(storage::WorkspaceStore& store, const Clock& clock)
    : store_(&store),
      clock_(&clock) {}

Result<RequestEffects> RequestHandler::carryOutPending() {
  const auto pending = store_->requests().pending();
  if (!pending) {
    return failWith(pending.error());
  }
  RequestEffects effects;
  for (const Request& request : *pending) {
    const auto answer = carryOut(request, effects);
    if (!answer) {
      return failWith(answer.error());
    }
    if (!answer->has_value()) {
      effects.has_waiting = true;
      continue;
    }
    if (const Status done = store_->requests().complete(request.request_id, **answer); !done) {
      return failWith(done.error());
    }
    effects.has_changed = true;
  }
  return effects;
}

Result<RequestHandler::Answer> RequestHandler::carryOut(const Request& request,
                                                        RequestEffects& effects) {
  if (!request.arguments.is_object()) {
    return Answer("the arguments of a request must be an object");
  }
  if (request.kind == "submit") {
    return carryOutSubmit(request.arguments);
  }
  if (request.kind == "shutdown") {
    effects.shut_down = true;
    effects.stop_runs = boolArgument(request.arguments, "stop_runs");
    return Answer("");
  }
  if (request.kind == "configure") {
    const auto jobs = intArgument(request.arguments, "jobs");
    if (!jobs || *jobs < 0) {
      return Answer("configure: 'jobs' must be a number of runs, 0 for no limit");
    }
    effects.jobs = *jobs;
    return Answer("");
  }
  if (isOf(request,
           {"stop", "resume", "retry", "pause", "unpause", "remove", "priority", "note", "tag"})) {
    return carryOutForRuns(request, effects);
  }
  return Answer(fmt::format("unknown request '{}'", escapeForTerminal(request.kind)));
}

Result<RequestHandler::Answer> RequestHandler::carryOutSubmit(const Json& arguments) {
  const auto submission = submissionFromJson(arguments);
  if (!submission) {
    return Answer(submission.error().message);
  }
  for (const SubmittedRun& run : submission->runs) {
    if (!isRunId(run.spec.run_id)) {
      return Answer(fmt::format("'{}' is not a run id", escapeForTerminal(run.spec.run_id)));
    }
  }
  const std::int64_t now_ms = clock_->wallMs();
  if (const auto copy = storage::saveSubmissionCopy(store_->paths(), *submission, now_ms); !copy) {
    return Answer(copy.error().message);
  }
  const auto added = store_->experiments().add(*submission, now_ms);
  if (!added) {
    return failWith(added.error());
  }
  // Submitting again means: make it complete. Results stay, what was stopped or failed goes on.
  for (const SubmittedRun& submitted : submission->runs) {
    const auto run = store_->runs().get(submitted.spec.run_id);
    if (!run) {
      return failWith(run.error());
    }
    if (run->state == RunState::kStopped || run->state == RunState::kFailed) {
      if (const auto resumed = resumeRun(*run)) {
        if (const Status saved = saveState(*run, *resumed); !saved) {
          return failWith(saved.error());
        }
      }
    }
  }
  return Answer("");
}

Result<RequestHandler::Answer> RequestHandler::carryOutForRuns(const Request& request,
                                                               RequestEffects& effects) {
  const std::vector<std::string> run_ids = textList(request.arguments, "run_ids");
  std::vector<RunRecord> runs;
  std::vector<std::string> errors;
  for (const std::string& run_id : run_ids) {
    auto run = store_->runs().get(run_id);
    if (run) {
      runs.push_back(*std::move(run));
    } else if (run.error().code == ErrorCode::kNotFound) {
      errors.push_back(fmt::format("there is no run '{}'", escapeForTerminal(run_id)));
    } else {
      return failWith(run.error());
    }
  }
  const auto is_stopping = [](const RunRecord& run) {
    return run.state == RunState::kStopping;
  };
  if (isOf(request, {"resume", "retry"}) && std::ranges::any_of(runs, is_stopping)) {
    return Answer();
  }
  for (const RunRecord& run : runs) {
    const auto answer = carryOutForRun(request, run, effects);
    if (!answer) {
      return failWith(answer.error());
    }
    if (!answer->value_or("").empty()) {
      errors.push_back(**answer);
    }
  }
  return Answer(joinStrings(errors, "; "));
}

Result<RequestHandler::Answer> RequestHandler::carryOutForRun(const Request& request,
                                                              const RunRecord& run,
                                                              RequestEffects& effects) {
  const Json& arguments = request.arguments;
  const std::string& run_id = run.spec.run_id;
  Result<RunRecord> after = run;
  Status status;
  if (request.kind == "stop") {
    after = stopRun(run, clock_->wallMs());
    if (isActive(after->state)) {
      effects.stops.push_back(run_id);
    }
  } else if (request.kind == "resume") {
    after = resumeRun(run);
  } else if (request.kind == "retry") {
    after = retryRun(run);
    if (after && boolArgument(arguments, "from_start") && !isActive(run.state)) {
      if (const Status removed = removeCheckpoints(store_->paths(), run_id); !removed) {
        return Answer(removed.error().message);
      }
    }
  } else if (request.kind == "pause") {
    after = pauseRun(run);
  } else if (request.kind == "unpause") {
    after = unpauseRun(run);
  } else if (request.kind == "priority") {
    status = store_->runs().setPriority(run_id, intArgument(arguments, "priority").value_or(0));
  } else if (request.kind == "note") {
    status = store_->runs().setNote(run_id, textArgument(arguments, "note"));
  } else if (request.kind == "tag") {
    status = store_->runs().changeTags(
        run_id, textList(arguments, "add"), textList(arguments, "remove"));
  } else {
    if (const Status removable = checkRemovable(run); !removable) {
      return Answer(removable.error().message);
    }
    // The folder first: should the transaction fail, the request is still there and deletes the
    // rest.
    if (const Status removed = removeRunFolder(store_->paths(), run_id); !removed) {
      return Answer(removed.error().message);
    }
    status = store_->runs().remove(run_id);
  }
  if (!after) {
    return Answer(after.error().message);
  }
  if (status) {
    status = saveState(run, *after);
  }
  return status ? Result<Answer>(Answer("")) : failWith(status.error());
}

Status RequestHandler::saveState(const RunRecord& before, const RunRecord& after) {
  if (before == after) {
    return {};
  }
  const std::string& run_id = after.spec.run_id;
  const Status state =
      store_->runs().setState(run_id, after.state, after.message, clock_->wallMs());
  return state ? store_->runs().setRetry(run_id, after.crashes, after.not_before_ms) : state;
}

}  // namespace retort
