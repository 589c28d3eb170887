#include "trainers/tokenizers/unicode_text.h"

#include "core/base/check.h"
#include "core/base/text.h"
#include "trainers/tokenizers/basic_tokenizer.h"

#include <algorithm>
#include <cstdint>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

namespace retort::train {

namespace {

UChar32 signedCode(char32_t code) {
  return static_cast<UChar32>(code);
}

/// ICU's composer of the form: it decomposes, too.
const icu::Normalizer2& normalizerOf(NormalForm form) {
  const bool is_compatible = form == NormalForm::kNfkc || form == NormalForm::kNfkd;
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* instance = is_compatible ? icu::Normalizer2::getNFKCInstance(status)
                                                   : icu::Normalizer2::getNFCInstance(status);
  RETORT_CHECK(U_SUCCESS(status), "ICU has no normalization data");
  return *instance;
}

/// Full decomposition. Marks are sorted by their combining class with a stable sort: ICU's own
/// insertion takes quadratic time on a text of nothing but marks.
std::u32string decompose(std::u32string_view text, const icu::Normalizer2& normalizer) {
  std::u32string result;
  result.reserve(text.size());
  icu::UnicodeString parts;
  for (const char32_t code : text) {
    if (code < 0xA0 || !normalizer.getDecomposition(signedCode(code), parts)) {
      result += code;
      continue;
    }
    for (std::int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1)) {
      result += static_cast<char32_t>(parts.char32At(i));
    }
  }
  const auto combiningClass = [](char32_t code) {
    return code < 0x300 ? 0 : u_getCombiningClass(signedCode(code));
  };
  for (auto begin = result.begin(); begin != result.end();) {
    if (combiningClass(*begin) == 0) {
      ++begin;
      continue;
    }
    const auto end =
        std::find_if(begin, result.end(), [&](char32_t code) { return combiningClass(code) == 0; });
    std::stable_sort(
        begin, end, [&](char32_t a, char32_t b) { return combiningClass(a) < combiningClass(b); });
    begin = end;
  }
  return result;
}

}  // namespace

std::u32string normalized(std::u32string_view text, NormalForm form) {
  if (std::all_of(text.begin(), text.end(), [](char32_t code) { return code < 0x80; })) {
    return std::u32string(text);
  }
  const icu::Normalizer2& normalizer = normalizerOf(form);
  std::u32string decomposed = decompose(text, normalizer);
  if (form == NormalForm::kNfd || form == NormalForm::kNfkd) {
    return decomposed;
  }
  icu::UnicodeString wide;
  for (const char32_t code : decomposed) {
    wide.append(signedCode(code));
  }
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString composed = normalizer.normalize(wide, status);
  RETORT_CHECK(U_SUCCESS(status), "ICU could not normalize a text");
  std::u32string result;
  result.reserve(static_cast<std::size_t>(composed.length()));
  for (std::int32_t i = 0; i < composed.length(); i = composed.moveIndex32(i, 1)) {
    result += static_cast<char32_t>(composed.char32At(i));
  }
  return result;
}

std::string normalizedUtf8(std::string_view text, NormalForm form) {
  if (std::all_of(text.begin(), text.end(), [](char byte) { return (byte & 0x80) == 0; })) {
    return std::string(text);
  }
  return encodeUtf8(normalized(decodeUtf8(text), form));
}

std::string wellFormed(std::string_view text) {
  if (isValidUtf8(text)) {
    return std::string(text);
  }
  const auto size = static_cast<std::int64_t>(text.size());
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  std::string result;
  for (std::int64_t i = 0; i < size;) {
    const std::int64_t begin = i;
    UChar32 code = 0;
    U8_NEXT(bytes, i, size, code);
    if (code < 0) {
      result += "\uFFFD";
    } else {
      result += text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(i - begin));
    }
  }
  return result;
}

bool isWhiteSpace(char32_t code) {
  return u_isUWhiteSpace(signedCode(code)) != 0;
}

bool isNumeric(char32_t code) {
  constexpr std::uint32_t kNumberMask = U_GC_N_MASK;
  return (U_GET_GC_MASK(signedCode(code)) & kNumberMask) != 0;
}

bool isWordCharacter(char32_t code) {
  constexpr std::uint32_t kWordMask = U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK;
  return u_isUAlphabetic(signedCode(code)) != 0 ||
         (U_GET_GC_MASK(signedCode(code)) & kWordMask) != 0;
}

std::string replaceAll(std::string_view text, std::string_view from, std::string_view to) {
  std::string result;
  while (true) {
    const std::size_t place = text.find(from);
    result += text.substr(0, place);
    if (place == std::string_view::npos) {
      return result;
    }
    result += to;
    text.remove_prefix(place + from.size());
  }
}

std::size_t leadingWhiteSpace(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && isWhiteSpace(firstCharacter(text.substr(end)))) {
    end += utf8SequenceLength(text.substr(end));
  }
  return end;
}

std::size_t trailingWhiteSpace(std::string_view text) {
  std::size_t begin = text.size();
  while (begin > 0 && isWhiteSpace(lastCharacter(text.substr(0, begin)))) {
    begin -= encodeUtf8(std::u32string(1, lastCharacter(text.substr(0, begin)))).size();
  }
  return text.size() - begin;
}

char32_t firstCharacter(std::string_view text) {
  return decodeUtf8(text.substr(0, std::max<std::size_t>(utf8SequenceLength(text), 1))).front();
}

char32_t lastCharacter(std::string_view text) {
  std::size_t begin = text.size() - 1;
  while (begin > 0 && (text[begin] & 0xC0) == 0x80) {
    --begin;
  }
  return firstCharacter(text.substr(begin));
}

}  // namespace retort::train
