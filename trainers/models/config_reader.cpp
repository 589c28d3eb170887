#include "trainers/models/config_reader.h"

#include "trainers/train_error.h"

#include <algorithm>

#include <fmt/ranges.h>

namespace retort::train {

ConfigReader::ConfigReader(const Json& json, const std::string& origin)
    : json_(json),
      origin_(origin) {
  if (!json.is_object()) {
    refuse("it must hold an object of settings");
  }
}

void ConfigReader::refuse(const std::string& problem) const {
  throw TrainError(ExitCode::kBadData, fmt::format("{}: {}", origin_, problem));
}

bool ConfigReader::has(const char* key) const {
  return json_.contains(key) && !json_.at(key).is_null();
}

std::int64_t ConfigReader::size(const char* key) const {
  if (!has(key)) {
    refuse(fmt::format("'{}' is missing", key));
  }
  return integer(key, 1, kLargestSize);
}

std::int64_t ConfigReader::integer(const char* key,
                                   std::int64_t minimum,
                                   std::int64_t maximum) const {
  const Json& value = json_.at(key);
  const bool fits = value.is_number_integer() && value >= minimum && value <= maximum;
  if (!fits) {
    refuse(fmt::format(
        "'{}' must be an integer from {} to {}, not {}", key, minimum, maximum, value.dump()));
  }
  return value.get<std::int64_t>();
}

std::int64_t ConfigReader::integerOr(const char* key,
                                     std::int64_t otherwise,
                                     std::int64_t minimum,
                                     std::int64_t maximum) const {
  return has(key) ? integer(key, minimum, maximum) : otherwise;
}

std::optional<std::int64_t> ConfigReader::optionalSize(const char* key) const {
  return has(key) ? std::optional(integer(key, 1, kLargestSize)) : std::nullopt;
}

double ConfigReader::real(const char* key, double minimum, double maximum) const {
  if (!has(key)) {
    refuse(fmt::format("'{}' is missing", key));
  }
  const Json& value = json_.at(key);
  const bool fits = value.is_number() && value >= minimum && value <= maximum;
  if (!fits) {
    refuse(fmt::format(
        "'{}' must be a number from {} to {}, not {}", key, minimum, maximum, value.dump()));
  }
  return value.get<double>();
}

double ConfigReader::realOr(const char* key,
                            double otherwise,
                            double minimum,
                            double maximum) const {
  return has(key) ? real(key, minimum, maximum) : otherwise;
}

std::optional<double> ConfigReader::optionalReal(const char* key,
                                                 double minimum,
                                                 double maximum) const {
  return has(key) ? std::optional(real(key, minimum, maximum)) : std::nullopt;
}

bool ConfigReader::boolOr(const char* key, bool otherwise) const {
  if (!has(key)) {
    return otherwise;
  }
  if (!json_.at(key).is_boolean()) {
    refuse(fmt::format("'{}' must be true or false, not {}", key, json_.at(key).dump()));
  }
  return json_.at(key).get<bool>();
}

std::optional<std::int64_t> ConfigReader::optionalToken(const char* key,
                                                        std::int64_t vocabulary) const {
  if (!has(key) || json_.at(key) == -1) {
    return std::nullopt;
  }
  return integer(key, 0, vocabulary - 1);
}

std::vector<std::int64_t> ConfigReader::tokens(const char* key, std::int64_t vocabulary) const {
  if (!has(key)) {
    return {};
  }
  const Json& value = json_.at(key);
  const Json list = value.is_array() ? value : Json::array({value});
  std::vector<std::int64_t> tokens;
  for (const Json& token : list) {
    if (!token.is_number_integer() || token < 0 || token >= vocabulary) {
      refuse(fmt::format(
          "'{}' names {}, which is no token of a vocabulary of {}", key, token.dump(), vocabulary));
    }
    tokens.push_back(token.get<std::int64_t>());
  }
  return tokens;
}

void ConfigReader::requireUnquantized() const {
  if (has("quantization_config")) {
    refuse(
        "its weights are quantized already ('quantization_config'): take the full-precision "
        "model, which Retort quantizes itself");
  }
}

void ConfigReader::requireWord(const char* key, const std::vector<std::string>& allowed) const {
  if (has(key) &&
      std::none_of(allowed.begin(), allowed.end(), [this, key](const std::string& word) {
        return json_.at(key) == word;
      })) {
    refuse(fmt::format("'{}' is {}, but this model is only defined for {}",
                       key,
                       json_.at(key).dump(),
                       fmt::join(allowed, ", ")));
  }
}

Json tokensToJson(const std::vector<std::int64_t>& tokens) {
  if (tokens.empty()) {
    return nullptr;
  }
  return tokens.size() == 1 ? Json(tokens.front()) : Json(tokens);
}

}  // namespace retort::train
