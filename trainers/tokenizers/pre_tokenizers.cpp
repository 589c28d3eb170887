#include "trainers/tokenizers/pre_tokenizers.h"

#include "core/base/text.h"
#include "trainers/tokenizers/byte_level.h"
#include "trainers/tokenizers/unicode_text.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <unicode/uchar.h>

namespace retort::train {

namespace {

/// GPT-2's words: a contraction, or letters, digits or other signs with at most one space before.
constexpr const char* kGpt2Words =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool is_match = false;
};

/// Matches and what lies between them: the whole text.
std::vector<Range> rangesOf(std::string_view text, const std::vector<Match>& matches, bool invert) {
  std::vector<Range> ranges;
  std::size_t done = 0;
  for (const Match& match : matches) {
    if (match.begin > done) {
      ranges.push_back({done, match.begin, invert});
    }
    ranges.push_back({match.begin, match.end, !invert});
    done = match.end;
  }
  if (done < text.size()) {
    ranges.push_back({done, text.size(), invert});
  }
  return ranges;
}

/// Joins a range to the last one of `joined` where the behavior says so. Called from the left, or
/// for kMergedWithNext from the right.
void joinRange(std::vector<Range>& joined, const Range& range, SplitBehavior behavior) {
  const bool follows_match = !joined.empty() && joined.back().is_match;
  const bool joins = behavior == SplitBehavior::kContiguous
                         ? !joined.empty() && follows_match == range.is_match
                         : !joined.empty() && range.is_match && !follows_match;
  if (!joins) {
    joined.push_back(range);
    return;
  }
  joined.back().begin = std::min(joined.back().begin, range.begin);
  joined.back().end = std::max(joined.back().end, range.end);
  joined.back().is_match = range.is_match;
}

std::vector<Range> joinedRanges(std::vector<Range> ranges, SplitBehavior behavior) {
  if (behavior == SplitBehavior::kIsolated) {
    return ranges;
  }
  if (behavior == SplitBehavior::kRemoved) {
    std::erase_if(ranges, [](const Range& range) { return range.is_match; });
    return ranges;
  }
  const bool from_right = behavior == SplitBehavior::kMergedWithNext;
  if (from_right) {
    std::reverse(ranges.begin(), ranges.end());
  }
  std::vector<Range> joined;
  for (const Range& range : ranges) {
    joinRange(joined, range, behavior);
  }
  if (from_right) {
    std::reverse(joined.begin(), joined.end());
  }
  return joined;
}

SplitBehavior behaviorOf(const Component& component) {
  const std::string name = component.text("behavior");
  if (name == "Removed") {
    return SplitBehavior::kRemoved;
  }
  if (name == "Isolated") {
    return SplitBehavior::kIsolated;
  }
  if (name == "MergedWithPrevious") {
    return SplitBehavior::kMergedWithPrevious;
  }
  if (name == "MergedWithNext") {
    return SplitBehavior::kMergedWithNext;
  }
  if (name == "Contiguous") {
    return SplitBehavior::kContiguous;
  }
  component.refuse("behavior " + name + " is not known");
}

/// Splits every piece by a function of its text.
template <class Split>
std::vector<Piece> splitPieces(const std::vector<Piece>& pieces, const Split& split) {
  std::vector<Piece> result;
  for (const Piece& piece : pieces) {
    const std::vector<std::string_view> parts = split(std::string_view(piece.text));
    for (const std::string_view part : parts) {
      result.push_back({.text = std::string(part),
                        .starts_text = piece.starts_text && part.data() == piece.text.data()});
    }
  }
  return result;
}

PreTokenizer patternSplit(Pattern pattern, SplitBehavior behavior, bool invert) {
  const auto shared = std::make_shared<Pattern>(std::move(pattern));
  return [shared, behavior, invert](const std::vector<Piece>& pieces) {
    return splitPieces(pieces, [&](std::string_view text) {
      return splitText(text, shared->find(text), behavior, invert);
    });
  };
}

/// Splits at characters of a class, one by one.
PreTokenizer characterSplit(bool (*is_match)(char32_t), SplitBehavior behavior) {
  return [is_match, behavior](const std::vector<Piece>& pieces) {
    return splitPieces(pieces, [&](std::string_view text) {
      std::vector<Match> matches;
      for (std::size_t i = 0; i < text.size();) {
        const std::size_t size = utf8SequenceLength(text.substr(i));
        if (is_match(firstCharacter(text.substr(i)))) {
          matches.push_back({i, i + size});
        }
        i += size;
      }
      return splitText(text, matches, behavior);
    });
  };
}

bool isAnyPunctuation(char32_t code) {
  const auto is_ascii_sign = code < 0x80 && code > 0x20 && code != 0x7F && !isWordCharacter(code);
  constexpr std::uint32_t kPunctuationMask = U_GC_P_MASK;
  return is_ascii_sign || code == U'_' ||
         (U_GET_GC_MASK(static_cast<UChar32>(code)) & kPunctuationMask) != 0;
}

PreTokenizer byteLevel(const Component& component) {
  const bool adds_space = component.flag("add_prefix_space", true);
  std::shared_ptr<Pattern> words;
  if (component.flag("use_regex", true)) {
    words = std::make_shared<Pattern>(Pattern::regex(kGpt2Words, component.place()));
  }
  return [adds_space, words](std::vector<Piece> pieces) {
    for (Piece& piece : pieces) {
      if (adds_space && !piece.text.starts_with(' ')) {
        piece.text.insert(0, 1, ' ');
      }
    }
    if (words) {
      pieces = splitPieces(pieces, [&](std::string_view text) {
        return splitText(text, words->find(text), SplitBehavior::kIsolated);
      });
    }
    for (Piece& piece : pieces) {
      piece.text = bytesToCharacters(piece.text);
    }
    return pieces;
  };
}

PreTokenizer metaspace(const Component& component) {
  const std::string mark = component.text("replacement");
  std::string scheme = component.flag("add_prefix_space", true) ? "always" : "never";
  if (component.has("prepend_scheme")) {
    scheme = component.text("prepend_scheme");
  }
  if (mark.empty() || (scheme != "always" && scheme != "first" && scheme != "never")) {
    component.refuse("prepend_scheme " + scheme + " is not known");
  }
  const bool is_split = component.flag("split", true);
  return [=](std::vector<Piece> pieces) {
    for (Piece& piece : pieces) {
      std::string text;
      for (const char byte : piece.text) {
        text += byte == ' ' ? mark : std::string(1, byte);
      }
      const bool is_marked = scheme == "always" || (scheme == "first" && piece.starts_text);
      piece.text = is_marked && !text.starts_with(mark) ? mark + text : text;
    }
    return is_split ? splitPieces(pieces,
                                  [&](std::string_view text) {
                                    return splitText(text,
                                                     Pattern::literal(mark).find(text),
                                                     SplitBehavior::kMergedWithNext);
                                  })
                    : pieces;
  };
}

PreTokenizer sequence(const Component& component) {
  std::vector<PreTokenizer> steps;
  for (const Component& step : component.list("pretokenizers")) {
    steps.push_back(makePreTokenizer(step));
  }
  return [steps](std::vector<Piece> pieces) {
    for (const PreTokenizer& step : steps) {
      pieces = step(std::move(pieces));
    }
    return pieces;
  };
}

}  // namespace

std::vector<std::string_view> splitText(std::string_view text,
                                        const std::vector<Match>& matches,
                                        SplitBehavior behavior,
                                        bool invert) {
  std::vector<std::string_view> parts;
  for (const Range& range : joinedRanges(rangesOf(text, matches, invert), behavior)) {
    parts.push_back(text.substr(range.begin, range.end - range.begin));
  }
  return parts;
}

PreTokenizer makePreTokenizer(const Component& component) {
  const std::string type = component.type();
  if (type == "ByteLevel") {
    return byteLevel(component);
  }
  if (type == "Split") {
    return patternSplit(Pattern::fromJson(component.at("pattern")),
                        behaviorOf(component),
                        component.flag("invert", false));
  }
  if (type == "Metaspace") {
    return metaspace(component);
  }
  if (type == "Digits") {
    return characterSplit(isNumeric,
                          component.flag("individual_digits", false) ? SplitBehavior::kIsolated
                                                                     : SplitBehavior::kContiguous);
  }
  if (type == "Punctuation") {
    return characterSplit(
        isAnyPunctuation,
        component.has("behavior") ? behaviorOf(component) : SplitBehavior::kIsolated);
  }
  if (type == "Whitespace") {
    return patternSplit(
        Pattern::regex(R"(\w+|[^\w\s]+)", component.place()), SplitBehavior::kRemoved, true);
  }
  if (type == "WhitespaceSplit") {
    return characterSplit(isWhiteSpace, SplitBehavior::kRemoved);
  }
  if (type == "Sequence") {
    return sequence(component);
  }
  component.refuseType(
      "ByteLevel, Split, Metaspace, Digits, Punctuation, Whitespace, WhitespaceSplit, Sequence");
}

}  // namespace retort::train
