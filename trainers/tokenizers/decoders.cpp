#include "trainers/tokenizers/decoders.h"

#include "core/base/text.h"
#include "trainers/tokenizers/byte_level.h"
#include "trainers/tokenizers/normalizers.h"
#include "trainers/tokenizers/unicode_text.h"

#include <charconv>
#include <optional>
#include <utility>

namespace retort::train {

namespace {

using Tokens = std::vector<std::string>;

/// The byte of "<0xE2>".
std::optional<char> byteOf(std::string_view token) {
  unsigned value = 0;
  if (token.size() != 6 || !token.starts_with("<0x") || token.back() != '>') {
    return std::nullopt;
  }
  const auto [end, error] = std::from_chars(token.data() + 3, token.data() + 5, value, 16);
  return error == std::errc() && end == token.data() + 5 ? std::optional(static_cast<char>(value))
                                                         : std::nullopt;
}

Tokens byteLevel(const Tokens& tokens) {
  std::string bytes;
  for (const std::string& token : tokens) {
    bytes += charactersToBytes(token);
  }
  return {wellFormed(bytes)};
}

Tokens byteFallback(const Tokens& tokens) {
  Tokens result;
  std::string bytes;
  const auto flush = [&] {
    if (isValidUtf8(bytes)) {
      if (!bytes.empty()) {
        result.push_back(bytes);
      }
    } else {
      result.insert(result.end(), bytes.size(), "\uFFFD");
    }
    bytes.clear();
  };
  for (const std::string& token : tokens) {
    if (const std::optional<char> byte = byteOf(token)) {
      bytes += *byte;
      continue;
    }
    flush();
    result.push_back(token);
  }
  flush();
  return result;
}

Tokens fuse(const Tokens& tokens) {
  return {joinStrings(tokens, "")};
}

Decoder metaspace(const Component& component) {
  const Json pattern = {{"type", "Replace"},
                        {"pattern", {{"String", component.text("replacement")}}},
                        {"content", " "}};
  const Normalizer to_space = makeNormalizer({pattern, component.place()});
  Json dropped = pattern;
  dropped["content"] = "";
  const Normalizer to_nothing = makeNormalizer({dropped, component.place()});
  const bool drops_first = component.has("prepend_scheme")
                               ? component.text("prepend_scheme") != "never"
                               : component.flag("add_prefix_space", true);
  return [=](Tokens tokens) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      tokens[i] = (i == 0 && drops_first ? to_nothing : to_space)(std::move(tokens[i]));
    }
    return tokens;
  };
}

Decoder replace(const Component& component) {
  return [normalizer = makeNormalizer(component)](Tokens tokens) {
    for (std::string& token : tokens) {
      token = normalizer(std::move(token));
    }
    return tokens;
  };
}

/// At most `start` times the text at the beginning of every token, at most `stop` times at its end.
Decoder strip(const Component& component) {
  const std::string content = component.text("content");
  const std::int64_t start = component.integer("start", 0);
  const std::int64_t stop = component.integer("stop", 0);
  if (content.empty()) {
    component.refuse("content is empty");
  }
  return [=](Tokens tokens) {
    for (std::string& token : tokens) {
      for (std::int64_t i = 0; i < start && token.starts_with(content); ++i) {
        token.erase(0, content.size());
      }
      for (std::int64_t i = 0; i < stop && token.ends_with(content); ++i) {
        token.resize(token.size() - content.size());
      }
    }
    return tokens;
  };
}

Decoder sequence(const Component& component) {
  std::vector<Decoder> steps;
  for (const Component& step : component.list("decoders")) {
    steps.push_back(makeDecoder(step));
  }
  return [steps](Tokens tokens) {
    for (const Decoder& step : steps) {
      tokens = step(std::move(tokens));
    }
    return tokens;
  };
}

}  // namespace

Decoder makeDecoder(const Component& component) {
  const std::string type = component.type();
  if (type == "ByteLevel") {
    return byteLevel;
  }
  if (type == "ByteFallback") {
    return byteFallback;
  }
  if (type == "Fuse") {
    return fuse;
  }
  if (type == "Metaspace") {
    return metaspace(component);
  }
  if (type == "Replace") {
    return replace(component);
  }
  if (type == "Strip") {
    return strip(component);
  }
  if (type == "Sequence") {
    return sequence(component);
  }
  component.refuseType("ByteLevel, ByteFallback, Fuse, Metaspace, Replace, Strip, Sequence");
}

}  // namespace retort::train
