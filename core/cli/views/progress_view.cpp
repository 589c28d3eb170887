#include "core/cli/views/progress_view.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/views/chart.h"
#include "core/run/format.h"
#include "core/tables/text_width.h"

#include <algorithm>

#include <fmt/format.h>

namespace retort::cli {
namespace {

constexpr std::size_t kLeastName = 8;
constexpr std::size_t kMostName = 48;
// Bar, steps, rate, time left and loss with the blanks between them; narrow terminals do without
// the percentage.
constexpr std::size_t kNarrowColumns = 100;
constexpr std::size_t kWideFixed = 62;
constexpr std::size_t kNarrowFixed = 50;
constexpr std::size_t kWideBar = 12;
constexpr std::size_t kNarrowBar = 6;

std::string rateText(const RunProgress& run) {
  return run.steps_per_second ? formatShort(*run.steps_per_second) + "/s" : "";
}

std::string percentText(const RunProgress& run) {
  return run.total_steps > 0
             ? fmt::format("{:3.0f} %",
                           100.0 * static_cast<double>(std::min(run.step, run.total_steps)) /
                               static_cast<double>(run.total_steps))
             : "";
}

double fraction(const RunProgress& run) {
  return run.total_steps > 0 ? static_cast<double>(run.step) / static_cast<double>(run.total_steps)
                             : 0;
}

std::string withMessage(const RunProgress& run, std::string line) {
  return run.message.empty() ? line : line + ": " + run.message;
}

/// The lines for runs whose state changed to one that `is_shown`.
template <class Predicate>
std::vector<std::string> changedLines(const GridProgress& before,
                                      const GridProgress& after,
                                      const Predicate& is_shown) {
  std::map<std::string, RunState> states;
  for (const RunProgress& run : before.runs) {
    states.emplace(run.run_id, run.state);
  }
  std::vector<std::string> lines;
  for (const RunProgress& run : after.runs) {
    const auto known = states.find(run.run_id);
    const RunState old = known == states.end() ? RunState::kQueued : known->second;
    if (old != run.state && is_shown(run.state)) {
      const std::string line =
          fmt::format("{} {} {}", formatClock(after.now_ms), run.name, runStateName(run.state));
      lines.push_back(escapeForTerminal(withMessage(run, line)));
    }
  }
  return lines;
}

}  // namespace

std::size_t chooseNameWidth(const std::vector<const RunProgress*>& runs, std::size_t width) {
  std::size_t longest = kLeastName;
  for (const RunProgress* run : runs) {
    longest = std::max(longest, displayWidth(escapeForTerminal(run->name)));
  }
  const std::size_t fixed = width < kNarrowColumns ? kNarrowFixed : kWideFixed;
  const std::size_t room = width > fixed + kLeastName ? width - fixed : kLeastName;
  return std::min({longest, room, kMostName});
}

std::string renderRunLine(const RunProgress& run, std::size_t width, std::size_t name_width) {
  const bool is_narrow = width < kNarrowColumns;
  const std::string name = elideStart(escapeForTerminal(run.name), name_width);
  std::string line = padRight(name, name_width) + " ▕" +
                     progressBar(fraction(run), is_narrow ? kNarrowBar : kWideBar) + "▏" +
                     (is_narrow ? "" : padLeft(percentText(run), 5)) + " " +
                     padLeft(formatSteps(run.step, run.total_steps), 9) + " " +
                     padLeft(rateText(run), 7);
  if (run.seconds_left) {
    line += " " + padLeft(formatDuration(*run.seconds_left), 5) + " left";
  } else {
    line += " " + padLeft(elideText(escapeForTerminal(run.phase), 10), 10);
  }
  if (run.loss) {
    line += " loss " + formatShort(*run.loss);
  }
  if (run.state == RunState::kStopping) {
    line += " stopping";
  }
  return elideText(line, width);
}

std::vector<std::string> renderProgressBlock(const GridProgress& progress,
                                             std::int64_t started_ms,
                                             std::size_t width,
                                             std::size_t max_lines) {
  const std::string elapsed =
      formatDuration(static_cast<double>(progress.now_ms - started_ms) / 1000);
  std::vector<std::string> lines{elideText(
      fmt::format("{}: {}  {}", escapeForTerminal(progress.title), countsText(progress), elapsed),
      width)};
  const std::vector<const RunProgress*> active = progress.active();
  const std::size_t name_width = chooseNameWidth(active, width);
  const std::size_t room = max_lines > 1 ? max_lines - 1 : 0;
  const std::size_t shown = active.size() <= room ? active.size() : (room > 0 ? room - 1 : 0);
  for (std::size_t i = 0; i < shown; ++i) {
    lines.push_back(renderRunLine(*active[i], width, name_width));
  }
  if (shown < active.size() && room > 0) {
    lines.push_back(fmt::format("… and {} more running", active.size() - shown));
  }
  return lines;
}

std::vector<std::string> renderChanges(const GridProgress& before, const GridProgress& after) {
  return changedLines(before, after, [](RunState) { return true; });
}

std::vector<std::string> renderTroubles(const GridProgress& before, const GridProgress& after) {
  return changedLines(before, after, [](RunState state) {
    return state == RunState::kBlocked || (isTerminal(state) && state != RunState::kFinished);
  });
}

std::string renderSummaryLine(const GridProgress& progress) {
  std::vector<std::string> parts{
      fmt::format("{} {}", formatClock(progress.now_ms), countsText(progress))};
  constexpr std::size_t kMostRuns = 4;
  const auto active = progress.active();
  for (std::size_t i = 0; i < std::min(kMostRuns, active.size()); ++i) {
    const RunProgress& run = *active[i];
    std::string part = fmt::format("{} step {}", run.name, formatSteps(run.step, run.total_steps));
    if (run.steps_per_second) {
      part += " at " + rateText(run);
    }
    if (run.seconds_left) {
      part += ", " + formatDuration(*run.seconds_left) + " left";
    }
    if (run.loss) {
      part += ", loss " + formatShort(*run.loss);
    }
    parts.push_back(part);
  }
  if (active.size() > kMostRuns) {
    parts.push_back(fmt::format("and {} more", active.size() - kMostRuns));
  }
  return escapeForTerminal(joinStrings(parts, "; "));
}

}  // namespace retort::cli
