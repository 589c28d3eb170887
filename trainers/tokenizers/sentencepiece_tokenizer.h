#pragma once

#include "trainers/tokenizers/added_tokens.h"
#include "trainers/tokenizers/tokenizer.h"
#include "trainers/tokenizers/tokenizer_config.h"

#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace sentencepiece {
class SentencePieceProcessor;
}

namespace retort::train {

/// tokenizer.model by the sentencepiece library, with the behaviour of Hugging Face's (Python)
/// LlamaTokenizer:
///
/// - added and special tokens are found first; what is between them is encoded piece by piece;
/// - `legacy` (the default when the config does not say): each of these parts gets the library's
///   own leading space. Not legacy: only the text's beginning gets one (`add_prefix_space`), and
///   spaces after a special token stay as they are;
/// - bos is put before the text (`add_bos_token`, the default) and eos after it only when
///   `add_eos_token` says so.
class SentencePieceTokenizer final : public Tokenizer {
 public:
  /// Throws TrainError (kBadData) when the model or a config is malformed.
  SentencePieceTokenizer(TokenizerFiles files, const std::string& source);
  ~SentencePieceTokenizer() override;

  [[nodiscard]] std::vector<std::int32_t> encodePlain(std::string_view text) const override;
  [[nodiscard]] std::string decode(std::span<const std::int32_t> ids,
                                   bool skip_special_tokens = false) const override;
  [[nodiscard]] std::optional<std::int32_t> idOf(std::string_view token) const override;

  [[nodiscard]] std::int64_t vocabularySize() const override { return vocabulary_size_; }

 private:
  void load(const std::string& model, const std::string& file);
  void collectAddedTokens();
  [[nodiscard]] std::vector<std::string> pieces(std::string_view text) const;
  [[nodiscard]] std::vector<std::string> piecesOf(std::string_view part) const;
  [[nodiscard]] std::string tokenOf(std::int32_t id) const;
  [[nodiscard]] std::string textOf(std::vector<std::string> tokens) const;

  TokenizerConfig config_;
  bool is_legacy_ = true;
  bool has_prefix_space_ = true;
  std::unique_ptr<sentencepiece::SentencePieceProcessor> processor_;
  std::size_t unk_length_ = 0;  // pieces of the text "<unk>"
  std::unordered_map<std::string, std::int32_t> added_ids_;
  std::unordered_map<std::int32_t, std::string> added_tokens_;
  std::unique_ptr<AddedTokenFinder> finder_;
  std::int64_t vocabulary_size_ = 0;
};

}  // namespace retort::train
