#include "experiments/yaml_path.h"

#include "core/base/text.h"

namespace retort::experiments {

namespace {

/// Looks for `key` below `map` in every spelling. `best` becomes the path of the innermost map that
/// could hold it, with the rest of the key behind it; true when it is there itself.
bool findSpelling(const YamlNode& map,
                  const std::string& key,
                  const YamlPath& above,
                  YamlPath& best,
                  std::size_t& shortest_rest) {
  for (const YamlEntry& entry : map.entries) {
    YamlPath path = above;
    path.push_back(entry.key);
    if (entry.key == key) {
      best = std::move(path);
      return true;
    }
    const bool can_hold = entry.value.isMap() || entry.value.isNull();
    if (!can_hold || !key.starts_with(entry.key + ".")) {
      continue;
    }
    const std::string rest = key.substr(entry.key.size() + 1);
    if (rest.size() < shortest_rest) {
      shortest_rest = rest.size();
      best = path;
      best.push_back(rest);
    }
    if (findSpelling(entry.value, rest, path, best, shortest_rest)) {
      return true;
    }
  }
  return false;
}

}  // namespace

YamlPath settingPath(const YamlNode& root, const YamlPath& section, const std::string& key) {
  YamlPath best = section;
  best.push_back(key);
  std::size_t shortest_rest = key.size() + 1;
  if (const YamlNode* map = nodeAt(root, section)) {
    findSpelling(*map, key, section, best, shortest_rest);
  }
  return best;
}

const YamlNode* nodeAt(const YamlNode& root, const YamlPath& path) {
  const YamlNode* node = &root;
  for (const std::string& key : path) {
    if (node->isList()) {
      const auto index = parseInteger(key);
      const bool is_item =
          index && *index >= 0 && static_cast<std::size_t>(*index) < node->items.size();
      node = is_item ? &node->items[static_cast<std::size_t>(*index)] : nullptr;
    } else {
      node = node->find(key);
    }
    if (node == nullptr) {
      return nullptr;
    }
  }
  return node;
}

}  // namespace retort::experiments
