#include "experiments/yaml_tree.h"

#include <algorithm>

namespace retort::experiments {

namespace {

constexpr std::size_t kShownLength = 40;

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto found = std::find_if(
      entries.begin(), entries.end(), [&](const YamlEntry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &found->value;
}

YamlNode* YamlNode::find(std::string_view key) {
  return const_cast<YamlNode*>(std::as_const(*this).find(key));
}

std::string YamlNode::description() const {
  if (isList()) {
    return "a list";
  }
  if (isMap()) {
    return "a map";
  }
  if (scalar.is_null()) {
    return "nothing";
  }
  const std::string text = canonicalJson(scalar);
  const char* prefix = scalar.is_string() ? "the text " : scalar.is_number() ? "the number " : "";
  return text.size() > kShownLength ? "a long text" : prefix + text;
}

Json toJson(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kScalar:
      return node.scalar;
    case YamlNode::Kind::kList: {
      Json list = Json::array();
      for (const YamlNode& item : node.items) {
        list.push_back(toJson(item));
      }
      return list;
    }
    case YamlNode::Kind::kMap:
      break;
  }
  Json map = Json::object();
  for (const YamlEntry& entry : node.entries) {
    map[entry.key] = toJson(entry.value);
  }
  return map;
}

}  // namespace retort::experiments
