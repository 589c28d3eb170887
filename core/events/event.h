#pragma once

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/run/run_record.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// events.jsonl: one JSON object a line, appended by the trainer. Every line has `kind`, `attempt`
/// and `time_ms`.
///
///   open        protocol (1), run, from_step: first line of each attempt. Later steps of earlier
///               attempts come again and replace what was there; -1: from the start.
///   environment facts (object): host, device, threads, versions
///   phase       name, total_steps (of the whole run, same counter as `step`)
///   metrics     step, points: [{metric, value, layer?, head?, projection?, component?}]; `value`
///               may be an array, then each dimension is a scalar or an array of the same length.
///               NaN and infinities are the strings "NaN", "Infinity", "-Infinity".
///   warning     message, step?
///   sample      step, prompt, text: what a language model writes, for people to read
///   checkpoint  step, path (relative to the run directory)
///   result      metrics: {name: value}: the final and best numbers of the run
///   heartbeat   counter: at least every 10 s while nothing else is written
///   end         status: "finished" | "diverged" | "stopped" | "failed", exit_code, message: the
///               last line of an attempt
///
/// Readers skip unknown kinds and keys, ignore a torn last line, and refuse another protocol
/// version.
namespace retort {

inline constexpr int kEventProtocol = 1;

struct MetricPoint {
  SeriesKey series;
  double value = 0;

  bool operator==(const MetricPoint&) const = default;
};

// The check takes the assertions of nlohmann's move constructor, which is noexcept, for exceptions.
struct Event {  // NOLINT(bugprone-exception-escape)
  std::string kind;
  int attempt = 1;
  std::int64_t time_ms = 0;
  std::optional<std::int64_t> step;
  std::vector<MetricPoint> points;  ///< kind "metrics" only
  Json fields;                      ///< all other keys, as an object

  bool operator==(const Event&) const = default;
};

/// Parses one complete line (without its newline). kProtocol on malformed JSON, missing or mistyped
/// keys, or dimension arrays of different lengths; the message names the key. Unknown kinds are
/// returned as they are.
[[nodiscard]] Result<Event> parseEvent(std::string_view line);

/// One line without newline. Points of the same metric are grouped into arrays; doubles read back
/// exactly.
[[nodiscard]] std::string formatEvent(const Event& event);

/// Reads the "open" line of an event file: kProtocol unless it is one with protocol 1 and the run
/// id `run_id`.
[[nodiscard]] Status checkOpening(const Event& event, std::string_view run_id);

}  // namespace retort
