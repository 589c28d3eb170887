#include "trainers/tokenizers/pattern.h"

#include "trainers/train_error.h"

#include <utility>

#include <fmt/format.h>
#include <unicode/regex.h>
#include <unicode/unistr.h>

namespace retort::train {

struct Pattern::Regex {
  std::unique_ptr<icu::RegexMatcher> matcher;
  std::string place;
};

Pattern::Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

namespace {

/// Bytes in UTF-8 of the UTF-16 code units [begin, end), which are whole code points.
std::size_t utf8Bytes(const icu::UnicodeString& text, std::int32_t begin, std::int32_t end) {
  std::size_t bytes = 0;
  for (std::int32_t i = begin; i < end; ++i) {
    const char16_t unit = text.charAt(i);
    if (unit < 0x80) {
      bytes += 1;
    } else if (unit < 0x800 || (unit >= 0xD800 && unit <= 0xDFFF)) {
      bytes += 2;  // each half of a surrogate pair stands for two of four bytes
    } else {
      bytes += 3;
    }
  }
  return bytes;
}

}  // namespace

Pattern Pattern::literal(std::string text) {
  Pattern pattern;
  pattern.literal_ = std::move(text);
  return pattern;
}

Pattern Pattern::regex(const std::string& expression, const std::string& place) {
  UErrorCode status = U_ZERO_ERROR;
  auto matcher =
      std::make_unique<icu::RegexMatcher>(icu::UnicodeString::fromUTF8(expression), 0, status);
  if (U_FAILURE(status)) {
    throw TrainError(ExitCode::kBadData,
                     fmt::format("{}: the regular expression \"{}\" is not understood ({})",
                                 place,
                                 expression,
                                 u_errorName(status)));
  }
  // Backtracking over a long run of one kind needs memory in proportion to it.
  matcher->setStackLimit(0, status);
  Pattern pattern;
  pattern.regex_ = std::make_unique<Regex>(Regex{std::move(matcher), place});
  return pattern;
}

Pattern Pattern::fromJson(const Component& component) {
  if (component.has("String")) {
    return literal(component.text("String"));
  }
  if (component.has("Regex")) {
    return regex(component.text("Regex"), component.place());
  }
  component.refuse("expected a pattern: {\"String\": …} or {\"Regex\": …}");
}

std::vector<Match> Pattern::find(std::string_view text) const {
  std::vector<Match> matches;
  if (!regex_) {
    for (std::size_t begin = 0; !literal_.empty();) {
      begin = text.find(literal_, begin);
      if (begin == std::string_view::npos) {
        break;
      }
      matches.push_back({begin, begin + literal_.size()});
      begin += literal_.size();
    }
    return matches;
  }
  const auto wide = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  regex_->matcher->reset(wide);
  UErrorCode status = U_ZERO_ERROR;
  std::int32_t done = 0;
  std::size_t bytes = 0;
  while (regex_->matcher->find(status) != 0 && U_SUCCESS(status)) {
    const std::int32_t begin = regex_->matcher->start(status);
    const std::int32_t end = regex_->matcher->end(status);
    if (begin == end) {
      continue;
    }
    bytes += utf8Bytes(wide, done, begin);
    const std::size_t size = utf8Bytes(wide, begin, end);
    matches.push_back({bytes, bytes + size});
    bytes += size;
    done = end;
  }
  if (U_FAILURE(status)) {
    throw TrainError(ExitCode::kBadData,
                     fmt::format("{}: the regular expression fails on a text of {} bytes ({})",
                                 regex_->place,
                                 text.size(),
                                 u_errorName(status)));
  }
  return matches;
}

}  // namespace retort::train
