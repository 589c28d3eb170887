#pragma once

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/run/run_record.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Small values as people read them, the same on a terminal and in a window. Undefined values are
/// "–".
namespace retort {

/// "0:07", "12:34", "3:04:05", "2 d 03 h".
[[nodiscard]] std::string formatDuration(double seconds);
[[nodiscard]] std::string formatDuration(std::optional<double> seconds);

/// "512 B", "1.5 MiB".
[[nodiscard]] std::string formatBytes(std::uint64_t bytes);

/// Three significant digits: "0.123", "12.3", "1230", "1.2e-05", "NaN".
[[nodiscard]] std::string formatShort(double value);
[[nodiscard]] std::string formatShort(std::optional<double> value);

/// At most six columns, two significant digits: "0.012", "1.2e-7", "inf": for cells of heat maps.
[[nodiscard]] std::string formatTiny(double value);

/// "2026-11-22 09:10:11" in the local time zone.
[[nodiscard]] std::string formatTime(std::int64_t time_ms);
/// "09:10:11".
[[nodiscard]] std::string formatClock(std::int64_t time_ms);

/// "450/1000", "450" when the total is not known, "–" before the first step.
[[nodiscard]] std::string formatSteps(std::int64_t step, std::int64_t total_steps);

/// A setting's value: strings bare, everything else as JSON.
[[nodiscard]] std::string formatSetting(const Json& value);

/// "train.loss" or "grad_norm[layer=3,projection=q]".
[[nodiscard]] std::string formatSeries(const SeriesKey& key);

/// The same backwards, dimensions in any order. kUsage, quoting the text, when it is none.
[[nodiscard]] Result<SeriesKey> parseSeries(std::string_view text);

/// "3 runs", "1 run".
[[nodiscard]] std::string formatCount(std::size_t count, std::string_view noun);

/// The id's beginning that lists show.
[[nodiscard]] std::string shortId(std::string_view run_id);

}  // namespace retort
