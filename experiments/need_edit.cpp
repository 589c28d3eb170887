#include "experiments/need_edit.h"

#include "core/base/text.h"
#include "core/settings/setting_key.h"
#include "experiments/yaml_layout.h"

#include <fmt/format.h>

namespace retort::experiments {

namespace {

std::string referenceTo(const std::string& name) {
  return "${needs." + name + "}";
}

void collect(const YamlNode& node,
             const std::string& text,
             YamlPath path,
             std::vector<YamlPath>& found) {
  if (node.isText() && node.scalar.get_ref<const std::string&>().find(text) != std::string::npos) {
    found.push_back(path);
  }
  path.emplace_back();
  for (const YamlEntry& entry : node.entries) {
    path.back() = entry.key;
    collect(entry.value, text, path, found);
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    path.back() = std::to_string(i);
    collect(node.items[i], text, path, found);
  }
}

Status checkName(const YamlNode& root, const std::string& name) {
  if (!isSettingKey(name) || name.find('.') != std::string::npos) {
    return fail(ErrorCode::kInvalidConfig,
                fmt::format("'{}' is no name of a needed run: use a lower-case word", name));
  }
  if (nodeAt(root, {"needs", name}) != nullptr) {
    return fail(ErrorCode::kAlreadyExists,
                fmt::format("there is a needed run {} already: choose another name", name));
  }
  return {};
}

}  // namespace

std::vector<YamlPath> referencesTo(const YamlNode& root, const std::string& name) {
  std::vector<YamlPath> found;
  collect(root, referenceTo(name), {}, found);
  return found;
}

Status addNeed(YamlEditor& editor, const std::string& name) {
  if (Status checked = checkName(editor.root(), name); !checked) {
    return checked;
  }
  return editor.set({"needs", name}, yamlMap({}));
}

Status renameNeed(YamlEditor& editor, const std::string& name, const std::string& new_name) {
  if (Status checked = checkName(editor.root(), new_name); !checked) {
    return checked;
  }
  for (const YamlPath& path : referencesTo(editor.root(), name)) {
    std::string text = nodeAt(editor.root(), path)->scalar.get<std::string>();
    const std::string old = referenceTo(name);
    for (std::size_t at = text.find(old); at != std::string::npos; at = text.find(old, at)) {
      text.replace(at, old.size(), referenceTo(new_name));
    }
    if (Status set = editor.set(path, yamlNode(text)); !set) {
      return set;
    }
  }
  return editor.rename({"needs", name}, new_name);
}

Status removeNeed(YamlEditor& editor, const std::string& name) {
  if (const auto references = referencesTo(editor.root(), name); !references.empty()) {
    return fail(ErrorCode::kInvalidConfig,
                fmt::format("{} still refers to the needed run {}: give it another value first",
                            joinStrings(references.front(), "."),
                            name));
  }
  return editor.remove({"needs", name});
}

}  // namespace retort::experiments
