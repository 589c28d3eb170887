#include "trainers/losses/layer_selection.h"

#include "core/base/text.h"
#include "trainers/train_error.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace retort::train {
namespace {

using Range = std::pair<std::size_t, std::size_t>;

std::optional<std::size_t> layerNumber(const std::string& text) {
  const bool has_digits_only =
      !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  const auto number = parseInteger(text);
  if (!has_digits_only || !number) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(*number);
}

/// First and last layer of one item; empty when it is none.
std::optional<Range> parseItem(const std::string& item, std::size_t count) {
  if (item == "last") {
    return Range{count - 1, count - 1};
  }
  const std::size_t dash = item.find('-');
  const auto first = layerNumber(item.substr(0, dash));
  const auto last = dash == std::string::npos ? first : layerNumber(item.substr(dash + 1));
  if (!first || !last || *first > *last || *last >= count) {
    return std::nullopt;
  }
  return Range{*first, *last};
}

}  // namespace

LayerSelection::LayerSelection(const std::vector<std::string>& items,
                               std::size_t count,
                               const std::string& key)
    : is_all_(false),
      selected_(count, false) {
  for (const std::string& item : items) {
    if (item == "all") {
      is_all_ = true;
      continue;
    }
    const auto range = parseItem(item, count);
    if (!range) {
      throw TrainError(ExitCode::kBadSpec,
                       fmt::format("{}: '{}' is not a layer; give all, last, or numbers and ranges "
                                   "of 0 to {} (as \"0-2\")",
                                   key,
                                   item,
                                   count - 1));
    }
    std::fill_n(selected_.begin() + static_cast<std::ptrdiff_t>(range->first),
                range->second - range->first + 1,
                true);
  }
  if (items.empty()) {
    throw TrainError(ExitCode::kBadSpec, fmt::format("{}: no layer is given", key));
  }
}

}  // namespace retort::train
