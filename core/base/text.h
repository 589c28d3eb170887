#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retort {

/// The candidate nearest to `word` by edit distance (with transpositions), if it is near enough to
/// be a likely misspelling (distance at most a third of the longer length, at least 1).
[[nodiscard]] std::optional<std::string> nearestName(std::string_view word,
                                                     const std::vector<std::string>& candidates);

/// The shortest decimal text that reads back to the same double; '.' whatever the locale is. "NaN",
/// "Infinity" and
/// "-Infinity" for the others.
[[nodiscard]] std::string formatDouble(double value);

/// Parses a whole text as a finite or non-finite double / as an integer, independent of the locale.
/// Nothing when anything is left over or the number does not fit.
[[nodiscard]] std::optional<double> parseDouble(std::string_view text);
[[nodiscard]] std::optional<std::int64_t> parseInteger(std::string_view text);

/// True for well-formed UTF-8 without surrogates; `bad_byte` (if given) receives the offset of the
/// first error.
[[nodiscard]] bool isValidUtf8(std::string_view text, std::size_t* bad_byte = nullptr);

/// Bytes of the well-formed UTF-8 sequence that `text` starts with; 0 when it is malformed or
/// empty.
[[nodiscard]] std::size_t utf8SequenceLength(std::string_view text);

/// "a,,b" gives "a", "", "b"; an empty text gives one empty part.
[[nodiscard]] std::vector<std::string> splitString(std::string_view text, char separator);
[[nodiscard]] std::string joinStrings(const std::vector<std::string>& parts,
                                      std::string_view separator);

}  // namespace retort
