#include "trainers/tokenizers/basic_tokenizer.h"

#include "core/base/text.h"
#include "trainers/tokenizers/unicode_text.h"

#include <algorithm>

#include <unicode/uchar.h>

namespace retort::train {

namespace {

constexpr char32_t kReplacement = 0xFFFD;

UChar32 signedCode(char32_t code) {
  return static_cast<UChar32>(code);
}

bool isControl(char32_t code) {
  if (code == '\t' || code == '\n' || code == '\r') {
    return false;
  }
  if (code < 0x7F) {
    return code < 0x20;
  }
  constexpr std::uint32_t kControlMask = U_GC_C_MASK;
  return (U_GET_GC_MASK(signedCode(code)) & kControlMask) != 0;
}

/// What Python's split() takes for white space after the cleaning: line and paragraph separators
/// too.
bool isSpace(char32_t code) {
  if (code < 0x80) {
    return code == ' ' || code == '\t' || code == '\n' || code == '\r';
  }
  constexpr std::uint32_t kSpaceMask = U_GC_Z_MASK;
  return (U_GET_GC_MASK(signedCode(code)) & kSpaceMask) != 0;
}

bool isPunctuation(char32_t code) {
  if (code < 0x80) {
    return (code >= 33 && code <= 47) || (code >= 58 && code <= 64) || (code >= 91 && code <= 96) ||
           (code >= 123 && code <= 126);
  }
  return (U_GET_GC_MASK(signedCode(code)) & U_GC_P_MASK) != 0;
}

/// The CJK blocks of BERT's own list; Hangul, kana and later extensions are not among them.
bool isChineseCharacter(char32_t code) {
  return (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0x3400 && code <= 0x4DBF) ||
         (code >= 0x20000 && code <= 0x2A6DF) || (code >= 0x2A700 && code <= 0x2B73F) ||
         (code >= 0x2B740 && code <= 0x2B81F) || (code >= 0x2B820 && code <= 0x2CEAF) ||
         (code >= 0xF900 && code <= 0xFAFF) || (code >= 0x2F800 && code <= 0x2FA1F);
}

std::u32string withoutAccents(std::u32string_view text) {
  std::u32string result = normalized(text, NormalForm::kNfd);
  std::erase_if(result,
                [](char32_t code) { return u_charType(signedCode(code)) == U_NON_SPACING_MARK; });
  return result;
}

/// Drops what is invisible, makes white space uniform and sets CJK characters apart.
std::u32string clean(std::u32string_view text, bool tokenize_chinese_chars) {
  std::u32string result;
  result.reserve(text.size());
  for (const char32_t code : text) {
    if (code == 0 || code == kReplacement || isControl(code)) {
      continue;
    }
    if (isSpace(code)) {
      result += U' ';
    } else if (tokenize_chinese_chars && isChineseCharacter(code)) {
      result += {U' ', code, U' '};
    } else {
      result += code;
    }
  }
  return result;
}

void splitPunctuation(std::u32string_view word, std::vector<std::u32string>& words) {
  bool starts_word = true;
  for (const char32_t code : word) {
    const bool is_border = isPunctuation(code);
    if (is_border || starts_word) {
      words.emplace_back();
    }
    words.back() += code;
    starts_word = is_border;
  }
}

}  // namespace

std::u32string decodeUtf8(std::string_view text) {
  std::u32string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const auto byte = [&](std::size_t i) {
      return static_cast<char32_t>(static_cast<unsigned char>(text[i]));
    };
    const std::size_t length = utf8SequenceLength(text);
    switch (length) {
      case 1:
        result += byte(0);
        break;
      case 2:
        result += (byte(0) & 0x1FU) << 6U | (byte(1) & 0x3FU);
        break;
      case 3:
        result += (byte(0) & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
        break;
      case 4:
        result += (byte(0) & 0x07U) << 18U | (byte(1) & 0x3FU) << 12U | (byte(2) & 0x3FU) << 6U |
                  (byte(3) & 0x3FU);
        break;
      default:
        result += kReplacement;
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return result;
}

std::string encodeUtf8(std::u32string_view text) {
  std::string result;
  result.reserve(text.size());
  for (char32_t code : text) {
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
      code = kReplacement;
    }
    const auto append = [&](char32_t byte) {
      result += static_cast<char>(byte);
    };
    if (code < 0x80) {
      append(code);
    } else if (code < 0x800) {
      append(0xC0U | code >> 6U);
      append(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
      append(0xE0U | code >> 12U);
      append(0x80U | (code >> 6U & 0x3FU));
      append(0x80U | (code & 0x3FU));
    } else {
      append(0xF0U | code >> 18U);
      append(0x80U | (code >> 12U & 0x3FU));
      append(0x80U | (code >> 6U & 0x3FU));
      append(0x80U | (code & 0x3FU));
    }
  }
  return result;
}

std::u32string lowerCase(std::u32string_view text) {
  std::u32string result;
  result.reserve(text.size());
  for (const char32_t code : text) {
    if (code < 0x80) {
      result += code >= U'A' && code <= U'Z' ? code + 32 : code;
    } else if (code == 0x130) {
      result += U"i\u0307";  // the only code point whose lower case is two
    } else {
      result += static_cast<char32_t>(u_tolower(signedCode(code)));
    }
  }
  return result;
}

std::vector<std::u32string> splitWords(std::u32string_view text,
                                       const BasicTokenizerOptions& options,
                                       const std::vector<std::u32string>& never_split) {
  std::u32string cleaned = clean(text, options.tokenize_chinese_chars);
  if (!options.strip_accents) {
    cleaned = normalized(cleaned, NormalForm::kNfc);
  }
  std::vector<std::u32string> words;
  std::size_t end = 0;
  while (true) {
    const std::size_t begin = cleaned.find_first_not_of(U' ', end);
    if (begin == std::u32string::npos) {
      return words;
    }
    end = std::min(cleaned.find(U' ', begin), cleaned.size());
    const std::u32string word = cleaned.substr(begin, end - begin);
    if (std::find(never_split.begin(), never_split.end(), word) != never_split.end()) {
      words.push_back(word);
      continue;
    }
    const std::u32string lowered = options.do_lower_case ? lowerCase(word) : word;
    splitPunctuation(options.strip_accents ? withoutAccents(lowered) : lowered, words);
  }
}

}  // namespace retort::train
