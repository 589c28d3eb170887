#pragma once

#include "core/base/json.h"
#include "trainers/tokenizers/added_tokens.h"
#include "trainers/tokenizers/tokenizer.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace retort::train {

/// What tokenizer_config.json, special_tokens_map.json and added_tokens.json say.
struct TokenizerConfig {
  std::string tokenizer_class;  ///< empty when it is not said
  std::optional<std::string> bos_token;
  std::optional<std::string> eos_token;
  std::optional<std::string> unk_token;
  std::optional<std::string> pad_token;
  std::set<std::string> special_tokens;  ///< these, sep, cls, mask and additional_special_tokens
  std::optional<bool> add_bos_token;
  std::optional<bool> add_eos_token;
  std::optional<bool> add_prefix_space;
  std::optional<bool> legacy;
  std::vector<AddedToken> added_tokens;
};

/// Absent files say nothing. Throws TrainError (kBadData) "SOURCE/FILE: …" for malformed ones.
[[nodiscard]] TokenizerConfig readTokenizerConfig(const TokenizerFiles& files,
                                                  const std::string& source);

/// A JSON object out of one of the files, or an empty one when the file is not there.
[[nodiscard]] Json tokenizerFileJson(const TokenizerFiles& files,
                                     const std::string& name,
                                     const std::string& source);

/// One entry of tokenizer.json's "added_tokens" or of added_tokens_decoder: `content` and flags.
/// `place` names it in messages.
[[nodiscard]] AddedToken addedTokenFromJson(const Json& json,
                                            std::int32_t id,
                                            const std::string& place);

}  // namespace retort::train
