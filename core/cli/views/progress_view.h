#pragma once

#include "core/cli/run_progress.h"

#include <string>
#include <vector>

/// What `retort run` shows while it waits. Pure.
namespace retort::cli {

/// One line: name, bar, step/total, rate, time left, loss. Exactly fitting `width` columns or
/// fewer.
[[nodiscard]] std::string renderRunLine(const RunProgress& run,
                                        std::size_t width,
                                        std::size_t name_width);

/// The columns for names that `renderRunLine` leaves room for, no more than the longest needs.
[[nodiscard]] std::size_t chooseNameWidth(const std::vector<const RunProgress*>& runs,
                                          std::size_t width);

/// A line of counts and a line for each active run; when they do not fit in `max_lines`, the last
/// line counts the others.
[[nodiscard]] std::vector<std::string> renderProgressBlock(const GridProgress& progress,
                                                           std::int64_t started_ms,
                                                           std::size_t width,
                                                           std::size_t max_lines);

/// The plain lines for what changed between two looks: "09:10:11 NAME running", with the message
/// where there is one. All runs that are not queued are new when `before` is empty.
[[nodiscard]] std::vector<std::string> renderChanges(const GridProgress& before,
                                                     const GridProgress& after);

/// Of these, only those of runs that failed, diverged, stopped or are blocked.
[[nodiscard]] std::vector<std::string> renderTroubles(const GridProgress& before,
                                                      const GridProgress& after);

/// One plain line on the whole: counts, and step, rate and loss of the active runs.
[[nodiscard]] std::string renderSummaryLine(const GridProgress& progress);

}  // namespace retort::cli
