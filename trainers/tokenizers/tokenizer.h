#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Text to token ids and back, for language models. (Encoders use WordPieceTokenizer.)
///
/// To add a kind of tokenizer: derive from Tokenizer, and let `makeTokenizer` pick it by the files
/// that a folder holds.
namespace retort::train {

/// Contents by file name ("tokenizer.json"), as they are in a model folder.
using TokenizerFiles = std::map<std::string, std::string>;

struct SpecialIds {
  std::optional<std::int32_t> bos = std::nullopt;
  std::optional<std::int32_t> eos = std::nullopt;
  std::optional<std::int32_t> unk = std::nullopt;
  std::optional<std::int32_t> pad = std::nullopt;

  bool operator==(const SpecialIds&) const = default;
};

/// Any bytes are accepted as text: what is not UTF-8 becomes U+FFFD (`wellFormed`). Not safe for
/// concurrent use: words are remembered.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  Tokenizer(const Tokenizer&) = delete;
  Tokenizer& operator=(const Tokenizer&) = delete;

  /// The ids of Hugging Face's `tokenizer(text)`: with bos and eos where the tokenizer puts them.
  /// Text that looks like an added or special token becomes it.
  [[nodiscard]] std::vector<std::int32_t> encode(std::string_view text) const;

  /// The same without bos and eos (`add_special_tokens=False`).
  [[nodiscard]] virtual std::vector<std::int32_t> encodePlain(std::string_view text) const = 0;

  /// Text of ids, as Hugging Face's `decode(ids, skip_special_tokens)` without its clean-up of
  /// spaces. Throws TrainError (kBadData) for an id that there is not.
  [[nodiscard]] virtual std::string decode(std::span<const std::int32_t> ids,
                                           bool skip_special_tokens = false) const = 0;

  /// The id of a token as the vocabulary writes it, or nothing.
  [[nodiscard]] virtual std::optional<std::int32_t> idOf(std::string_view token) const = 0;

  /// All ids are less than this: the embedding needs at least so many rows.
  [[nodiscard]] virtual std::int64_t vocabularySize() const = 0;

  [[nodiscard]] const SpecialIds& specialIds() const { return special_ids_; }

  /// What `encode` puts before and after a text.
  [[nodiscard]] const std::vector<std::int32_t>& prefix() const { return prefix_; }

  [[nodiscard]] const std::vector<std::int32_t>& suffix() const { return suffix_; }

  /// Byte for byte what makes this tokenizer again, here and in Hugging Face: to be written into a
  /// model folder.
  [[nodiscard]] const TokenizerFiles& files() const { return files_; }

  /// SHA-256 over the names and contents of the files.
  [[nodiscard]] std::string fingerprint() const;

 protected:
  explicit Tokenizer(TokenizerFiles files) : files_(std::move(files)) {}

  SpecialIds special_ids_;
  std::vector<std::int32_t> prefix_;
  std::vector<std::int32_t> suffix_;

 private:
  TokenizerFiles files_;
};

/// The tokenizer of a model folder: tokenizer.json if it is there (as Hugging Face prefers), else
/// tokenizer.model, else GPT-2's vocab.json with merges.txt. Throws TrainError: kMissingInput when
/// there is none, kBadData "FILE: …" for what is malformed or not supported, by name.
[[nodiscard]] std::unique_ptr<Tokenizer> readTokenizer(const std::filesystem::path& folder);

/// The same from memory; `source` stands for the folder in messages.
[[nodiscard]] std::unique_ptr<Tokenizer> makeTokenizer(TokenizerFiles files,
                                                       const std::string& source);

/// Throws TrainError (kBadData) "tokenizer has 40005 ids, embedding table 32000 rows" when an id
/// could be out of range.
void checkVocabularyFits(const Tokenizer& tokenizer, std::int64_t embedding_rows);

}  // namespace retort::train
