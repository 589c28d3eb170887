#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retort::train {

/// A token that is found in the text before anything else looks at it (Hugging Face's AddedToken).
struct AddedToken {
  std::string content;
  std::int32_t id = 0;
  bool is_special = false;
  bool lstrip = false;       ///< takes the white space before it
  bool rstrip = false;       ///< takes the white space after it
  bool single_word = false;  ///< only where no word character is beside it
  bool normalized = false;   ///< looked for in the normalized text

  bool operator==(const AddedToken&) const = default;
};

/// A part of a text: an added token, or text for the others.
struct TextPart {
  std::string_view text;
  const AddedToken* token = nullptr;
};

/// Finds added tokens, the leftmost first and of those the longest, as Hugging Face's tokenizers
/// do.
class AddedTokenFinder {
 public:
  /// Tokens without content are left out.
  explicit AddedTokenFinder(std::vector<AddedToken> tokens);

  /// The text in its order, without empty parts of text. The views are of `text`, which is
  /// well-formed.
  [[nodiscard]] std::vector<TextPart> split(std::string_view text) const;

 private:
  [[nodiscard]] const AddedToken* tokenAt(std::string_view text, std::size_t place) const;

  std::vector<AddedToken> tokens_;                            // by first byte, the longest first
  std::vector<std::pair<std::size_t, std::size_t>> of_byte_;  // first and end in tokens_
};

}  // namespace retort::train
