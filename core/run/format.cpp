#include "core/run/format.h"

#include "core/base/text.h"

#include <array>
#include <cmath>
#include <ctime>
#include <limits>
#include <vector>

#include <fmt/format.h>

namespace retort {
namespace {

constexpr const char* kUndefined = "–";
constexpr std::size_t kShortIdLength = 8;

std::string formatLocal(std::int64_t time_ms, const char* format) {
  const std::time_t seconds = static_cast<std::time_t>(time_ms / 1000);
  std::tm local{};
  localtime_r(&seconds, &local);
  std::array<char, 64> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), format, &local);
  return {text.data(), length};
}

std::optional<std::string> formatNonFinite(double value) {
  if (std::isnan(value)) {
    return "NaN";
  }
  if (std::isinf(value)) {
    return value > 0 ? "inf" : "-inf";
  }
  return std::nullopt;
}

/// Takes one "layer=3" into the key; false when it is no such thing.
bool setDimension(std::string_view part, SeriesKey& key) {
  const std::size_t equals = part.find('=');
  if (equals == std::string_view::npos || equals + 1 == part.size()) {
    return false;
  }
  const std::string_view name = part.substr(0, equals);
  const std::string_view value = part.substr(equals + 1);
  if (name == "projection" || name == "component") {
    (name == "projection" ? key.projection : key.component) = std::string(value);
    return true;
  }
  const auto number = parseInteger(value);
  if ((name != "layer" && name != "head") || !number || *number < 0 ||
      *number > std::numeric_limits<int>::max()) {
    return false;
  }
  (name == "layer" ? key.layer : key.head) = static_cast<int>(*number);
  return true;
}

}  // namespace

std::string formatDuration(double seconds) {
  const auto total = static_cast<std::int64_t>(std::max(0.0, std::round(seconds)));
  const std::int64_t minutes = total / 60;
  const std::int64_t hours = minutes / 60;
  if (hours >= 48) {
    return fmt::format("{} d {:02} h", hours / 24, hours % 24);
  }
  return hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, minutes % 60, total % 60)
                   : fmt::format("{}:{:02}", minutes, total % 60);
}

std::string formatDuration(std::optional<double> seconds) {
  return seconds ? formatDuration(*seconds) : kUndefined;
}

std::string formatBytes(std::uint64_t bytes) {
  static constexpr std::array<const char*, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, kUnits.at(unit));
}

std::string formatShort(double value) {
  if (const auto text = formatNonFinite(value)) {
    return *text;
  }
  const double magnitude = std::abs(value);
  if (magnitude != 0 && (magnitude < 1e-3 || magnitude >= 1e6)) {
    return fmt::format("{:.1e}", value);
  }
  return magnitude >= 100 ? fmt::format("{:.0f}", value) : fmt::format("{:#.3g}", value);
}

std::string formatShort(std::optional<double> value) {
  return value ? formatShort(*value) : kUndefined;
}

std::string formatTiny(double value) {
  if (const auto text = formatNonFinite(value)) {
    return *text;
  }
  const double magnitude = std::abs(value);
  if (magnitude == 0) {
    return "0";
  }
  if (magnitude >= 0.01 && magnitude < 1000) {
    return magnitude >= 10 ? fmt::format("{:.0f}", value) : fmt::format("{:#.2g}", value);
  }
  const std::string text = fmt::format("{:.1e}", value);  // "1.2e-07"
  const std::size_t mark = text.find('e');
  const auto exponent = parseInteger(text.substr(text[mark + 1] == '+' ? mark + 2 : mark + 1));
  return fmt::format("{}e{}", text.substr(0, mark), exponent.value_or(0));
}

std::string formatTime(std::int64_t time_ms) {
  return formatLocal(time_ms, "%Y-%m-%d %H:%M:%S");
}

std::string formatClock(std::int64_t time_ms) {
  return formatLocal(time_ms, "%H:%M:%S");
}

std::string formatSteps(std::int64_t step, std::int64_t total_steps) {
  if (total_steps > 0) {
    return fmt::format("{}/{}", step, total_steps);
  }
  return step > 0 ? std::to_string(step) : kUndefined;
}

std::string formatSetting(const Json& value) {
  return value.is_string() ? value.get<std::string>() : canonicalJson(value);
}

std::string formatSeries(const SeriesKey& key) {
  std::vector<std::string> parts;
  if (key.layer) {
    parts.push_back("layer=" + std::to_string(*key.layer));
  }
  if (key.head) {
    parts.push_back("head=" + std::to_string(*key.head));
  }
  if (!key.projection.empty()) {
    parts.push_back("projection=" + key.projection);
  }
  if (!key.component.empty()) {
    parts.push_back("component=" + key.component);
  }
  return parts.empty() ? key.metric : key.metric + "[" + joinStrings(parts, ",") + "]";
}

Result<SeriesKey> parseSeries(std::string_view text) {
  SeriesKey key;
  const std::size_t bracket = text.find('[');
  key.metric = std::string(text.substr(0, bracket));
  bool is_good = !key.metric.empty();
  if (bracket != std::string_view::npos) {
    is_good = is_good && text.back() == ']';
    const std::string_view inside =
        is_good ? text.substr(bracket + 1, text.size() - bracket - 2) : std::string_view{};
    for (const std::string& part : splitString(inside, ',')) {
      is_good = is_good && setDimension(part, key);
    }
  }
  if (!is_good) {
    return fail(ErrorCode::kUsage,
                "'" + std::string(text) +
                    "' names no curve; write METRIC or METRIC[layer=3,head=0,projection=q,"
                    "component=map]");
  }
  return key;
}

std::string formatCount(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string shortId(std::string_view run_id) {
  return std::string(run_id.substr(0, kShortIdLength));
}

}  // namespace retort
