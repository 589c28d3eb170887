#include "gui/models/series_group.h"

#include "core/base/text.h"

#include <map>
#include <tuple>

namespace retort::gui {
namespace {

template <class T>
bool isPicked(const std::set<T>& picked, const T& value) {
  return picked.empty() || picked.find(value) != picked.end();
}

/// What the members of a group have in common.
SeriesKey commonKey(const SeriesKey& key, Grouping grouping) {
  SeriesKey common;
  common.component = key.component;
  switch (grouping) {
    case Grouping::kProjection:
      common.projection = key.projection;
      break;
    case Grouping::kLayer:
      common.layer = key.layer;
      break;
    case Grouping::kHead:
      common.head = key.head;
      break;
    case Grouping::kEach:
      return key;
    case Grouping::kTogether:
      break;
  }
  return common;
}

}  // namespace

bool SeriesPick::includes(const SeriesKey& key) const {
  return (!key.layer || isPicked(layers, *key.layer)) &&
         (!key.head || isPicked(heads, *key.head)) &&
         (key.projection.empty() || isPicked(projections, key.projection));
}

SeriesDimensions dimensionsOf(const std::vector<SeriesKey>& keys) {
  SeriesDimensions found;
  for (const SeriesKey& key : keys) {
    if (key.layer) {
      found.layers.insert(*key.layer);
    }
    if (key.head) {
      found.heads.insert(*key.head);
    }
    if (!key.projection.empty()) {
      found.projections.insert(key.projection);
    }
    if (!key.component.empty()) {
      found.components.insert(key.component);
    }
  }
  return found;
}

std::string dimensionText(const SeriesKey& key) {
  std::vector<std::string> parts;
  if (!key.component.empty()) {
    parts.push_back(key.component);
  }
  if (key.layer) {
    parts.push_back("layer " + std::to_string(*key.layer));
  }
  if (key.head) {
    parts.push_back("head " + std::to_string(*key.head));
  }
  if (!key.projection.empty()) {
    parts.push_back(key.projection);
  }
  return joinStrings(parts, ", ");
}

std::vector<SeriesGroup> groupSeries(const std::vector<SeriesKey>& keys,
                                     Grouping grouping,
                                     const SeriesPick& pick) {
  using Order = std::tuple<std::string, std::optional<int>, std::optional<int>, std::string>;
  std::map<Order, SeriesGroup> groups;
  for (const SeriesKey& key : keys) {
    if (!pick.includes(key)) {
      continue;
    }
    const SeriesKey common = commonKey(key, grouping);
    SeriesGroup& group = groups[{common.component, common.layer, common.head, common.projection}];
    group.label = dimensionText(common);
    group.members.push_back(key);
  }
  std::vector<SeriesGroup> result;
  for (auto& [order, group] : groups) {
    result.push_back(std::move(group));
  }
  return result;
}

}  // namespace retort::gui
