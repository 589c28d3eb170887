#include "gui/models/series_group.h"

#include "core/base/text.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace retort::gui {
namespace {

template <class T>
bool isPicked(const std::set<T>& picked, const T& value) {
  return picked.empty() || picked.find(value) != picked.end();
}

void addOnce(std::vector<std::string>& names, const std::string& name) {
  if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) {
    names.push_back(name);
  }
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
    addOnce(found.projections, key.projection);
    addOnce(found.components, key.component);
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

std::vector<SeriesKey> inNaturalOrder(const std::vector<SeriesKey>& keys) {
  const SeriesDimensions found = dimensionsOf(keys);
  const auto rankOf = [](const std::vector<std::string>& names, const std::string& name) {
    return name.empty() ? -1 : std::find(names.begin(), names.end(), name) - names.begin();
  };
  const auto placeOf = [&](const SeriesKey& key) {
    return std::make_tuple(rankOf(found.components, key.component),
                           key.layer,
                           key.head,
                           rankOf(found.projections, key.projection));
  };
  std::vector<SeriesKey> ordered = keys;
  std::stable_sort(ordered.begin(), ordered.end(), [&](const auto& left, const auto& right) {
    return placeOf(left) < placeOf(right);
  });
  return ordered;
}

std::vector<SeriesGroup> groupSeries(const std::vector<SeriesKey>& keys,
                                     Grouping grouping,
                                     const SeriesPick& pick) {
  std::vector<SeriesGroup> groups;
  std::map<SeriesKey, std::size_t> places;
  std::vector<SeriesKey> commons;
  for (const SeriesKey& key : keys) {
    if (pick.includes(key)) {
      commons.push_back(commonKey(key, grouping));
    }
  }
  for (const SeriesKey& common : inNaturalOrder(commons)) {
    if (places.try_emplace(common, groups.size()).second) {
      groups.push_back({dimensionText(common), {}});
    }
  }
  for (const SeriesKey& key : keys) {
    if (pick.includes(key)) {
      groups[places.at(commonKey(key, grouping))].members.push_back(key);
    }
  }
  return groups;
}

}  // namespace retort::gui
