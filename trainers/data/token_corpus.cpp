#include "trainers/data/token_corpus.h"

#include "core/base/check.h"
#include "core/base/text.h"
#include "trainers/tokenizers/unicode_text.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace retort::train {

namespace {

struct OwnedTokens {
  std::vector<std::uint32_t> tokens;
  std::vector<std::uint64_t> starts;
};

TokenCorpus ownedCorpus(std::vector<std::uint32_t> tokens,
                        std::vector<std::uint64_t> starts,
                        TokenCorpus::TextCounts counts) {
  auto owned = std::make_shared<OwnedTokens>();
  owned->tokens = std::move(tokens);
  owned->starts = std::move(starts);
  return {owned->tokens, owned->starts, counts, owned};
}

/// The tokens [begin, end) with the document borders among them.
TokenCorpus partOf(const TokenCorpus& corpus, std::int64_t begin, std::int64_t end) {
  TokenCorpusBuilder builder;
  std::vector<std::uint64_t> starts = {0};
  for (std::int64_t i = 0; i < corpus.documents(); ++i) {
    const std::int64_t border = corpus.documentStart(i + 1);
    if (border > begin && border < end) {
      starts.push_back(static_cast<std::uint64_t>(border - begin));
    }
  }
  if (end > begin) {
    starts.push_back(static_cast<std::uint64_t>(end - begin));
  }
  const auto first = corpus.tokens().begin();
  return ownedCorpus({first + begin, first + end}, std::move(starts), {});
}

}  // namespace

TokenCorpus::TokenCorpus(std::span<const std::uint32_t> tokens,
                         std::span<const std::uint64_t> starts,
                         TextCounts counts,
                         std::shared_ptr<const void> owner)
    : tokens_(tokens),
      starts_(starts),
      counts_(counts),
      owner_(std::move(owner)) {
  RETORT_CHECK(!starts.empty() && starts.front() == 0 && starts.back() == tokens.size(),
               "the documents must cover the tokens");
}

std::int64_t TokenCorpus::documentOf(std::int64_t token) const {
  const auto after =
      std::upper_bound(starts_.begin(), starts_.end(), static_cast<std::uint64_t>(token));
  return after - starts_.begin() - 1;
}

void TokenCorpusBuilder::add(std::span<const std::int32_t> ids) {
  add(ids, std::vector<bool>(ids.size(), true));
}

void TokenCorpusBuilder::add(std::span<const std::int32_t> ids,
                             const std::vector<bool>& is_judged) {
  RETORT_CHECK(is_judged.size() == ids.size(), "one mark for each token");
  for (std::size_t i = 0; i < ids.size(); ++i) {
    tokens_.push_back(static_cast<std::uint32_t>(ids[i]) |
                      (is_judged[i] ? 0U : TokenCorpus::kNotJudged));
  }
  if (!ids.empty()) {
    starts_.push_back(tokens_.size());
  }
}

void TokenCorpusBuilder::count(TokenCorpus::TextCounts counts) {
  counts_.bytes += counts.bytes;
  counts_.words += counts.words;
}

TokenCorpus TokenCorpusBuilder::build() && {
  return ownedCorpus(std::move(tokens_), std::move(starts_), counts_);
}

std::pair<TokenCorpus, TokenCorpus> splitCorpus(const TokenCorpus& corpus, double last_share) {
  const std::int64_t size = corpus.size();
  const auto wanted =
      static_cast<std::int64_t>(std::llround((1.0 - last_share) * static_cast<double>(size)));
  std::int64_t cut = std::clamp<std::int64_t>(
      wanted, std::min<std::int64_t>(1, size), std::max<std::int64_t>(size - 1, 0));
  if (corpus.documents() > 1) {
    const std::int64_t document =
        std::clamp<std::int64_t>(corpus.documentOf(cut), 1, corpus.documents() - 1);
    cut = corpus.documentStart(document);
  }
  return {partOf(corpus, 0, cut), partOf(corpus, cut, size)};
}

TokenCorpus::TextCounts countText(std::string_view text) {
  std::int64_t words = 1;
  bool was_space = false;
  for (std::size_t i = 0; i < text.size();) {
    const bool is_space = isWhiteSpace(firstCharacter(text.substr(i)));
    words += is_space && !was_space ? 1 : 0;
    was_space = is_space;
    i += std::max<std::size_t>(utf8SequenceLength(text.substr(i)), 1);
  }
  return {.bytes = static_cast<std::int64_t>(text.size()), .words = words};
}

}  // namespace retort::train
