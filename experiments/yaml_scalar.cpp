#include "experiments/yaml_scalar.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace retort::experiments {

namespace {

constexpr std::array<std::string_view, 16> kOldBooleans = {"y",
                                                           "Y",
                                                           "n",
                                                           "N",
                                                           "yes",
                                                           "Yes",
                                                           "YES",
                                                           "no",
                                                           "No",
                                                           "NO",
                                                           "on",
                                                           "On",
                                                           "ON",
                                                           "off",
                                                           "Off",
                                                           "OFF"};

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view withoutSign(std::string_view text) {
  return !text.empty() && (text.front() == '-' || text.front() == '+') ? text.substr(1) : text;
}

bool areDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), isDigit);
}

/// The digits before the first '.', 'e' or the end, when the whole is spelled like a decimal real.
bool isRealSpelling(std::string_view text) {
  std::string_view rest = withoutSign(text);
  const std::size_t exponent = rest.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    if (!areDigits(withoutSign(rest.substr(exponent + 1)))) {
      return false;
    }
    rest = rest.substr(0, exponent);
  }
  const std::size_t point = rest.find('.');
  if (point == std::string_view::npos) {
    return exponent != std::string_view::npos && areDigits(rest);
  }
  const std::string_view whole = rest.substr(0, point);
  const std::string_view fraction = rest.substr(point + 1);
  return (whole.empty() || areDigits(whole)) && (fraction.empty() || areDigits(fraction)) &&
         !(whole.empty() && fraction.empty());
}

bool hasLeadingZero(std::string_view text) {
  const std::string_view digits = withoutSign(text);
  return digits.size() > 1 && digits[0] == '0' && isDigit(digits[1]);
}

bool isOtherBase(std::string_view text) {
  const std::string_view digits = withoutSign(text);
  if (digits.size() < 3 || digits[0] != '0' ||
      (digits[1] != 'x' && digits[1] != 'o' && digits[1] != 'b')) {
    return false;
  }
  return digits.find_first_not_of("0123456789abcdefABCDEF_", 2) == std::string_view::npos;
}

bool isGroupedNumber(std::string_view text) {
  std::string joined(withoutSign(text));
  if (joined.empty() || !isDigit(joined.front()) || joined.find('_') == std::string::npos) {
    return false;
  }
  joined.erase(std::remove(joined.begin(), joined.end(), '_'), joined.end());
  return areDigits(joined);
}

bool isCommaNumber(std::string_view text) {
  const std::string_view number = withoutSign(text);
  const std::size_t comma = number.find(',');
  return comma != std::string_view::npos && areDigits(number.substr(0, comma)) &&
         areDigits(number.substr(comma + 1));
}

bool isNotFiniteSpelling(std::string_view text) {
  std::string word(withoutSign(text));
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  return word == ".nan" || word == ".inf";
}

std::string inQuotes(std::string_view text) {
  return fmt::format("\"{}\"", text);
}

/// Why a spelling is refused; empty when it is clear.
std::string objection(std::string_view text) {
  if (std::find(kOldBooleans.begin(), kOldBooleans.end(), text) != kOldBooleans.end()) {
    const bool is_true =
        text[0] == 'y' || text[0] == 'Y' || text == "on" || text == "On" || text == "ON";
    return fmt::format(
        "'{}' is read differently by different programs: write {} or, for the text, {}",
        text,
        is_true ? "true" : "false",
        inQuotes(text));
  }
  if (isNotFiniteSpelling(text)) {
    return fmt::format("'{}' is not a finite number", text);
  }
  if (isOtherBase(text) || isGroupedNumber(text)) {
    return fmt::format("'{}': write the number in plain decimal digits or, for the text, {}",
                       text,
                       inQuotes(text));
  }
  if (isCommaNumber(text)) {
    std::string pointed(text);
    std::replace(pointed.begin(), pointed.end(), ',', '.');
    return fmt::format(
        "'{}' has a decimal comma: write {} or, for the text, {}", text, pointed, inQuotes(text));
  }
  const bool is_number = areDigits(withoutSign(text)) || isRealSpelling(text);
  if (is_number && hasLeadingZero(text)) {
    return fmt::format(
        "'{}' begins with 0 (octal for some programs): write it without or, for the text, {}",
        text,
        inQuotes(text));
  }
  return {};
}

}  // namespace

Result<Json, std::string> typePlainScalar(std::string_view text) {
  if (std::string why = objection(text); !why.empty()) {
    return failWith(std::move(why));
  }
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
    return Json();
  }
  if (text == "true" || text == "True" || text == "TRUE") {
    return Json(true);
  }
  if (text == "false" || text == "False" || text == "FALSE") {
    return Json(false);
  }
  const std::string_view number = text.front() == '+' ? text.substr(1) : text;
  if (areDigits(withoutSign(text))) {
    if (const auto integer = parseInteger(number)) {
      return Json(*integer);
    }
    return failWith(fmt::format("'{}' does not fit an integer of 64 bits", text));
  }
  if (isRealSpelling(text)) {
    if (const auto real = parseDouble(number)) {
      return Json(*real);
    }
    return failWith(fmt::format("'{}' does not fit a finite real of 64 bits", text));
  }
  return Json(std::string(text));
}

bool isPlainText(std::string_view text) {
  const auto isWord = [](char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '/' ||
           c == '.' || c == '-' || c == '+' || c == ':';
  };
  // ':' is an indicator only before a blank or the end; '-' and '.' only at the beginning.
  if (text.empty() || !std::all_of(text.begin(), text.end(), isWord) || text.back() == ':' ||
      text.front() == '-' || text.front() == ':') {
    return false;
  }
  const auto typed = typePlainScalar(text);
  return typed && typed->is_string() && text != "...";
}

}  // namespace retort::experiments
