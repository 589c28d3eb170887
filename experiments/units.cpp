#include "experiments/units.h"

#include "core/base/text.h"

#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace retort::experiments {

namespace {

using Unit = std::pair<std::string_view, double>;

constexpr std::array<Unit, 10> kByteUnits = {{{"B", 1},
                                              {"kB", 1e3},
                                              {"KB", 1e3},
                                              {"MB", 1e6},
                                              {"GB", 1e9},
                                              {"TB", 1e12},
                                              {"KiB", 1024.0},
                                              {"MiB", 1048576.0},
                                              {"GiB", 1073741824.0},
                                              {"TiB", 1099511627776.0}}};
constexpr std::array<Unit, 4> kTimeUnits = {{{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}};
/// Sizes and times beyond this are mistakes, and 2^53 is where doubles stop being exact.
constexpr double kLargest = 9007199254740992.0;

/// Splits "12.5 GiB…" into 12.5 and "GiB"; takes both off the text.
template <std::size_t N>
std::optional<double> takeQuantity(std::string_view& text, const std::array<Unit, N>& units) {
  const std::size_t number_end = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = parseDouble(text.substr(0, number_end));
  text.remove_prefix(number_end);
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const std::size_t unit_end = std::min(text.find_first_of("0123456789. "), text.size());
  const std::string_view name = text.substr(0, unit_end);
  text.remove_prefix(unit_end);
  for (const auto& [unit, factor] : units) {
    if (number && unit == name) {
      return *number * factor;
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::int64_t, std::string> parseByteSize(std::string_view text) {
  std::string_view rest = text;
  const std::optional<double> bytes = takeQuantity(rest, kByteUnits);
  if (!bytes || !rest.empty() || *bytes > kLargest) {
    return failWith(fmt::format("'{}' is not a size; write it like 8GiB or 512MiB", text));
  }
  return std::llround(*bytes);
}

Result<std::int64_t, std::string> parseDuration(std::string_view text) {
  std::string_view rest = text;
  double seconds = 0;
  do {
    const std::optional<double> part = takeQuantity(rest, kTimeUnits);
    if (!part) {
      seconds = 0;
      break;
    }
    seconds += *part;
  } while (!rest.empty());
  if (!(seconds >= 1) || seconds > kLargest) {
    return failWith(fmt::format("'{}' is not a time; write it like 2h, 90m or 1h30m", text));
  }
  return std::llround(seconds);
}

}  // namespace retort::experiments
