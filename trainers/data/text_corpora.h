#pragma once

#include "trainers/data/text_settings.h"
#include "trainers/data/token_cache.h"
#include "trainers/data/token_corpus.h"
#include "trainers/tokenizers/tokenizer.h"

#include <filesystem>
#include <optional>

namespace retort::train {

struct TextCorpora {
  TokenCorpus train;
  TokenCorpus validation;
};

/// The tokens of `path` (a file, or a folder that holds the named files), for training and for
/// validation; the latter from settings.validation_path where that is given, which must be on this
/// machine, too.
///
/// A document is `Tokenizer::encode` of its text, with eos behind it (`add_eos`) if there is none
/// yet, unless it is empty; a conversation is what its template writes, and only the assistant's
/// words are judged. With a cache the tokens are made once for equal bytes, tokenizers and
/// settings. Throws TrainError: kMissingInput when a file is not there, kBadData "FILE:LINE: …",
/// kBadSpec for a name that leaves the folder.
[[nodiscard]] TextCorpora loadTextCorpora(const TextSettings& settings,
                                          const std::filesystem::path& path,
                                          const Tokenizer& tokenizer,
                                          const std::optional<TokenCache>& cache);

}  // namespace retort::train
