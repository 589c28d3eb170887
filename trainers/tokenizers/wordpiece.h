#pragma once

#include "core/base/json.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace retort::train {

/// What tokenizer_config.json says; the defaults are those of BertTokenizer.
struct WordPieceOptions {
  bool do_lower_case = true;
  std::optional<bool> strip_accents;  ///< not given: as do_lower_case
  bool tokenize_chinese_chars = true;
  std::string unk_token = "[UNK]";
  std::string sep_token = "[SEP]";
  std::string pad_token = "[PAD]";
  std::string cls_token = "[CLS]";
  std::string mask_token = "[MASK]";
  std::int64_t model_max_length = 512;

  bool operator==(const WordPieceOptions&) const = default;
};

/// [CLS] first [SEP] or [CLS] first [SEP] second [SEP].
struct Encoding {
  std::vector<std::int32_t> ids;
  std::int64_t first_segment = 0;  ///< tokens of segment 0: up to and including the first [SEP]
  bool is_truncated = false;

  bool operator==(const Encoding&) const = default;
};

/// Splits text as Hugging Face's BertTokenizer (the Python one) does and gives the same ids:
/// special tokens are found in the text first; then control characters are dropped, CJK characters
/// and punctuation stand alone, letters are lowered and lose their accents; then the longest pieces
/// of the vocabulary are taken from the left. Words of more than 100 characters are [UNK]. Any
/// bytes are accepted; what is not UTF-8 is dropped. Time is proportional to the text. Safe for
/// concurrent use.
class WordPieceTokenizer {
 public:
  /// Reads vocab.txt and, if there, tokenizer_config.json. Throws TrainError: kMissingInput when
  /// vocab.txt is not there, kBadData when it is empty, repeats a line, lacks a special token, or
  /// the config is malformed or of another tokenizer.
  [[nodiscard]] static WordPieceTokenizer fromFolder(const std::filesystem::path& folder);

  /// `source` names the vocabulary in messages.
  WordPieceTokenizer(std::vector<std::string> vocabulary,
                     WordPieceOptions options,
                     const std::string& source = "vocabulary");

  [[nodiscard]] std::vector<std::string> tokenize(std::string_view text) const;
  [[nodiscard]] std::vector<std::int32_t> tokenIds(std::string_view text) const;

  /// Both texts' tokens are popped from the end of the longer one (of the second when equal) until
  /// everything fits `max_length` (at least 2, or 3 with a second text).
  [[nodiscard]] Encoding encode(std::string_view first, std::int64_t max_length) const;
  [[nodiscard]] Encoding encodePair(std::string_view first,
                                    std::string_view second,
                                    std::int64_t max_length) const;

  [[nodiscard]] std::int32_t padId() const { return pad_id_; }

  [[nodiscard]] std::int64_t vocabularySize() const {
    return static_cast<std::int64_t>(vocabulary_.size());
  }

  [[nodiscard]] const WordPieceOptions& options() const { return options_; }

  /// The id of a token, or nothing.
  [[nodiscard]] std::optional<std::int32_t> idOf(std::string_view token) const;

  /// The contents of vocab.txt and tokenizer_config.json that make this tokenizer again.
  [[nodiscard]] std::string vocabularyText() const;
  [[nodiscard]] Json configJson() const;

 private:
  struct TextHash {
    using is_transparent = void;

    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  void tokenizeWord(std::u32string_view word, std::vector<std::int32_t>& ids) const;

  /// Length in characters (0: none) and id of the longest vocabulary entry that `piece` starts
  /// with; at least one character after the `prefix` bytes belongs to it.
  [[nodiscard]] std::pair<std::size_t, std::int32_t> longestPiece(std::string_view piece,
                                                                  std::size_t prefix) const;
  void tokenizePlain(std::string_view text, std::vector<std::int32_t>& ids) const;

  WordPieceOptions options_;
  std::vector<std::string> vocabulary_;
  std::unordered_map<std::string, std::int32_t, TextHash, std::equal_to<>> ids_;
  std::array<std::string, 5> specials_;
  std::vector<std::u32string> never_split_;
  std::size_t longest_token_ = 1;  // in bytes, at least its characters
  std::int32_t unk_id_ = 0;
  std::int32_t sep_id_ = 0;
  std::int32_t pad_id_ = 0;
  std::int32_t cls_id_ = 0;
};

/// Throws TrainError (kBadData) "tokenizer has 40005 ids, embedding table 30522 rows" when an id
/// could be out of range.
void checkVocabularyFits(const WordPieceTokenizer& tokenizer, std::int64_t embedding_rows);

}  // namespace retort::train
