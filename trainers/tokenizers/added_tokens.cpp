#include "trainers/tokenizers/added_tokens.h"

#include "trainers/tokenizers/unicode_text.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace retort::train {

namespace {

std::size_t firstByte(std::string_view text) {
  return static_cast<unsigned char>(text.front());
}

bool isInsideWord(std::string_view before, std::string_view after) {
  return (!before.empty() && isWordCharacter(lastCharacter(before))) ||
         (!after.empty() && isWordCharacter(firstCharacter(after)));
}

}  // namespace

AddedTokenFinder::AddedTokenFinder(std::vector<AddedToken> tokens)
    : tokens_(std::move(tokens)),
      of_byte_(256) {
  std::erase_if(tokens_, [](const AddedToken& token) { return token.content.empty(); });
  std::stable_sort(tokens_.begin(), tokens_.end(), [](const AddedToken& a, const AddedToken& b) {
    return std::tuple(firstByte(a.content), b.content.size()) <
           std::tuple(firstByte(b.content), a.content.size());
  });
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    auto& [begin, end] = of_byte_[firstByte(tokens_[i].content)];
    begin = end == 0 ? i : begin;
    end = i + 1;
  }
}

const AddedToken* AddedTokenFinder::tokenAt(std::string_view text, std::size_t place) const {
  const auto [begin, end] = of_byte_[static_cast<unsigned char>(text[place])];
  for (std::size_t i = begin; i < end; ++i) {
    if (text.substr(place).starts_with(tokens_[i].content)) {
      return &tokens_[i];
    }
  }
  return nullptr;
}

std::vector<TextPart> AddedTokenFinder::split(std::string_view text) const {
  std::vector<TextPart> parts;
  std::size_t done = 0;
  for (std::size_t place = 0; place < text.size();) {
    const AddedToken* token = tokenAt(text, place);
    if (token == nullptr) {
      ++place;
      continue;
    }
    std::size_t begin = place;
    std::size_t end = place + token->content.size();
    place = end;
    if (token->single_word && isInsideWord(text.substr(0, begin), text.substr(end))) {
      continue;
    }
    if (token->lstrip) {
      begin -= trailingWhiteSpace(text.substr(done, begin - done));
    }
    if (token->rstrip) {
      end += leadingWhiteSpace(text.substr(end));
    }
    if (begin > done) {
      parts.push_back({.text = text.substr(done, begin - done)});
    }
    parts.push_back({.text = text.substr(begin, end - begin), .token = token});
    done = std::max(end, done);
    place = std::max(end, place);
  }
  if (done < text.size()) {
    parts.push_back({.text = text.substr(done)});
  }
  return parts;
}

}  // namespace retort::train
