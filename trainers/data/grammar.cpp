#include "trainers/data/grammar.h"

#include "core/base/json.h"
#include "core/base/text.h"
#include "trainers/data/split_mix.h"

#include <cmath>
#include <utility>

namespace retort::train {

namespace {

/// Words of one kind, the most frequent first.
using Words = std::vector<std::string>;

struct Lexicon {
  Words names;
  Words prepositions;
  Words items;
  Words nouns;  ///< stems
  Words verbs;  ///< stems
};

constexpr const char* kNounEndings[] = {"", "n"};  // singular, plural
constexpr const char* kVerbEndings[] = {"t", "k"};

/// Two syllables: the first says which word, the second which kind; no two kinds share one.
Words makeWords(std::size_t count, const char* kind) {
  constexpr std::string_view kConsonants = "bdfgklmnprstvz";
  constexpr std::string_view kVowels = "aeiou";
  Words words;
  for (std::size_t i = 0; i < count; ++i) {
    const char consonant = kConsonants[i % kConsonants.size()];
    const char vowel = kVowels[i / kConsonants.size()];
    words.push_back(std::string{consonant, vowel} + kind);
  }
  return words;
}

const Lexicon& lexicon() {
  static const Lexicon kLexicon = {.names = makeWords(24, "ro"),
                                   .prepositions = makeWords(6, "m"),
                                   .items = makeWords(60, "lu"),
                                   .nouns = makeWords(60, "di"),
                                   .verbs = makeWords(40, "ka")};
  return kLexicon;
}

/// Writes one document and adds up what its choices cost.
class DocumentWriter {
 public:
  DocumentWriter(const GrammarSettings& settings, std::int64_t number)
      : settings_(settings),
        random_(static_cast<std::uint64_t>(settings.seed), static_cast<std::uint64_t>(number)) {}

  GrammarDocument write() {
    const std::string name = word(lexicon().names);
    say(name);
    say(":");
    do {
      if (evenly(2) == 0) {
        writeAgreement();
      } else {
        writeCopying();
      }
    } while (!isOver());
    say("end");
    say(name);
    say(".");
    return std::move(document_);
  }

 private:
  void say(const std::string& word) {
    document_.text += (document_.text.empty() ? "" : " ") + word;
  }

  /// One of `count`, all as likely.
  std::size_t evenly(std::size_t count) {
    document_.nats += std::log(static_cast<double>(count));
    return random_.below(count);
  }

  bool isOver() {
    const auto mean = static_cast<std::uint64_t>(settings_.sentences);
    const bool is_over = random_.below(mean) == 0;
    const auto ways = static_cast<double>(is_over ? 1 : mean - 1);
    document_.nats -= std::log(ways / static_cast<double>(mean));
    return is_over;
  }

  /// Zipf's weights as integers, so that every platform draws the same.
  const std::string& word(const Words& words) {
    constexpr std::uint64_t kScale = 1'000'000;
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
      total += kScale / (i + 1);
    }
    std::uint64_t drawn = random_.below(total);
    std::size_t place = 0;
    while (drawn >= kScale / (place + 1)) {
      drawn -= kScale / (place + 1);
      ++place;
    }
    document_.nats -=
        std::log(static_cast<double>(kScale / (place + 1)) / static_cast<double>(total));
    return words[place];
  }

  void writeAgreement() {
    const std::size_t number = writeNoun();
    for (std::size_t i = evenly(static_cast<std::size_t>(settings_.phrases) + 1); i > 0; --i) {
      say(word(lexicon().prepositions));
      writeNoun();
    }
    say(word(lexicon().verbs) + kVerbEndings[number]);
    say(".");
  }

  std::size_t writeNoun() {
    say("the");
    const std::string stem = word(lexicon().nouns);
    const std::size_t number = evenly(2);
    say(stem + kNounEndings[number]);
    return number;
  }

  void writeCopying() {
    Words items;
    for (std::size_t i = evenly(static_cast<std::size_t>(settings_.copied)) + 1; i > 0; --i) {
      items.push_back(word(lexicon().items));
    }
    say("say");
    say(joinStrings(items, " "));
    say("again");
    say(joinStrings(items, " "));
    say(".");
  }

  const GrammarSettings& settings_;
  SplitMix64 random_;
  GrammarDocument document_;
};

Words allTokens() {
  Words tokens = {"<unk>", "<s>", "</s>", "<pad>", ".", ":", "the", "say", "again", "end"};
  const auto add = [&](const Words& words, const char* ending) {
    for (const std::string& word : words) {
      tokens.push_back(word + ending);
    }
  };
  add(lexicon().names, "");
  add(lexicon().prepositions, "");
  add(lexicon().items, "");
  for (const std::size_t number : {0U, 1U}) {
    add(lexicon().nouns, kNounEndings[number]);
    add(lexicon().verbs, kVerbEndings[number]);
  }
  return tokens;
}

Json tokenizerJson() {
  Json vocabulary = Json::object();
  Json added = Json::array();
  const Words tokens = allTokens();
  for (std::size_t id = 0; id < tokens.size(); ++id) {
    vocabulary[tokens[id]] = id;
    if (id < 4) {
      added.push_back({{"id", id},
                       {"content", tokens[id]},
                       {"single_word", false},
                       {"lstrip", false},
                       {"rstrip", false},
                       {"normalized", false},
                       {"special", true}});
    }
  }
  const auto part = [](const char* kind, const char* id) {
    return Json{{kind, {{"id", id}, {"type_id", 0}}}};
  };
  const Json begin = {{"id", "<s>"}, {"ids", Json::array({1})}, {"tokens", Json::array({"<s>"})}};
  return {{"version", "1.0"},
          {"truncation", nullptr},
          {"padding", nullptr},
          {"added_tokens", added},
          {"normalizer", nullptr},
          {"pre_tokenizer", {{"type", "WhitespaceSplit"}}},
          {"post_processor",
           {{"type", "TemplateProcessing"},
            {"single", Json::array({part("SpecialToken", "<s>"), part("Sequence", "A")})},
            {"pair", Json::array({part("Sequence", "A"), part("Sequence", "B")})},
            {"special_tokens", {{"<s>", begin}}}}},
          {"decoder", nullptr},
          {"model", {{"type", "WordLevel"}, {"vocab", vocabulary}, {"unk_token", "<unk>"}}}};
}

TokenCorpus corpusOf(const std::vector<GrammarDocument>& documents, const Tokenizer& tokenizer) {
  TokenCorpusBuilder builder;
  for (const GrammarDocument& document : documents) {
    std::vector<std::int32_t> ids = tokenizer.encode(document.text);
    ids.push_back(tokenizer.specialIds().eos.value());
    builder.add(ids);
    builder.count(countText(document.text));
  }
  return std::move(builder).build();
}

}  // namespace

std::vector<GrammarDocument> generateGrammar(const GrammarSettings& settings,
                                             std::int64_t first,
                                             std::int64_t count) {
  std::vector<GrammarDocument> documents;
  for (std::int64_t number = first; number < first + count; ++number) {
    documents.push_back(DocumentWriter(settings, number).write());
  }
  return documents;
}

std::unique_ptr<Tokenizer> grammarTokenizer() {
  const Json config = {{"tokenizer_class", "PreTrainedTokenizerFast"},
                       {"bos_token", "<s>"},
                       {"eos_token", "</s>"},
                       {"unk_token", "<unk>"},
                       {"pad_token", "<pad>"},
                       {"clean_up_tokenization_spaces", false}};
  return makeTokenizer({{"tokenizer.json", tokenizerJson().dump()},
                        {"tokenizer_config.json", config.dump(2) + "\n"}},
                       "grammar");
}

GrammarCorpora generateGrammarCorpora(const GrammarSettings& settings, const Tokenizer& tokenizer) {
  // Validation first: it does not depend on how much is learned from.
  const auto validation = generateGrammar(settings, 0, settings.validation_documents);
  const auto train =
      generateGrammar(settings, settings.validation_documents, settings.train_documents);
  GrammarCorpora corpora = {.train = corpusOf(train, tokenizer),
                            .validation = corpusOf(validation, tokenizer)};
  for (const GrammarDocument& document : validation) {
    corpora.validation_nats += document.nats;
  }
  return corpora;
}

}  // namespace retort::train
