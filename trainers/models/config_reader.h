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

  /// The number of a token of a vocabulary of that size; empty when the key is missing or holds -1,
  /// as in LLaMA 1.
  [[nodiscard]] std::optional<std::int64_t> optionalToken(const char* key,
                                                          std::int64_t vocabulary) const;

  /// One token or a list of them; empty when the key is missing.
  [[nodiscard]] std::vector<std::int64_t> tokens(const char* key, std::int64_t vocabulary) const;

  /// Refuses weights that are quantized already.
  void requireUnquantized() const;

  /// Refuses every value of a word but those named. A missing key is fine.
  void requireWord(const char* key, const std::vector<std::string>& allowed) const;

 private:
  const Json& json_;
  const std::string& origin_;
};

/// null for a value that is not there.
template <class T>
[[nodiscard]] Json orNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

/// null, one number, or a list of them: what ConfigReader::tokens reads.
[[nodiscard]] Json tokensToJson(const std::vector<std::int64_t>& tokens);

}  // namespace retort::train
