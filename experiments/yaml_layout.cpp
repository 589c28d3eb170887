#include "experiments/yaml_layout.h"

#include "core/base/text.h"
#include "experiments/yaml_scalar.h"
#include "experiments/yaml_writer.h"

#include <algorithm>

namespace retort::experiments {

namespace {

constexpr std::size_t kWidest = 100;
constexpr std::size_t kStep = 2;

std::string scalarText(const YamlNode& node) {
  if (!node.spelling.empty() && !node.isText()) {
    const auto typed = typePlainScalar(node.spelling);
    if (typed && *typed == node.scalar) {
      return node.spelling;
    }
  }
  return yamlScalar(node.scalar);
}

bool isFlat(const YamlNode& node) {
  return node.isScalar() ||
         (node.isList() && std::all_of(node.items.begin(),
                                       node.items.end(),
                                       [](const YamlNode& item) { return item.isScalar(); }));
}

}  // namespace

YamlNode yamlNode(const Json& value) {
  YamlNode node;
  if (value.is_object()) {
    node.kind = YamlNode::Kind::kMap;
    for (const auto& [key, child] : value.items()) {
      node.entries.push_back({key, {}, yamlNode(child)});
    }
  } else if (value.is_array()) {
    node.kind = YamlNode::Kind::kList;
    for (const Json& child : value) {
      node.items.push_back(yamlNode(child));
    }
  } else {
    node.scalar = value;
  }
  return node;
}

YamlNode yamlMap(std::vector<std::pair<std::string, YamlNode>> entries) {
  YamlNode node;
  node.kind = YamlNode::Kind::kMap;
  for (auto& [key, value] : entries) {
    node.entries.push_back({std::move(key), {}, std::move(value)});
  }
  return node;
}

YamlNode yamlList(std::vector<YamlNode> items) {
  YamlNode node;
  node.kind = YamlNode::Kind::kList;
  node.items = std::move(items);
  return node;
}

std::string flowText(const YamlNode& node) {
  std::vector<std::string> parts;
  for (const YamlNode& item : node.items) {
    parts.push_back(flowText(item));
  }
  for (const YamlEntry& entry : node.entries) {
    parts.push_back(yamlScalar(entry.key) + ": " + flowText(entry.value));
  }
  switch (node.kind) {
    case YamlNode::Kind::kList:
      return "[" + joinStrings(parts, ", ") + "]";
    case YamlNode::Kind::kMap:
      return "{" + joinStrings(parts, ", ") + "}";
    case YamlNode::Kind::kScalar:
      break;
  }
  return scalarText(node);
}

bool isOneLine(const YamlNode& node, std::size_t columns) {
  if (node.isMap()) {
    const bool is_flat = std::all_of(node.entries.begin(),
                                     node.entries.end(),
                                     [](const YamlEntry& e) { return isFlat(e.value); });
    return node.entries.empty() || (is_flat && columns + flowText(node).size() <= kWidest);
  }
  return isFlat(node);
}

std::string entryText(std::string_view key, const YamlNode& node, std::size_t indent) {
  const std::string head = std::string(indent, ' ') + yamlScalar(std::string(key)) + ":";
  return isOneLine(node, head.size() + 1) ? head + " " + flowText(node)
                                          : head + "\n" + blockText(node, indent + kStep);
}

std::string blockText(const YamlNode& node, std::size_t indent) {
  std::vector<std::string> lines;
  for (const YamlEntry& entry : node.entries) {
    lines.push_back(entryText(entry.key, entry.value, indent));
  }
  for (const YamlNode& item : node.items) {
    lines.push_back(std::string(indent, ' ') + "- " + flowText(item));
  }
  return joinStrings(lines, "\n");
}

bool isSameTree(const YamlNode& a, const YamlNode& b) {
  const bool are_integers = a.scalar.is_number_integer() && b.scalar.is_number_integer();
  const bool is_same_type = are_integers || a.scalar.type() == b.scalar.type();
  if (a.kind != b.kind || !is_same_type || a.scalar != b.scalar) {
    return false;
  }
  return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), isSameTree) &&
         std::equal(a.entries.begin(),
                    a.entries.end(),
                    b.entries.begin(),
                    b.entries.end(),
                    [](const YamlEntry& one, const YamlEntry& other) {
                      return one.key == other.key && isSameTree(one.value, other.value);
                    });
}

}  // namespace retort::experiments
