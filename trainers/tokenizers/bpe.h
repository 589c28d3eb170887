#pragma once

#include "trainers/tokenizers/vocabulary.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace retort::train {

/// Which neighbours become one token, and how early.
class MergeTable {
 public:
  struct Merge {
    std::int32_t rank = 0;
    std::int32_t id = 0;
  };

  void add(std::int32_t left, std::int32_t right, Merge merge) {
    merges_.insert_or_assign(keyOf(left, right), merge);
  }

  [[nodiscard]] const Merge* find(std::int32_t left, std::int32_t right) const {
    const auto found = merges_.find(keyOf(left, right));
    return found == merges_.end() ? nullptr : &found->second;
  }

 private:
  static std::uint64_t keyOf(std::int32_t left, std::int32_t right) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32U |
           static_cast<std::uint32_t>(right);
  }

  std::unordered_map<std::uint64_t, Merge> merges_;
};

/// Byte-pair encoding of one word, in place: again and again the neighbours of the lowest rank, the
/// leftmost first, become one. Returns how many pairs of neighbours were looked up: at most three
/// for each symbol; the time is that times a logarithm.
std::int64_t mergePairs(std::vector<std::int32_t>& symbols, const MergeTable& merges);

/// tokenizer.json's model "BPE", as Hugging Face's tokenizers do it. A character that is not in the
/// vocabulary becomes its bytes (`byte_fallback`) if all of them are there, else unk_token, else
/// nothing.
class Bpe final : public TokenModel {
 public:
  /// Throws TrainError (kBadData) for merges of tokens that the vocabulary lacks and for what is
  /// not supported: dropout, continuing_subword_prefix, end_of_word_suffix.
  explicit Bpe(const Component& component);

  void encode(std::string_view piece, std::vector<std::int32_t>& ids) const override;

  [[nodiscard]] const Vocabulary& vocabulary() const override { return vocabulary_; }

  [[nodiscard]] std::optional<std::int32_t> unkId() const override { return unk_id_; }

 private:
  void readMerges(const Component& component);
  void readBytes();
  [[nodiscard]] bool appendBytes(std::string_view character,
                                 std::vector<std::int32_t>& symbols) const;
  [[nodiscard]] std::vector<std::int32_t> symbolsOf(std::string_view word) const;

  Vocabulary vocabulary_;
  MergeTable merges_;
  std::optional<std::int32_t> unk_id_;
  std::array<std::optional<std::int32_t>, 256> byte_ids_;
  bool fuses_unk_ = false;
  bool falls_back_to_bytes_ = false;
  bool ignores_merges_ = false;
  mutable std::unordered_map<std::string, std::vector<std::int32_t>> known_words_;
};

/// tokenizer.json's model "WordLevel": a piece is a token or unk_token.
class WordLevel final : public TokenModel {
 public:
  explicit WordLevel(const Component& component);

  void encode(std::string_view piece, std::vector<std::int32_t>& ids) const override;

  [[nodiscard]] const Vocabulary& vocabulary() const override { return vocabulary_; }

  [[nodiscard]] std::optional<std::int32_t> unkId() const override { return unk_id_; }

 private:
  Vocabulary vocabulary_;
  std::optional<std::int32_t> unk_id_;
};

/// The model that "type" names; a model without a type that has merges is BPE. Throws TrainError
/// (kBadData) for others, by name.
[[nodiscard]] std::unique_ptr<TokenModel> makeTokenModel(const Component& component);

}  // namespace retort::train
