#include "core/base/json.h"

#include "core/base/text.h"

#include <cmath>

#include <fmt/format.h>

namespace retort {

namespace {

/// Builds the tree from nlohmann's parser, which itself keeps no recursion, and adds the two checks
/// that it lacks: depth and duplicate keys.
class TreeBuilder {
 public:
  explicit TreeBuilder(int max_depth) : max_depth_(static_cast<std::size_t>(max_depth)) {}

  bool null() { return add(nullptr); }

  bool boolean(bool value) { return add(value); }

  bool number_integer(Json::number_integer_t value) { return add(value); }

  bool number_unsigned(Json::number_unsigned_t value) { return add(value); }

  bool number_float(Json::number_float_t value, const std::string& /*text*/) { return add(value); }

  bool string(std::string& value) { return add(std::move(value)); }

  bool binary(Json::binary_t& /*value*/) { return refuse("binary values are not allowed"); }

  bool start_object(std::size_t /*size*/) { return open(Json::object()); }

  bool start_array(std::size_t /*size*/) { return open(Json::array()); }

  bool end_object() { return close(); }

  bool end_array() { return close(); }

  bool key(std::string& name) {
    if (parents_.back()->contains(name)) {
      return refuse(fmt::format("key \"{}\" is given twice", name));
    }
    key_ = std::move(name);
    return true;
  }

  bool parse_error(std::size_t byte,
                   const std::string& /*token*/,
                   const nlohmann::detail::exception& exception) {
    std::string_view what = exception.what();
    // "[json.exception.parse_error.101] parse error at line 1, column 2: what": keep what it found.
    if (const std::size_t end = what.find("] "); end != std::string_view::npos) {
      what.remove_prefix(end + 2);
    }
    if (what.starts_with("parse error at ")) {
      if (const std::size_t end = what.find(": "); end != std::string_view::npos) {
        what.remove_prefix(end + 2);
      }
    }
    message_ = fmt::format("invalid JSON at byte {}: {}", byte, what);
    return false;
  }

  [[nodiscard]] const std::string& message() const { return message_; }

  Json takeTree() { return std::move(root_); }

 private:
  bool refuse(std::string message) {
    message_ = "invalid JSON: " + std::move(message);
    return false;
  }

  template <class Value>
  Json* place(Value&& value) {
    if (parents_.empty()) {
      root_ = Json(std::forward<Value>(value));
      return &root_;
    }
    Json& parent = *parents_.back();
    if (parent.is_array()) {
      parent.push_back(Json(std::forward<Value>(value)));
      return &parent.back();
    }
    Json& slot = parent[key_];
    slot = Json(std::forward<Value>(value));
    return &slot;
  }

  template <class Value>
  bool add(Value&& value) {
    place(std::forward<Value>(value));
    return true;
  }

  bool open(Json container) {
    if (parents_.size() >= max_depth_) {
      return refuse(fmt::format("nested deeper than {} levels", max_depth_));
    }
    parents_.push_back(place(std::move(container)));
    return true;
  }

  bool close() {
    parents_.pop_back();
    return true;
  }

  std::size_t max_depth_;
  Json root_;
  std::vector<Json*>
      parents_;  // stable: a container's elements move only while it is the innermost
  std::string key_;
  std::string message_;
};

void appendQuoted(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

/// Well-formed text as it is, each malformed byte as U+FFFD.
std::string replaceMalformed(std::string_view text) {
  std::string repaired;
  while (!text.empty()) {
    const std::size_t length = utf8SequenceLength(text);
    repaired += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return repaired;
}

void appendNumber(double value, std::string& out) {
  if (!std::isfinite(value)) {
    appendQuoted(formatDouble(value), out);
    return;
  }
  const std::string text = formatDouble(value);
  out += text;
  // A real stays a real when it is read back: 1 and 1.0 are different values of a tree.
  if (text.find_first_of(".e") == std::string::npos) {
    out += ".0";
  }
}

void appendCanonical(const Json& value, std::string& out) {
  switch (value.type()) {
    case Json::value_t::object: {
      char separator = '{';
      for (const auto& [key, child] : value.items()) {
        out += separator;
        appendJsonString(key, out);
        out += ':';
        appendCanonical(child, out);
        separator = ',';
      }
      out += value.empty() ? "{}" : "}";
      return;
    }
    case Json::value_t::array: {
      char separator = '[';
      for (const Json& child : value) {
        out += separator;
        appendCanonical(child, out);
        separator = ',';
      }
      out += value.empty() ? "[]" : "]";
      return;
    }
    case Json::value_t::string:
      appendJsonString(value.get_ref<const std::string&>(), out);
      return;
    case Json::value_t::number_float:
      appendNumber(value.get<double>(), out);
      return;
    default:
      out += value.dump();  // null, booleans and integers have one spelling
      return;
  }
}

}  // namespace

void appendJsonString(std::string_view text, std::string& out) {
  if (isValidUtf8(text)) {
    appendQuoted(text, out);
  } else {
    appendQuoted(replaceMalformed(text), out);
  }
}

Result<Json> parseJson(std::string_view text, int max_depth) {
  // nlohmann takes a NUL for the end of the text and would accept anything after it.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return fail(ErrorCode::kInvalidData, fmt::format("invalid JSON at byte {}: NUL", nul + 1));
  }
  TreeBuilder builder(max_depth);
  if (!Json::sax_parse(text, &builder)) {
    return fail(ErrorCode::kInvalidData, builder.message());
  }
  return builder.takeTree();
}

std::string canonicalJson(const Json& value) {
  std::string text;
  appendCanonical(value, text);
  return text;
}

}  // namespace retort
