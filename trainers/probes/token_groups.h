#pragma once

#include "trainers/models/token_batch.h"
#include "trainers/tokenizers/wordpiece.h"

#include <ATen/ATen.h>

#include <optional>
#include <string>
#include <vector>

/// The kinds of tokens by which attention is analysed (Kobayashi et al. 2020, arXiv 2004.10102, and
/// the Exp3 notebook of MarsJacobs/kd-qat-large-enc): [CLS], [SEP], comma and full stop, all other
/// tokens, and all together.
namespace retort::train {

inline const std::vector<std::string>& tokenGroupNames() {
  static const std::vector<std::string> kNames = {"cls", "sep", "punctuation", "other", "all"};
  return kNames;
}

/// Ids of the tokens that make a group of their own.
struct GroupedTokens {
  std::vector<std::int64_t> cls;
  std::vector<std::int64_t> sep;
  std::vector<std::int64_t> punctuation;
};

/// Those of a vocabulary; a token that it lacks is in no group of its own.
inline GroupedTokens groupedTokens(const WordPieceTokenizer& tokenizer) {
  const auto ids = [&](const std::vector<std::string>& tokens) {
    std::vector<std::int64_t> found;
    for (const std::string& token : tokens) {
      if (const std::optional<std::int32_t> id = tokenizer.idOf(token)) {
        found.push_back(*id);
      }
    }
    return found;
  };
  const WordPieceOptions& options = tokenizer.options();
  return {.cls = ids({options.cls_token}),
          .sep = ids({options.sep_token}),
          .punctuation = ids({",", "."})};
}

/// Which tokens of the batch belong to which group: [B, G, N] bool, groups as tokenGroupNames();
/// padding belongs to none.
inline at::Tensor tokenGroups(const TokenBatch& batch, const GroupedTokens& grouped) {
  const at::Tensor real = batch.attention_mask > 0;
  const auto members = [&](const std::vector<std::int64_t>& ids) {
    at::Tensor found = at::zeros_like(real);
    for (const std::int64_t id : ids) {
      found = found | (batch.input_ids == id);
    }
    return found & real;
  };
  const at::Tensor cls = members(grouped.cls);
  const at::Tensor sep = members(grouped.sep);
  const at::Tensor punctuation = members(grouped.punctuation);
  const at::Tensor other = real & ~(cls | sep | punctuation);
  return at::stack({cls, sep, punctuation, other, real}, 1);
}

}  // namespace retort::train
