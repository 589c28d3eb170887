#include "trainers/data/token_cache.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "trainers/io/mapped_file.h"

#include <bit>
#include <cstring>
#include <memory>
#include <string_view>
#include <system_error>

namespace retort::train {

namespace {

static_assert(std::endian::native == std::endian::little, "the file is written as it is in memory");

struct Header {
  char magic[8] = {'R', 'E', 'T', 'O', 'R', 'T', 'T', 'K'};
  std::uint64_t version = 1;
  std::int64_t bytes = 0;
  std::int64_t words = 0;
  std::uint64_t tokens = 0;
  std::uint64_t documents = 0;
  char hash[16] = {};
};

static_assert(sizeof(Header) == 64);

template <class T>
std::string_view bytesOf(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

std::string hashOf(std::string_view payload) {
  return sha256Hex(payload).substr(0, sizeof(Header::hash));
}

std::string fileText(const TokenCorpus& corpus) {
  std::string text(sizeof(Header), '\0');
  text += bytesOf(corpus.starts());
  text += bytesOf(corpus.tokens());
  Header header;
  header.bytes = corpus.textCounts().bytes;
  header.words = corpus.textCounts().words;
  header.tokens = corpus.tokens().size();
  header.documents = corpus.starts().size() - 1;
  const std::string hash = hashOf(std::string_view(text).substr(sizeof(Header)));
  std::memcpy(header.hash, hash.data(), hash.size());
  std::memcpy(text.data(), &header, sizeof(Header));
  return text;
}

/// The size that the header promises, without overflow for numbers that are not meant.
bool hasPromisedSize(const Header& header, std::size_t payload) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 40U;
  return header.tokens < kMost && header.documents < kMost &&
         payload ==
             (header.documents + 1) * sizeof(std::uint64_t) + header.tokens * sizeof(std::uint32_t);
}

bool coversTokens(std::span<const std::uint64_t> starts, std::uint64_t tokens) {
  for (std::size_t i = 1; i < starts.size(); ++i) {
    if (starts[i] <= starts[i - 1]) {
      return false;
    }
  }
  return starts.front() == 0 && starts.back() == tokens;
}

}  // namespace

std::optional<TokenCorpus> TokenCache::find(const std::string& key) const {
  const std::shared_ptr<const MappedFile> mapping = MappedFile::open(fileOf(key));
  if (!mapping || mapping->view().size() < sizeof(Header)) {
    return std::nullopt;
  }
  Header header;
  const Header expected;
  std::memcpy(&header, mapping->view().data(), sizeof(Header));
  const std::string_view payload = mapping->view().substr(sizeof(Header));
  if (std::memcmp(header.magic, expected.magic, sizeof(header.magic)) != 0 ||
      header.version != expected.version || !hasPromisedSize(header, payload.size()) ||
      hashOf(payload) != std::string_view(header.hash, sizeof(header.hash))) {
    return std::nullopt;
  }
  const std::span<const std::uint64_t> starts(
      reinterpret_cast<const std::uint64_t*>(payload.data()), header.documents + 1);
  const std::span<const std::uint32_t> tokens(
      reinterpret_cast<const std::uint32_t*>(starts.data() + starts.size()), header.tokens);
  if (!coversTokens(starts, header.tokens)) {
    return std::nullopt;
  }
  return TokenCorpus(tokens, starts, {.bytes = header.bytes, .words = header.words}, mapping);
}

TokenCorpus TokenCache::get(const std::string& key,
                            const std::function<TokenCorpus()>& make) const {
  if (std::optional<TokenCorpus> corpus = find(key)) {
    return *corpus;
  }
  TokenCorpus corpus = make();
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (!writeFileAtomically(fileOf(key), fileText(corpus))) {
    return corpus;
  }
  // What was made goes: one copy of the tokens is enough, and it can be shared.
  return find(key).value_or(corpus);
}

}  // namespace retort::train
