#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace retort::train {

/// How text is cleaned and split into words, as BERT's BasicTokenizer does.
struct BasicTokenizerOptions {
  bool do_lower_case = true;
  bool strip_accents = true;
  bool tokenize_chinese_chars = true;
};

/// Bytes to code points; each byte that is not part of well-formed UTF-8 becomes U+FFFD (which is
/// dropped later).
[[nodiscard]] std::u32string decodeUtf8(std::string_view text);

/// Code points to bytes. Surrogates and values beyond Unicode become U+FFFD.
[[nodiscard]] std::string encodeUtf8(std::u32string_view text);

/// Words of a text: control characters (general categories C*) and U+FFFD dropped, white space and
/// CJK ideographs as borders, canonical composition, lower case, accents (category Mn) removed,
/// punctuation (categories P* and ASCII's other signs) alone. Words that are one of `never_split`
/// stay as they are.
[[nodiscard]] std::vector<std::u32string> splitWords(
    std::u32string_view text,
    const BasicTokenizerOptions& options,
    const std::vector<std::u32string>& never_split);

/// The lower case of one code point, without regard to its neighbours, as BertTokenizer prepares
/// its text.
[[nodiscard]] std::u32string lowerCase(std::u32string_view text);

}  // namespace retort::train
