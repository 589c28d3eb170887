#include "experiments/yaml_writer.h"

#include "core/base/text.h"
#include "experiments/yaml_scalar.h"

#include <algorithm>

#include <fmt/format.h>

namespace retort::experiments {

namespace {

/// JSON's escapes are also YAML's; what YAML does not allow as it is (DEL, C1) is escaped besides.
std::string quoted(std::string_view text) {
  std::string json;
  appendJsonString(text, json);
  std::string out;
  std::string_view rest = json;
  while (!rest.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8SequenceLength(rest), 1);
    const auto first = static_cast<unsigned char>(rest[0]);
    const unsigned second = length == 2 ? static_cast<unsigned char>(rest[1]) : 0U;
    const bool is_line_separator = rest.starts_with("\u2028") || rest.starts_with("\u2029");
    if (first == 0x7F) {
      out += "\\x7f";
    } else if (length == 2 && first == 0xC2 && second < 0xA0) {
      out += fmt::format("\\x{:02x}", second);
    } else if (is_line_separator) {
      out += rest.starts_with("\u2028") ? "\\u2028" : "\\u2029";
    } else {
      out += rest.substr(0, length);
    }
    rest.remove_prefix(length);
  }
  return out;
}

std::string textOf(std::string_view text) {
  return isPlainText(text) ? std::string(text) : quoted(text);
}

bool isScalarList(const Json& value) {
  return value.is_array() && std::none_of(value.begin(), value.end(), [](const Json& item) {
           return item.is_structured();
         });
}

std::string flowList(const Json& list) {
  std::vector<std::string> items;
  for (const Json& item : list) {
    items.push_back(yamlScalar(item));
  }
  return "[" + joinStrings(items, ", ") + "]";
}

void appendList(const Json& list, std::string& out, int indent) {
  for (const Json& item : list) {
    const std::size_t begin = out.size();
    if (item.is_object() && !item.empty()) {
      for (const auto& [key, value] : item.items()) {
        appendYamlEntry(key, value, out, indent + 2);
      }
    } else if (isScalarList(item)) {
      out += std::string(static_cast<std::size_t>(indent) + 2, ' ') + flowList(item) + "\n";
    } else if (item.is_array()) {
      out += std::string(static_cast<std::size_t>(indent) + 2, ' ') + "\n";
      appendList(item, out, indent + 2);
    } else {
      out += std::string(static_cast<std::size_t>(indent) + 2, ' ') +
             (item.is_object() ? "{}" : yamlScalar(item)) + "\n";
    }
    out[begin + static_cast<std::size_t>(indent)] = '-';
  }
}

}  // namespace

std::string yamlScalar(const Json& value) {
  return value.is_string() ? textOf(value.get_ref<const std::string&>()) : canonicalJson(value);
}

void appendYamlEntry(std::string_view key, const Json& value, std::string& out, int indent) {
  out += std::string(static_cast<std::size_t>(indent), ' ') + textOf(key) + ":";
  if (value.is_object() && !value.empty()) {
    out += "\n";
    for (const auto& [name, child] : value.items()) {
      appendYamlEntry(name, child, out, indent + 2);
    }
  } else if (value.is_object()) {
    out += " {}\n";
  } else if (isScalarList(value)) {
    out += " " + flowList(value) + "\n";
  } else if (value.is_array()) {
    out += "\n";
    appendList(value, out, indent + 2);
  } else {
    out += " " + yamlScalar(value) + "\n";
  }
}

}  // namespace retort::experiments
