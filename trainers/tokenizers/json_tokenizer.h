#pragma once

#include "trainers/tokenizers/added_tokens.h"
#include "trainers/tokenizers/bpe.h"
#include "trainers/tokenizers/decoders.h"
#include "trainers/tokenizers/normalizers.h"
#include "trainers/tokenizers/pre_tokenizers.h"
#include "trainers/tokenizers/tokenizer.h"
#include "trainers/tokenizers/tokenizer_config.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace retort::train {

/// tokenizer.json as Hugging Face's tokenizers carry it out: added tokens of the raw text,
/// normalizer, added tokens of the normalized text, pre-tokenizer, model (BPE or WordLevel),
/// post-processor (TemplateProcessing: what stands before and after a text), decoder.
///
/// When tokenizer_config.json names LlamaTokenizer or LlamaTokenizerFast, `add_bos_token` (default
/// true) and `add_eos_token` (default false) replace the post-processor, as in transformers.
/// Truncation and padding that the file asks for are left to the caller.
class JsonTokenizer final : public Tokenizer {
 public:
  /// Throws TrainError (kBadData) "FILE: PLACE: …" for what is malformed or not supported.
  JsonTokenizer(TokenizerFiles files, const std::string& source);

  [[nodiscard]] std::vector<std::int32_t> encodePlain(std::string_view text) const override;
  [[nodiscard]] std::string decode(std::span<const std::int32_t> ids,
                                   bool skip_special_tokens = false) const override;
  [[nodiscard]] std::optional<std::int32_t> idOf(std::string_view token) const override;
  [[nodiscard]] std::int64_t vocabularySize() const override;

 private:
  void readAddedTokens(const Component& root, const TokenizerConfig& config);
  void readPostProcessor(const Component& component);
  void readTemplate(const Component& component);
  void applyConfig(const TokenizerConfig& config, const std::string& place);
  void encodeNormalized(std::string_view text,
                        bool starts_text,
                        std::vector<std::int32_t>& ids) const;
  void encodeText(std::string_view text, bool starts_text, std::vector<std::int32_t>& ids) const;

  std::unique_ptr<TokenModel> model_;
  Normalizer normalizer_;       // may be empty
  PreTokenizer pre_tokenizer_;  // may be empty
  std::optional<Decoder> decoder_;
  std::vector<AddedToken> added_tokens_;
  std::map<std::string, std::int32_t, std::less<>> added_ids_;
  std::map<std::int32_t, std::size_t> added_places_;  // in added_tokens_
  std::unique_ptr<AddedTokenFinder> raw_finder_;
  std::unique_ptr<AddedTokenFinder> normalized_finder_;
};

}  // namespace retort::train
