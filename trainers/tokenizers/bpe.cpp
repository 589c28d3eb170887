#include "trainers/tokenizers/bpe.h"

#include "core/base/text.h"

#include <queue>

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace retort::train {

namespace {

/// Longer words are not likely to come again.
constexpr std::size_t kMaxKnownWord = 256;
constexpr std::size_t kMaxKnownWords = 100'000;
constexpr std::int32_t kNone = -1;

struct Symbol {
  std::int32_t id = 0;  // kNone: merged into the one before
  std::int32_t previous = kNone;
  std::int32_t next = kNone;
};

struct Candidate {
  std::int32_t rank = 0;
  std::int32_t place = 0;  // of the left symbol
  std::int32_t id = 0;     // of both together

  /// The queue gives the greatest first.
  bool operator<(const Candidate& other) const {
    return std::tie(rank, place) > std::tie(other.rank, other.place);
  }
};

/// A word as a chain of symbols, with the merges that are possible.
class MergeChain {
 public:
  MergeChain(const std::vector<std::int32_t>& ids, const MergeTable& merges) : merges_(merges) {
    const auto size = static_cast<std::int32_t>(ids.size());
    symbols_.reserve(ids.size());
    for (std::int32_t i = 0; i < size; ++i) {
      symbols_.push_back({ids[static_cast<std::size_t>(i)], i - 1, i + 1 == size ? kNone : i + 1});
    }
    for (std::int32_t i = 0; i + 1 < size; ++i) {
      consider(i);
    }
  }

  void mergeAll() {
    while (!candidates_.empty()) {
      const Candidate best = candidates_.top();
      candidates_.pop();
      if (isStillThere(best)) {
        merge(best);
      }
    }
  }

  void write(std::vector<std::int32_t>& ids) const {
    ids.clear();
    for (const Symbol& symbol : symbols_) {
      if (symbol.id != kNone) {
        ids.push_back(symbol.id);
      }
    }
  }

  [[nodiscard]] std::int64_t lookups() const { return lookups_; }

 private:
  Symbol& at(std::int32_t place) { return symbols_[static_cast<std::size_t>(place)]; }

  /// The pair that begins at `place` becomes a candidate.
  void consider(std::int32_t place) {
    ++lookups_;
    const MergeTable::Merge* merge = merges_.find(at(place).id, at(at(place).next).id);
    if (merge != nullptr) {
      candidates_.push({merge->rank, place, merge->id});
    }
  }

  /// One of the two may have become part of another token meanwhile.
  bool isStillThere(const Candidate& candidate) {
    const Symbol& left = at(candidate.place);
    if (left.id == kNone || left.next == kNone) {
      return false;
    }
    const MergeTable::Merge* merge = merges_.find(left.id, at(left.next).id);
    return merge != nullptr && merge->id == candidate.id;
  }

  void merge(const Candidate& candidate) {
    Symbol& left = at(candidate.place);
    Symbol& right = at(left.next);
    left.id = candidate.id;
    right.id = kNone;
    left.next = right.next;
    if (left.next != kNone) {
      at(left.next).previous = candidate.place;
      consider(candidate.place);
    }
    if (left.previous != kNone) {
      consider(left.previous);
    }
  }

  const MergeTable& merges_;
  std::vector<Symbol> symbols_;
  std::priority_queue<Candidate> candidates_;
  std::int64_t lookups_ = 0;
};

/// Both halves of "left right" or ["left", "right"].
std::pair<std::string, std::string> mergeParts(const Component& component,
                                               std::size_t index,
                                               const Json& merge) {
  if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
    return {merge[0].get<std::string>(), merge[1].get<std::string>()};
  }
  if (merge.is_string()) {
    const std::vector<std::string> parts = splitString(merge.get_ref<const std::string&>(), ' ');
    if (parts.size() == 2) {
      return {parts[0], parts[1]};
    }
  }
  component.refuse(fmt::format("merges[{}] is not a pair of tokens: {}", index, merge.dump()));
}

std::optional<std::int32_t> unkOf(const Component& component, const Vocabulary& vocabulary) {
  if (!component.has("unk_token")) {
    return std::nullopt;
  }
  const std::string token = component.text("unk_token");
  const std::optional<std::int32_t> id = vocabulary.idOf(token);
  if (!id) {
    component.refuse(fmt::format("unk_token \"{}\" is not in the vocabulary", token));
  }
  return id;
}

}  // namespace

std::int64_t mergePairs(std::vector<std::int32_t>& symbols, const MergeTable& merges) {
  MergeChain chain(symbols, merges);
  chain.mergeAll();
  chain.write(symbols);
  return chain.lookups();
}

Bpe::Bpe(const Component& component)
    : vocabulary_(component.at("vocab")),
      unk_id_(unkOf(component, vocabulary_)),
      fuses_unk_(component.flag("fuse_unk", false)),
      falls_back_to_bytes_(component.flag("byte_fallback", false)),
      ignores_merges_(component.flag("ignore_merges", false)) {
  if (component.has("dropout")) {
    component.refuse("dropout is not supported: ids would be random");
  }
  for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    if (component.has(key) && !component.text(key).empty()) {
      component.refuse(fmt::format("{} is not supported", key));
    }
  }
  readMerges(component);
  readBytes();
}

void Bpe::readMerges(const Component& component) {
  const Component merges = component.at("merges");
  if (!merges.json().is_array()) {
    merges.refuse("expected a list");
  }
  for (std::size_t i = 0; i < merges.json().size(); ++i) {
    const auto [left, right] = mergeParts(component, i, merges.json()[i]);
    const auto idOf = [&, index = i](const std::string& token) {
      const std::optional<std::int32_t> id = vocabulary_.idOf(token);
      if (!id) {
        component.refuse(
            fmt::format("merges[{}] needs the token \"{}\", which is not there", index, token));
      }
      return *id;
    };
    const std::int32_t left_id = idOf(left);
    const std::int32_t right_id = idOf(right);
    merges_.add(left_id, right_id, {static_cast<std::int32_t>(i), idOf(left + right)});
  }
}

void Bpe::readBytes() {
  for (std::size_t byte = 0; falls_back_to_bytes_ && byte < byte_ids_.size(); ++byte) {
    byte_ids_[byte] = vocabulary_.idOf(fmt::format("<0x{:02X}>", byte));
  }
}

bool Bpe::appendBytes(std::string_view character, std::vector<std::int32_t>& symbols) const {
  const auto idOf = [&](char byte) {
    return byte_ids_[static_cast<unsigned char>(byte)];
  };
  if (!std::all_of(character.begin(), character.end(), [&](char byte) { return idOf(byte); })) {
    return false;
  }
  for (const char byte : character) {
    symbols.push_back(*idOf(byte));
  }
  return true;
}

std::vector<std::int32_t> Bpe::symbolsOf(std::string_view word) const {
  std::vector<std::int32_t> symbols;
  bool has_unk = false;  // an unknown character that waits for others to be fused with
  const auto flushUnk = [&] {
    if (has_unk) {
      symbols.push_back(*unk_id_);
    }
    has_unk = false;
  };
  while (!word.empty()) {
    const std::string_view character = word.substr(0, utf8SequenceLength(word));
    word.remove_prefix(character.size());
    if (const std::optional<std::int32_t> id = vocabulary_.idOf(character)) {
      flushUnk();
      symbols.push_back(*id);
    } else if (!appendBytes(character, symbols) && unk_id_) {
      if (!fuses_unk_) {
        flushUnk();
      }
      has_unk = true;
    }
  }
  flushUnk();
  return symbols;
}

void Bpe::encode(std::string_view piece, std::vector<std::int32_t>& ids) const {
  if (ignores_merges_) {
    if (const std::optional<std::int32_t> id = vocabulary_.idOf(piece)) {
      ids.push_back(*id);
      return;
    }
  }
  const bool is_kept = piece.size() <= kMaxKnownWord;
  if (is_kept) {
    if (const auto known = known_words_.find(std::string(piece)); known != known_words_.end()) {
      ids.insert(ids.end(), known->second.begin(), known->second.end());
      return;
    }
  }
  std::vector<std::int32_t> symbols = symbolsOf(piece);
  mergePairs(symbols, merges_);
  ids.insert(ids.end(), symbols.begin(), symbols.end());
  if (is_kept) {
    if (known_words_.size() >= kMaxKnownWords) {
      known_words_.clear();
    }
    known_words_.emplace(piece, std::move(symbols));
  }
}

WordLevel::WordLevel(const Component& component)
    : vocabulary_(component.at("vocab")),
      unk_id_(unkOf(component, vocabulary_)) {
  if (!unk_id_) {
    component.refuse("a WordLevel model needs an unk_token");
  }
}

void WordLevel::encode(std::string_view piece, std::vector<std::int32_t>& ids) const {
  ids.push_back(vocabulary_.idOf(piece).value_or(*unk_id_));
}

std::unique_ptr<TokenModel> makeTokenModel(const Component& component) {
  const std::string type =
      !component.has("type") && component.has("merges") ? "BPE" : component.text("type");
  if (type == "BPE") {
    return std::make_unique<Bpe>(component);
  }
  if (type == "WordLevel") {
    return std::make_unique<WordLevel>(component);
  }
  component.refuseType("BPE, WordLevel");
}

}  // namespace retort::train
