#include "core/cli/grid_runner.h"

#include "core/agent/agent_client.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/views/live_screen.h"
#include "core/cli/views/progress_view.h"
#include "core/run/format.h"

#include <algorithm>

namespace retort::cli {
namespace {

constexpr int kTerminalTickMs = 250;
constexpr int kPlainTickMs = 500;
constexpr std::int64_t kSummaryEveryMs = 10'000;
constexpr std::int64_t kAgentCheckEveryMs = 3'000;

Error toError(const std::vector<experiments::Diagnostic>& diagnostics) {
  const bool is_usage = std::all_of(
      diagnostics.begin(), diagnostics.end(), [](const experiments::Diagnostic& diagnostic) {
        return !diagnostic.place.option.empty();
      });
  std::string text = experiments::formatDiagnostics(diagnostics);
  while (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  return {is_usage ? ErrorCode::kUsage : ErrorCode::kInvalidConfig, text};
}

/// True when this was submitted last under its name and all of its runs have ended with a result.
bool isDone(storage::WorkspaceStore& store, const Submission& submission) {
  const auto known = store.experiments().find(submission.experiment);
  if (!known || known->text != submission.text || known->runs.size() != submission.runs.size()) {
    return false;
  }
  for (std::size_t i = 0; i < submission.runs.size(); ++i) {
    if (known->runs[i] != submission.runs[i].membership) {
      return false;
    }
    const auto run = store.runs().get(known->runs[i].run_id);
    if (!run || (run->state != RunState::kFinished && run->state != RunState::kDiverged)) {
      return false;
    }
  }
  return true;
}

/// Shows progress in the way that suits standard output.
class ProgressPrinter {
 public:
  ProgressPrinter(const Session& session, bool is_quiet)
      : is_quiet_(is_quiet),
        is_live_(session.terminal.is_terminal),
        started_ms_(wallClockMs()) {}

  void show(const GridProgress& progress) {
    if (is_quiet_) {
      return;
    }
    if (is_live_) {
      showLive(progress);
    } else {
      showPlain(progress);
    }
    before_ = progress;
    (void)finishOutput();
  }

  void finish() {
    if (is_live_ && !is_quiet_) {
      block_.clear();
    }
  }

  [[nodiscard]] int tickMs() const { return is_live_ ? kTerminalTickMs : kPlainTickMs; }

 private:
  void showLive(const GridProgress& progress) {
    const TerminalTraits terminal = detectTerminal();  // it may have been resized
    // What went well is in the counts; what did not stays on the screen.
    const std::vector<std::string> kept = renderTroubles(before_, progress);
    if (!kept.empty()) {
      block_.clear();
      print(joinStrings(kept, "\n") + "\n");
    }
    block_.draw(renderProgressBlock(
        progress, started_ms_, terminal.columns - 1, std::min<std::size_t>(terminal.rows - 2, 16)));
  }

  void showPlain(const GridProgress& progress) {
    for (const std::string& line : renderChanges(before_, progress)) {
      print(line + "\n");
    }
    if (progress.now_ms - last_summary_ms_ >= kSummaryEveryMs) {
      print(renderSummaryLine(progress) + "\n");
      last_summary_ms_ = progress.now_ms;
    }
  }

  bool is_quiet_;
  bool is_live_;
  std::int64_t started_ms_;
  std::int64_t last_summary_ms_ = 0;
  GridProgress before_;
  LiveBlock block_;
};

}  // namespace

Result<experiments::ExpandedExperiment> expandGrid(Catalogues& catalogues,
                                                   const GridOptions& options) {
  std::error_code error;
  if (!std::filesystem::exists(options.file, error)) {
    return fail(ErrorCode::kNotFound, "there is no file " + options.file.string());
  }
  const auto file = experiments::readExperimentFile(options.file, options.overrides);
  if (!file) {
    return failWith(toError(file.error()));
  }
  const auto provider = [&](const std::string& trainer) {
    return catalogues.find(trainer);
  };
  auto expanded = experiments::expandExperiment(*file, provider, {options.limit});
  if (!expanded) {
    return failWith(toError(expanded.error()));
  }
  return std::move(*expanded);
}

Result<std::vector<std::string>> submitGrid(storage::WorkspaceStore& store,
                                            const Submission& submission,
                                            std::int64_t jobs) {
  std::vector<std::string> ids;
  for (const SubmittedRun& run : submission.runs) {
    ids.push_back(run.spec.run_id);
  }
  if (isDone(store, submission)) {
    return ids;
  }
  if (jobs > 0) {
    if (Status sent = sendRequest(store, "configure", {{"jobs", jobs}}); !sent) {
      return failWith(sent.error());
    }
  }
  if (Status sent = submit(store, submission); !sent) {
    return failWith(sent.error());
  }
  return ids;
}

Result<WaitResult> waitForRuns(const Session& session,
                               storage::WorkspaceStore& store,
                               const std::string& title,
                               const std::vector<std::string>& run_ids,
                               bool is_quiet) {
  const StopSignals signals;
  ProgressPrinter printer(session, is_quiet);
  std::int64_t last_agent_check_ms = wallClockMs();
  while (true) {
    auto progress = loadProgress(store, title, run_ids);
    if (!progress) {
      return failWith(progress.error());
    }
    printer.show(*progress);
    if (progress->isSettled() || StopSignals::received() != 0) {
      printer.finish();
      const bool is_settled = progress->isSettled();
      return WaitResult{std::move(*progress), !is_settled};
    }
    if (progress->now_ms - last_agent_check_ms >= kAgentCheckEveryMs) {
      last_agent_check_ms = progress->now_ms;
      if (Status running = ensureAgentRunning(store); !running) {
        printer.finish();
        return failWith(running.error());
      }
    }
    waitMilliseconds(printer.tickMs());
  }
}

int waitExitCode(const WaitResult& result) {
  if (result.is_interrupted) {
    return kInterrupted;
  }
  return failureText(result.progress).empty() ? 0 : 1;
}

std::string failureText(const GridProgress& progress) {
  std::string text;
  for (const RunProgress& run : progress.runs) {
    if (run.state != RunState::kFinished && run.state != RunState::kDiverged) {
      text += std::string(runStateName(run.state)) + " " + shortId(run.run_id) + " " + run.name +
              (run.message.empty() ? "" : ": " + run.message) + "\n";
    }
  }
  return escapeForTerminal(text, true);
}

}  // namespace retort::cli
