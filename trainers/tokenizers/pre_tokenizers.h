#pragma once

#include "trainers/tokenizers/component.h"
#include "trainers/tokenizers/pattern.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace retort::train {

/// A part of a text that the model sees alone.
struct Piece {
  std::string text;
  bool starts_text = false;  ///< it is the beginning of the whole text

  bool operator==(const Piece&) const = default;
};

/// Replaces the pieces by smaller ones; none of them is empty.
using PreTokenizer = std::function<std::vector<Piece>(std::vector<Piece>)>;

/// tokenizer.json's "pre_tokenizer": ByteLevel, Split, Metaspace, Digits, Punctuation, Whitespace,
/// WhitespaceSplit, Sequence, as Hugging Face's tokenizers do them. Throws TrainError (kBadData)
/// for others, by name.
[[nodiscard]] PreTokenizer makePreTokenizer(const Component& component);

/// What becomes of the text that a pattern matches.
enum class SplitBehavior { kRemoved, kIsolated, kMergedWithPrevious, kMergedWithNext, kContiguous };

/// The parts of a text, split at matches (in their order, without overlap); `invert` takes what
/// lies between them for the matches.
[[nodiscard]] std::vector<std::string_view> splitText(std::string_view text,
                                                      const std::vector<Match>& matches,
                                                      SplitBehavior behavior,
                                                      bool invert = false);

}  // namespace retort::train
