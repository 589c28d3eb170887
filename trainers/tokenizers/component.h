#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retort::train {

/// A part of tokenizer.json and where it stands, so that messages can name both: "FILE:
/// decoder.decoders[1]: …". The JSON must outlive it. What is absent or of another type throws
/// TrainError (kBadData).
class Component {
 public:
  Component(const Json& json, std::string place) : json_(&json), place_(std::move(place)) {}

  [[nodiscard]] const Json& json() const { return *json_; }

  [[nodiscard]] const std::string& place() const { return place_; }

  /// The member "type" of an object.
  [[nodiscard]] std::string type() const { return text("type"); }

  /// True when there is a member and it is not null.
  [[nodiscard]] bool has(const char* key) const;
  [[nodiscard]] Component at(const char* key) const;
  [[nodiscard]] std::vector<Component> list(const char* key) const;
  [[nodiscard]] std::string text(const char* key) const;
  [[nodiscard]] bool flag(const char* key, bool otherwise) const;
  [[nodiscard]] std::int64_t integer(const char* key, std::int64_t otherwise) const;

  /// Throws "PLACE: WHAT".
  [[noreturn]] void refuse(std::string_view what) const;

  /// Throws "PLACE: TYPE is not supported (supported: …)".
  [[noreturn]] void refuseType(std::string_view supported) const;

 private:
  const Json* json_;
  std::string place_;
};

}  // namespace retort::train
