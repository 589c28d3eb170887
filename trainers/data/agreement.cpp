#include "trainers/data/agreement.h"

#include "core/base/text.h"
#include "trainers/data/split_mix.h"

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace retort::train {

namespace {

constexpr std::array<std::string_view, 6> kEndings = {"a", "o", "u", "asi", "osi", "usi"};
constexpr std::array<std::string_view, 6> kNouns = {"bel", "dor", "fim", "gat", "kul", "mer"};
constexpr std::array<std::string_view, 4> kVerbs = {"prask", "tolv", "sken", "wirt"};
constexpr std::array<std::string_view, 4> kAdjectives = {"zlim", "hrud", "yelk", "vash"};
constexpr std::array<std::string_view, 6> kPrepositions = {"ni", "ko", "ba", "te", "lu", "rem"};
constexpr std::string_view kThat = "ke";
// With one phrase its noun alone would tell: it agrees exactly when the opening noun does not.
constexpr std::int64_t kMinPhrases = 2;

using Words = std::vector<std::string>;

std::string inflect(std::string_view stem, std::size_t ending) {
  return fmt::format("{}{}", stem, kEndings.at(ending));
}

/// Makes sentences one after the other.
class Generator {
 public:
  Generator(const AgreementSettings& settings, std::uint64_t stream)
      : settings_(settings),
        endings_(static_cast<std::size_t>(settings.endings)),
        random_(static_cast<std::uint64_t>(settings.seed), stream) {}

  Example next() {
    const std::size_t depth = draw(static_cast<std::size_t>(settings_.nesting) + 1);
    const bool has_object = settings_.has_object && draw(2) == 1;
    const bool is_right = draw(2) == 1;
    const std::size_t agreements = depth + 1 + (has_object ? 1 : 0);
    // Agreement number 0 is the outermost clause's; no number is wrong in a right sentence.
    const std::size_t wrong = is_right ? agreements : draw(agreements);
    Words words;
    std::vector<std::string> verbs;
    for (std::size_t clause = 0; clause <= depth; ++clause) {
      if (clause > 0) {
        words.emplace_back(kThat);
      }
      verbs.push_back(addNouns(words, kVerbs, clause != wrong));
    }
    words.insert(words.end(), verbs.rbegin(), verbs.rend());
    if (has_object) {
      words.push_back(addNouns(words, kAdjectives, depth + 1 != wrong));
    }
    return {.first = joinStrings(words, " "), .label = is_right ? 1.0 : 0.0};
  }

 private:
  std::size_t draw(std::size_t bound) { return static_cast<std::size_t>(random_.below(bound)); }

  /// Whether the nouns of a clause's phrases are drawn without regard to its verb.
  bool drawFree() {
    constexpr std::size_t kParts = 1000;
    return settings_.free > 0 &&
           static_cast<double>(draw(kParts)) < settings_.free * static_cast<double>(kParts);
  }

  template <std::size_t N>
  std::string_view pick(const std::array<std::string_view, N>& words) {
    return words.at(draw(N));
  }

  /// Adds an opening noun and its phrases; returns the word that agrees with the opening noun, or
  /// does not.
  template <std::size_t N>
  std::string addNouns(Words& words,
                       const std::array<std::string_view, N>& targets,
                       bool is_right) {
    const auto spare = static_cast<std::size_t>(settings_.phrases - kMinPhrases);
    const std::size_t phrases = kMinPhrases + draw(spare + 1);
    const std::size_t ending = draw(endings_);
    const bool is_free = drawFree();
    std::size_t agreeing = 1 + draw(phrases);  // of all nouns of the clause
    agreeing -= is_right ? 1 : 0;
    words.push_back(noun(ending, is_right));
    for (std::size_t i = 0; i < phrases; ++i) {
      const bool agrees = is_free ? draw(endings_) == 0 : draw(phrases - i) < agreeing;
      agreeing -= agrees && !is_free ? 1 : 0;
      words.emplace_back(pick(kPrepositions));
      words.push_back(noun(ending, agrees));
    }
    return inflect(pick(targets), ending);
  }

  /// A noun with that ending, or with any other.
  std::string noun(std::size_t ending, bool agrees) {
    const std::size_t other = (ending + 1 + draw(endings_ - 1)) % endings_;
    return inflect(pick(kNouns), agrees ? ending : other);
  }

  const AgreementSettings& settings_;
  std::size_t endings_;
  SplitMix64 random_;
};

/// `rows` sentences that are not in `used`, which grows by them. Even a small language has
/// millions.
std::vector<Example> generateRows(Generator generator,
                                  std::int64_t rows,
                                  std::set<std::string>& used) {
  std::vector<Example> examples;
  while (static_cast<std::int64_t>(examples.size()) < rows) {
    Example example = generator.next();
    if (used.insert(example.first).second) {
      examples.push_back(std::move(example));
    }
  }
  return examples;
}

}  // namespace

AgreementData generateAgreement(const AgreementSettings& settings) {
  std::set<std::string> used;
  AgreementData data;
  data.dev = generateRows(Generator(settings, 0), settings.dev_rows, used);
  data.train = generateRows(Generator(settings, 1), settings.train_rows, used);
  return data;
}

WordPieceTokenizer agreementTokenizer() {
  std::vector<std::string> vocabulary = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
  vocabulary.emplace_back(kThat);
  vocabulary.insert(vocabulary.end(), kPrepositions.begin(), kPrepositions.end());
  const auto add = [&](const auto& stems) {
    for (const std::string_view stem : stems) {
      vocabulary.emplace_back(stem);
    }
  };
  add(kNouns);
  add(kVerbs);
  add(kAdjectives);
  for (const std::string_view ending : kEndings) {
    vocabulary.push_back(fmt::format("##{}", ending));
  }
  return {std::move(vocabulary), WordPieceOptions{}, "the agreement language's vocabulary"};
}

}  // namespace retort::train
