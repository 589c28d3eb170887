#include "experiments/yaml_edit.h"

#include "core/base/text.h"
#include "experiments/document_reader.h"
#include "experiments/text_lines.h"
#include "experiments/yaml_guard.h"
#include "experiments/yaml_layout.h"
#include "experiments/yaml_reader.h"
#include "experiments/yaml_splice.h"
#include "experiments/yaml_writer.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace retort::experiments {

namespace {

using Style = SourceNode::Style;

std::optional<std::size_t> childIndex(const YamlNode& node, const std::string& key) {
  if (node.isList()) {
    const auto index = parseInteger(key);
    const bool is_item =
        index && *index >= 0 && static_cast<std::size_t>(*index) < node.items.size();
    return is_item ? std::optional(static_cast<std::size_t>(*index)) : std::nullopt;
  }
  for (std::size_t i = 0; i < node.entries.size(); ++i) {
    if (node.entries[i].key == key) {
      return i;
    }
  }
  return std::nullopt;
}

std::size_t childCount(const YamlNode& node) {
  return node.isList() ? node.items.size() : node.entries.size();
}

YamlNode& childAt(YamlNode& node, std::size_t index) {
  return node.isList() ? node.items[index] : node.entries[index].value;
}

/// The node at a path that is known to exist.
YamlNode& mutableNode(YamlNode& root, const YamlPath& path) {
  YamlNode* node = &root;
  for (const std::string& key : path) {
    node = &childAt(*node, childIndex(*node, key).value_or(0));
  }
  return *node;
}

YamlPath parentOf(YamlPath path) {
  path.pop_back();
  return path;
}

YamlPath childOf(YamlPath path, std::string key) {
  path.push_back(std::move(key));
  return path;
}

std::string shown(const YamlPath& path) {
  return joinStrings(path, ".");
}

Failure<> refuse(std::string message) {
  return fail(ErrorCode::kInvalidConfig, std::move(message));
}

/// Where a new part of the file goes: behind the part that comes before it in the usual order.
std::size_t indexOfNewPart(const YamlNode& root, const std::string& key) {
  const auto& parts = documentParts();
  const auto rank = [&](const std::string& part) {
    return std::find(parts.begin(), parts.end(), part) - parts.begin();
  };
  std::size_t index = 0;
  for (std::size_t i = 0; i < root.entries.size(); ++i) {
    index = rank(root.entries[i].key) <= rank(key) ? i + 1 : index;
  }
  return index;
}

}  // namespace

/// A value in its surroundings.
struct YamlEditor::Spot {
  const YamlNode* node = nullptr;
  const SourceNode* source = nullptr;
  const YamlNode* parent_node = nullptr;  ///< null for the root
  const SourceNode* parent = nullptr;
  std::size_t index = 0;  ///< among the parent's children
};

YamlEditor::YamlEditor(std::string text) : text_(std::move(text)) {
  read();
}

void YamlEditor::read() {
  root_ = {};
  refusal_.clear();
  const auto normal = normalizeText(text_, "");
  if (!normal) {
    refusal_ = "the text " + normal.error().message;
    return;
  }
  DiagnosticSink sink("", *normal);
  root_ = parseYaml(*normal, sink);
  const auto diagnostics = sink.take();
  problems_ = diagnostics.size();
  if (!root_.isMap() && !(root_.isNull() && problems_ == 0)) {
    refusal_ = problems_ == 0 ? "the text is not a map of \"key: value\""
                              : fmt::format("line {} has to be mended first: {}",
                                            diagnostics[0].place.line,
                                            diagnostics[0].message);
    return;
  }
  auto source = locateNodes(text_, root_);
  if (!source) {
    refusal_ = "the text uses a form of YAML that can only be changed by hand";
    return;
  }
  source_ = std::move(*source);
}

Result<YamlEditor::Spot> YamlEditor::find(const YamlPath& path) const {
  if (!refusal_.empty()) {
    return refuse(refusal_);
  }
  Spot spot;
  spot.node = &root_;
  spot.source = &source_;
  for (const std::string& key : path) {
    if (spot.source->style == Style::kAlias) {
      return refuse(shown(path) + " is given by an alias (*name): change the text that it names");
    }
    const auto index = childIndex(*spot.node, key);
    if (!index) {
      return fail(ErrorCode::kNotFound, "there is no " + shown(path));
    }
    spot.parent_node = spot.node;
    spot.parent = spot.source;
    spot.index = *index;
    const bool is_list = spot.node->isList();
    spot.source = is_list ? &spot.parent->items[*index].value : &spot.parent->entries[*index].value;
    spot.node = is_list ? &spot.node->items[*index] : &spot.node->entries[*index].value;
  }
  return spot;
}

Status YamlEditor::accept(std::string text, const YamlNode& expected) {
  YamlEditor changed(std::move(text));
  if (!changed.refusal_.empty() || changed.problems_ > problems_ ||
      !isSameTree(changed.root_, expected)) {
    return refuse("this cannot be changed without changing more: edit the text itself");
  }
  *this = std::move(changed);
  return {};
}

Status YamlEditor::set(const YamlPath& path, const YamlNode& value) {
  YamlEditor before = *this;
  Status status = change(path, value);
  if (!status) {
    *this = std::move(before);
  }
  return status;
}

Status YamlEditor::change(const YamlPath& path, const YamlNode& value) {
  const auto spot = find(path);
  if (spot) {
    const bool is_same_kind = spot->node->kind == value.kind && !value.isScalar();
    const bool can_merge = is_same_kind && childCount(*spot->node) > 0 && childCount(value) > 0 &&
                           spot->source->style != Style::kAlias;
    return can_merge ? merge(path, value) : replace(path, value);
  }
  if (spot.error().code != ErrorCode::kNotFound || path.empty()) {
    return failWith(spot.error());
  }
  // The innermost part of the path that exists gets the rest.
  YamlPath parent = parentOf(path);
  YamlNode rest = value;
  std::string key = path.back();
  bool has_lines = false;  // a map that is made on the way will hold more one day
  while (!parent.empty() && !find(parent) && find(parent).error().code == ErrorCode::kNotFound) {
    rest = yamlMap({{key, std::move(rest)}});
    key = parent.back();
    parent.pop_back();
    has_lines = true;
  }
  return add(parent, key, rest, has_lines);
}

Status YamlEditor::merge(const YamlPath& path, const YamlNode& value) {
  const auto old = [&]() -> const YamlNode& {
    return *nodeAt(root_, path);
  };
  for (std::size_t i = 0; i < childCount(value); ++i) {
    const YamlNode& wanted = value.isList() ? value.items[i] : value.entries[i].value;
    const YamlPath child = childOf(path, value.isList() ? std::to_string(i) : value.entries[i].key);
    const YamlNode* present = nodeAt(root_, child);
    if (present != nullptr && isSameTree(*present, wanted) &&
        (wanted.spelling.empty() || wanted.spelling == present->spelling)) {
      continue;
    }
    Status status =
        present == nullptr && value.isList() ? append(path, wanted) : change(child, wanted);
    if (!status) {
      return status;
    }
  }
  for (std::size_t i = childCount(old()); i-- > 0;) {
    const std::string key = value.isList() ? std::to_string(i) : old().entries[i].key;
    if (!childIndex(value, key)) {
      if (Status status = remove(childOf(path, key)); !status) {
        return status;
      }
    }
  }
  for (std::size_t i = 0; i < value.entries.size(); ++i) {
    if (old().entries[i].key != value.entries[i].key) {
      if (Status status = move(childOf(path, value.entries[i].key), i); !status) {
        return status;
      }
    }
  }
  return {};
}

Status YamlEditor::replace(const YamlPath& path, const YamlNode& value, bool has_lines) {
  const auto spot = find(path);
  if (!spot) {
    return failWith(spot.error());
  }
  if (spot->parent == nullptr) {
    return refuse("the whole text cannot be changed at once");
  }
  YamlNode expected = root_;
  mutableNode(expected, path) = value;
  if (!spot->parent->items.empty()) {
    const SourceNode& old = *spot->source;
    const std::string lead =
        old.style == Style::kNothing && spot->parent->style == Style::kBlock ? " " : "";
    return accept(spliced(text_, {old.begin, old.end}, lead + flowText(value)), expected);
  }
  const SourceEntry& entry = spot->parent->entries[spot->index];
  const std::size_t columns = columnAt(text_, entry.value_from) + 1;
  const bool is_line =
      spot->parent->style == Style::kFlow || (!has_lines && isOneLine(value, columns));
  return accept(is_line ? withLine(text_, entry, flowText(value)) : withBlock(text_, entry, value),
                expected);
}

Status YamlEditor::add(const YamlPath& map,
                       const std::string& key,
                       const YamlNode& value,
                       bool has_lines) {
  const auto spot = find(map);
  if (!spot) {
    return failWith(spot.error());
  }
  if (spot->node->isNull() && !map.empty()) {
    return replace(map, yamlMap({{key, value}}), true);
  }
  if (!spot->node->isMap() && !spot->node->isNull()) {
    return refuse(shown(map) + " is no map: nothing can be added to it");
  }
  if (spot->source->style == Style::kAlias) {
    return refuse(shown(map) + " is given by an alias (*name): change the text that it names");
  }
  const SourceNode& source = *spot->source;
  const std::size_t count = source.entries.size();
  const std::size_t index = map.empty() ? indexOfNewPart(root_, key) : count;
  YamlNode expected = root_;
  YamlNode& target = mutableNode(expected, map);
  target.kind = YamlNode::Kind::kMap;
  target.entries.insert(target.entries.begin() + static_cast<long>(index), {key, {}, value});
  if (source.style == Style::kFlow) {
    const std::size_t end = index == 0 ? source.begin + 1 : childSpan(source, index - 1).end;
    const std::string entry = yamlScalar(key) + ": " + flowText(value);
    const std::string text = index > 0 ? ", " + entry : count > 0 ? entry + ", " : entry;
    return accept(spliced(text_, {end, end}, text), expected);
  }
  const std::size_t column = count == 0 ? 0 : columnAt(text_, source.entries[0].key_begin);
  const std::string lines =
      has_lines ? std::string(column, ' ') + yamlScalar(key) + ":\n" + blockText(value, column + 2)
                : entryText(key, value, column);
  const std::string entry = withLineEndsOf(text_, lines);
  const std::string newline = withLineEndsOf(text_, "\n");
  if (index == 0) {
    const std::size_t begin =
        count == 0 ? text_.size() : lineStart(text_, source.entries[0].key_begin);
    const bool is_line_open = count == 0 && columnAt(text_, begin) > 0;
    return accept(spliced(text_, {begin, begin}, (is_line_open ? newline : "") + entry + newline),
                  expected);
  }
  const std::size_t end = lineEnd(text_, childSpan(source, index - 1).end);
  return accept(spliced(text_, {end, end}, newline + entry), expected);
}

Status YamlEditor::remove(const YamlPath& path) {
  YamlPath target = path;
  auto spot = find(target);
  while (spot && target.size() > 1 && childCount(*spot->parent_node) == 1) {
    target.pop_back();
    spot = find(target);
  }
  if (!spot) {
    return spot.error().code == ErrorCode::kNotFound ? Status() : failWith(spot.error());
  }
  if (spot->parent == nullptr) {
    return refuse("the whole text cannot be removed");
  }
  auto text = withoutChild(text_, *spot->parent, spot->index, childCount(*spot->parent_node));
  if (!text) {
    return refuse("this cannot be removed without changing more: edit the text itself");
  }
  YamlNode expected = root_;
  YamlNode& parent = mutableNode(expected, parentOf(target));
  const auto offset = static_cast<long>(spot->index);
  if (parent.isList()) {
    parent.items.erase(parent.items.begin() + offset);
  } else {
    parent.entries.erase(parent.entries.begin() + offset);
  }
  if (childCount(parent) == 0) {
    parent = {};
  }
  return accept(std::move(*text), expected);
}

Status YamlEditor::rename(const YamlPath& path, const std::string& key) {
  const auto spot = find(path);
  if (!spot) {
    return failWith(spot.error());
  }
  if (spot->parent == nullptr || spot->parent->entries.empty()) {
    return refuse(shown(path) + " has no key");
  }
  YamlNode expected = root_;
  mutableNode(expected, parentOf(path)).entries[spot->index].key = key;
  const SourceEntry& entry = spot->parent->entries[spot->index];
  return accept(spliced(text_, {entry.key_begin, entry.key_end}, yamlScalar(key)), expected);
}

Status YamlEditor::move(const YamlPath& path, std::size_t to) {
  const auto spot = find(path);
  if (!spot) {
    return failWith(spot.error());
  }
  if (spot->parent == nullptr || to >= childCount(*spot->parent_node)) {
    return refuse(shown(path) + " cannot be moved there");
  }
  std::vector<std::size_t> order(childCount(*spot->parent_node));
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  order.erase(order.begin() + static_cast<long>(spot->index));
  order.insert(order.begin() + static_cast<long>(to), spot->index);
  YamlNode expected = root_;
  YamlNode& parent = mutableNode(expected, parentOf(path));
  const YamlNode old = parent;
  std::string text;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Span place = chunkSpan(text_, *spot->parent, i);
    const Span chunk = chunkSpan(text_, *spot->parent, order[i]);
    text += text_.substr(copied, place.begin - copied);
    text += text_.substr(chunk.begin, chunk.end - chunk.begin);
    copied = place.end;
    if (old.isList()) {
      parent.items[i] = old.items[order[i]];
    } else {
      parent.entries[i] = old.entries[order[i]];
    }
  }
  return accept(text + text_.substr(copied), expected);
}

Status YamlEditor::append(const YamlPath& list, const YamlNode& item) {
  const auto spot = find(list);
  const bool is_missing = !spot && spot.error().code == ErrorCode::kNotFound;
  const bool is_empty =
      spot && (spot->node->isNull() || (spot->node->isList() && spot->node->items.empty()));
  if (is_missing || is_empty) {
    return set(list, yamlList({item}));
  }
  if (!spot) {
    return failWith(spot.error());
  }
  if (!spot->node->isList() || spot->source->style == Style::kAlias) {
    return refuse(shown(list) + " is no list that can be added to");
  }
  YamlNode expected = root_;
  mutableNode(expected, list).items.push_back(item);
  const SourceNode& source = *spot->source;
  const Span last = childSpan(source, source.items.size() - 1);
  if (source.style == Style::kFlow) {
    return accept(spliced(text_, {last.end, last.end}, ", " + flowText(item)), expected);
  }
  const std::string indent(columnAt(text_, last.begin), ' ');
  const std::size_t end = lineEnd(text_, last.end);
  const std::string line = withLineEndsOf(text_, "\n" + indent + "- " + flowText(item));
  return accept(spliced(text_, {end, end}, line), expected);
}

Status YamlEditor::setSetting(const YamlPath& section,
                              const std::string& key,
                              const YamlNode& value) {
  const YamlNode* map = nodeAt(root_, section);
  if (map != nullptr && map->isMap() && map->entries.empty() && !section.empty()) {
    return replace(section, yamlMap({{key, value}}), true);  // it will hold more one day
  }
  return set(settingPath(root_, section, key), value);
}

Status YamlEditor::removeSetting(const YamlPath& section, const std::string& key) {
  return remove(settingPath(root_, section, key));
}

}  // namespace retort::experiments
