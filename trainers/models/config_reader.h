#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace retort::train {

/// Reads typed values out of one config.json; every message opens with the file and names the key.
/// Keys that hold null count as missing. The JSON and the file's name must outlive the reader.
class ConfigReader {
 public:
  /// The largest size that a model may give.
  static constexpr std::int64_t kLargestSize = 1 << 24;

  /// Throws TrainError (bad data), like all below, when it is no object.
  ConfigReader(const Json& json, const std::string& origin);

  [[noreturn]] void refuse(const std::string& problem) const;

  [[nodiscard]] bool has(const char* key) const;

  /// The key is there, even if it holds null.
  [[nodiscard]] bool holds(const char* key) const { return json_.contains(key); }

  [[nodiscard]] const Json& at(const char* key) const { return json_.at(key); }

  /// A size that must be given.
  [[nodiscard]] std::int64_t size(const char* key) const;

  [[nodiscard]] std::int64_t integer(const char* key,
                                     std::int64_t minimum,
                                     std::int64_t maximum) const;

  [[nodiscard]] std::int64_t integerOr(const char* key,
                                       std::int64_t otherwise,
                                       std::int64_t minimum,
                                       std::int64_t maximum) const;

  /// A size, or empty when the key is missing.
  [[nodiscard]] std::optional<std::int64_t> optionalSize(const char* key) const;

  [[nodiscard]] double real(const char* key, double minimum, double maximum) const;

  [[nodiscard]] double realOr(const char* key,
                              double otherwise,
                              double minimum,
                              double maximum) const;

  [[nodiscard]] std::optional<double> optionalReal(const char* key,
                                                   double minimum,
                                                   double maximum) const;

  [[nodiscard]] bool boolOr(const char* key, bool otherwise) const;

  /// Refuses every value of a word but those named. A missing key is fine.
  void requireWord(const char* key, const std::vector<std::string>& allowed) const;

 private:
  const Json& json_;
  const std::string& origin_;
};

}  // namespace retort::train
