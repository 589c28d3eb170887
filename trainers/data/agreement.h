#pragma once

#include "trainers/data/data_settings.h"
#include "trainers/data/example.h"
#include "trainers/tokenizers/wordpiece.h"

#include <vector>

/// A small generated language in which acceptability depends on agreement between words far apart.
///
///   sentence := clause [noun phrase* adjective]
///   clause   := noun phrase* ["that" clause] verb          phrase := preposition noun
///
/// Nouns, verbs and adjectives carry one of up to six endings (three classes, singular and plural).
/// A verb agrees with the noun that opens its clause, the adjective with the noun after the last
/// verb; the nouns in phrases are distractors. A sentence is acceptable (label 1) when all
/// agreements hold; otherwise exactly one word has the wrong ending.
///
/// The words of a sentence say nothing without their places: in each clause the number of nouns
/// that agree with the verb is drawn first, from the same distribution for right and wrong ones; in
/// right ones the opening noun is among them, in wrong ones it is not. In the share `free` of the
/// clauses the nouns in phrases are drawn without regard to the verb instead: there the number of
/// agreeing nouns is a hint, and the agreement is learned from it before the places are.
namespace retort::train {

struct AgreementData {
  std::vector<Example> train;
  std::vector<Example>
      dev;  ///< no sentence of it is in `train`; does not depend on how many rows train has
};

/// Sentences without repetition, half of them acceptable up to chance; the same for equal settings.
[[nodiscard]] AgreementData generateAgreement(const AgreementSettings& settings);

/// Inflected words are two tokens, the stem and the ending ("bel", "##asi"), so that words which
/// agree share one; the others are one. The same whatever the settings are.
[[nodiscard]] WordPieceTokenizer agreementTokenizer();

}  // namespace retort::train
