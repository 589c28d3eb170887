#pragma once

#include "trainers/data/text_settings.h"
#include "trainers/data/token_corpus.h"
#include "trainers/tokenizers/tokenizer.h"

#include <memory>
#include <string>
#include <vector>

/// A small generated language for decoders, with long-range agreement and copying.
///
///   document  := NAME ":" sentence+ "end" NAME "."        the same name, however far away
///   sentence  := agreement | copying
///   agreement := "the" NOUN phrase* VERB "."              the verb has the number of that noun
///   phrase    := PREPOSITION "the" NOUN                   of either number: a distraction
///   copying   := "say" ITEM+ "again" ITEM+ "."            the same items in the same order
///
/// Words of a kind are drawn with weights 1, 1/2, 1/3 …; the two kinds of sentence, the numbers of
/// nouns, the number of phrases (0 to `phrases`) and of items (1 to `copied`) evenly; after each
/// sentence the document ends with probability 1 / `sentences`.
///
/// A text can be read in one way only, and what agreement and copying ask for is no choice: the
/// probability of a document is the product of its choices', and its logarithm is known exactly. No
/// model can have a smaller expected loss than the language's own. The shortest documents come
/// again and again, as often as their probability says.
namespace retort::train {

struct GrammarDocument {
  std::string text;  ///< words between single spaces
  double nats = 0;   ///< minus the natural logarithm of its probability
};

/// Documents `first` … `first + count - 1` of the sequence that the seed begins.
[[nodiscard]] std::vector<GrammarDocument> generateGrammar(const GrammarSettings& settings,
                                                           std::int64_t first,
                                                           std::int64_t count);

/// The language's tokenizer: a token for each of its words, <unk>, <s>, </s> and <pad>; <s> before
/// every text. The same whatever the settings are.
[[nodiscard]] std::unique_ptr<Tokenizer> grammarTokenizer();

struct GrammarCorpora {
  TokenCorpus train;           ///< <s> words </s>
  TokenCorpus validation;      ///< other documents of the same sequence
  double validation_nats = 0;  ///< of all its documents together

  /// The lowest loss (in nats per judged token) that a model can reach on the validation part, up
  /// to what it knows of these very documents: every token but the first of a document is judged.
  [[nodiscard]] double lowestLoss() const {
    return validation_nats / static_cast<double>(validation.size() - validation.documents());
  }
};

[[nodiscard]] GrammarCorpora generateGrammarCorpora(const GrammarSettings& settings,
                                                    const Tokenizer& tokenizer);

}  // namespace retort::train
