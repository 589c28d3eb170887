#include "trainers/tokenizers/wordpiece.h"

#include "core/base/file.h"
#include "trainers/io/or_throw.h"
#include "trainers/tokenizers/basic_tokenizer.h"

#include <algorithm>

#include <fmt/format.h>

namespace retort::train {

namespace {

constexpr std::uint64_t kMaxVocabulary = 256'000'000;
constexpr std::uint64_t kMaxConfig = 4'000'000;
constexpr std::size_t kMaxWordLength = 100;

/// Lines as Python's text files give them: ended by \n, \r\n or \r.
std::vector<std::string> readLines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
    if (text.starts_with("\r\n")) {
      text.remove_prefix(2);
    } else if (!text.empty()) {
      text.remove_prefix(1);
    }
  }
  return lines;
}

/// A token is given as a text, or as an object with its text in "content".
void readToken(const std::string& file, const Json& config, const char* key, std::string& token) {
  const auto found = config.find(key);
  if (found == config.end() || found->is_null()) {
    return;
  }
  const Json& text =
      found->is_object() && found->contains("content") ? (*found)["content"] : *found;
  if (!text.is_string() || text.get_ref<const std::string&>().empty()) {
    throw TrainError(ExitCode::kBadData, fmt::format("{}: {} is not a text", file, key));
  }
  token = text.get<std::string>();
}

void readFlag(const std::string& file, const Json& config, const char* key, bool& flag) {
  const auto found = config.find(key);
  if (found == config.end() || found->is_null()) {
    return;
  }
  if (!found->is_boolean()) {
    throw TrainError(ExitCode::kBadData, fmt::format("{}: {} is not true or false", file, key));
  }
  flag = found->get<bool>();
}

void checkTokenizerClass(const std::string& file, const Json& config) {
  const auto found = config.find("tokenizer_class");
  if (found == config.end() || found->is_null()) {
    return;
  }
  constexpr std::string_view kKnown[] = {"BertTokenizer",
                                         "BertTokenizerFast",
                                         "ElectraTokenizer",
                                         "ElectraTokenizerFast",
                                         "DistilBertTokenizer",
                                         "DistilBertTokenizerFast",
                                         "MobileBertTokenizer",
                                         "MobileBertTokenizerFast"};
  const std::string name = found->is_string() ? found->get<std::string>() : found->dump();
  if (std::find(std::begin(kKnown), std::end(kKnown), name) == std::end(kKnown)) {
    throw TrainError(ExitCode::kBadData,
                     fmt::format("{}: tokenizer_class {} is not a WordPiece tokenizer (expected "
                                 "BertTokenizer or ElectraTokenizer)",
                                 file,
                                 name));
  }
}

WordPieceOptions readOptions(const std::filesystem::path& path) {
  WordPieceOptions options;
  if (!std::filesystem::exists(path)) {
    return options;
  }
  const std::string file = path.string();
  const Result<Json> parsed = parseJson(readOrThrow(readFile(path, kMaxConfig)));
  if (!parsed || !parsed->is_object()) {
    throw TrainError(
        ExitCode::kBadData,
        fmt::format("{}: {}", file, parsed ? "expected a JSON object" : parsed.error().message));
  }
  const Json& config = *parsed;
  checkTokenizerClass(file, config);
  readFlag(file, config, "do_lower_case", options.do_lower_case);
  readFlag(file, config, "tokenize_chinese_chars", options.tokenize_chinese_chars);
  if (const auto found = config.find("strip_accents"); found != config.end() && !found->is_null()) {
    options.strip_accents = false;
    readFlag(file, config, "strip_accents", *options.strip_accents);
  }
  readToken(file, config, "unk_token", options.unk_token);
  readToken(file, config, "sep_token", options.sep_token);
  readToken(file, config, "pad_token", options.pad_token);
  readToken(file, config, "cls_token", options.cls_token);
  readToken(file, config, "mask_token", options.mask_token);
  const auto length = config.find("model_max_length");
  // Folders without a limit say 1e30: what does not fit an integer means no limit.
  if (length != config.end() && length->is_number_unsigned()) {
    options.model_max_length = length->get<std::int64_t>();
  }
  return options;
}

/// Finds special tokens in a text one after the other, the longest of several at one place. Each
/// part of the text is searched once for each token, however many there are.
class SpecialFinder {
 public:
  SpecialFinder(std::string_view text, const std::array<std::string, 5>& tokens)
      : text_(text),
        tokens_(tokens) {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      places_[i] = text_.find(tokens_[i]);
    }
  }

  /// The first token at or after `from`: its place (npos: none) and its text.
  std::pair<std::size_t, std::string_view> next(std::size_t from) {
    std::pair<std::size_t, std::string_view> first = {std::string_view::npos, {}};
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (places_[i] < from) {
        places_[i] = text_.find(tokens_[i], from);
      }
      const bool is_longer = places_[i] == first.first && tokens_[i].size() > first.second.size();
      if (places_[i] < first.first || (places_[i] != std::string_view::npos && is_longer)) {
        first = {places_[i], tokens_[i]};
      }
    }
    return first;
  }

 private:
  std::string_view text_;
  const std::array<std::string, 5>& tokens_;
  std::array<std::size_t, 5> places_{};
};

}  // namespace

WordPieceTokenizer WordPieceTokenizer::fromFolder(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "vocab.txt";
  const std::string text = readOrThrow(readFile(file, kMaxVocabulary));
  return {readLines(text), readOptions(folder / "tokenizer_config.json"), file.string()};
}

WordPieceTokenizer::WordPieceTokenizer(std::vector<std::string> vocabulary,
                                       WordPieceOptions options,
                                       const std::string& source)
    : options_(std::move(options)),
      vocabulary_(std::move(vocabulary)) {
  if (vocabulary_.empty()) {
    throw TrainError(ExitCode::kBadData, source + ": the vocabulary is empty");
  }
  ids_.reserve(vocabulary_.size());
  for (std::size_t i = 0; i < vocabulary_.size(); ++i) {
    longest_token_ = std::max(longest_token_, vocabulary_[i].size());
    const auto [place, is_new] = ids_.emplace(vocabulary_[i], static_cast<std::int32_t>(i));
    if (!is_new) {
      throw TrainError(ExitCode::kBadData,
                       fmt::format("{}:{}: token {} was already on line {}",
                                   source,
                                   i + 1,
                                   escapeForTerminal(vocabulary_[i]),
                                   place->second + 1));
    }
  }
  const auto require = [&](const std::string& token, const char* name) {
    const std::optional<std::int32_t> id = idOf(token);
    if (!id) {
      throw TrainError(ExitCode::kBadData,
                       fmt::format("{}: {} {} is not in the vocabulary", source, name, token));
    }
    return *id;
  };
  unk_id_ = require(options_.unk_token, "unk_token");
  sep_id_ = require(options_.sep_token, "sep_token");
  pad_id_ = require(options_.pad_token, "pad_token");
  cls_id_ = require(options_.cls_token, "cls_token");
  specials_ = {options_.unk_token,
               options_.sep_token,
               options_.pad_token,
               options_.cls_token,
               options_.mask_token};
  for (const std::string& token : specials_) {
    never_split_.push_back(decodeUtf8(token));
  }
}

std::optional<std::int32_t> WordPieceTokenizer::idOf(std::string_view token) const {
  const auto found = ids_.find(token);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

void WordPieceTokenizer::tokenizeWord(std::u32string_view word,
                                      std::vector<std::int32_t>& ids) const {
  if (word.size() > kMaxWordLength) {
    ids.push_back(unk_id_);
    return;
  }
  const std::size_t first = ids.size();
  std::size_t begin = 0;
  while (begin < word.size()) {
    const std::string piece =
        (begin == 0 ? "" : "##") + encodeUtf8(word.substr(begin, longest_token_));
    const auto [length, id] = longestPiece(piece, begin == 0 ? 0 : 2);
    if (length == 0) {
      ids.resize(first);
      ids.push_back(unk_id_);
      return;
    }
    ids.push_back(id);
    begin += length;
  }
}

std::pair<std::size_t, std::int32_t> WordPieceTokenizer::longestPiece(std::string_view piece,
                                                                      std::size_t prefix) const {
  const auto startsCharacter = [](char byte) {
    return (byte & 0xC0) != 0x80;
  };
  auto length = static_cast<std::size_t>(std::count_if(
      piece.begin() + static_cast<std::ptrdiff_t>(prefix), piece.end(), startsCharacter));
  while (piece.size() > prefix) {
    if (const std::optional<std::int32_t> id = idOf(piece)) {
      return {length, *id};
    }
    while (!startsCharacter(piece.back())) {
      piece.remove_suffix(1);
    }
    piece.remove_suffix(1);
    --length;
  }
  return {0, 0};
}

void WordPieceTokenizer::tokenizePlain(std::string_view text,
                                       std::vector<std::int32_t>& ids) const {
  const BasicTokenizerOptions options = {
      .do_lower_case = options_.do_lower_case,
      .strip_accents = options_.strip_accents.value_or(options_.do_lower_case),
      .tokenize_chinese_chars = options_.tokenize_chinese_chars};
  // Lowered before anything else: a special token that appears only after the cleaning is none.
  const std::u32string decoded = decodeUtf8(text);
  for (const std::u32string& word :
       splitWords(options.do_lower_case ? lowerCase(decoded) : decoded, options, never_split_)) {
    tokenizeWord(word, ids);
  }
}

std::vector<std::int32_t> WordPieceTokenizer::tokenIds(std::string_view text) const {
  std::vector<std::int32_t> ids;
  SpecialFinder specials(text, specials_);
  std::size_t begin = 0;
  while (true) {
    const auto [place, token] = specials.next(begin);
    tokenizePlain(text.substr(begin, place - begin), ids);
    if (place == std::string_view::npos) {
      return ids;
    }
    ids.push_back(idOf(token).value_or(unk_id_));
    begin = place + token.size();
  }
}

std::vector<std::string> WordPieceTokenizer::tokenize(std::string_view text) const {
  std::vector<std::string> tokens;
  for (const std::int32_t id : tokenIds(text)) {
    tokens.push_back(vocabulary_[static_cast<std::size_t>(id)]);
  }
  return tokens;
}

Encoding WordPieceTokenizer::encode(std::string_view first, std::int64_t max_length) const {
  Encoding encoding;
  encoding.ids = {cls_id_};
  std::vector<std::int32_t> ids = tokenIds(first);
  const auto room = static_cast<std::size_t>(std::max<std::int64_t>(max_length - 2, 0));
  encoding.is_truncated = ids.size() > room;
  ids.resize(std::min(ids.size(), room));
  encoding.ids.insert(encoding.ids.end(), ids.begin(), ids.end());
  encoding.ids.push_back(sep_id_);
  encoding.first_segment = static_cast<std::int64_t>(encoding.ids.size());
  return encoding;
}

Encoding WordPieceTokenizer::encodePair(std::string_view first,
                                        std::string_view second,
                                        std::int64_t max_length) const {
  std::vector<std::int32_t> a = tokenIds(first);
  std::vector<std::int32_t> b = tokenIds(second);
  const auto room = static_cast<std::size_t>(std::max<std::int64_t>(max_length - 3, 0));
  Encoding encoding;
  encoding.is_truncated = a.size() + b.size() > room;
  while (a.size() + b.size() > room) {
    (a.size() > b.size() ? a : b).pop_back();
  }
  encoding.ids = {cls_id_};
  encoding.ids.insert(encoding.ids.end(), a.begin(), a.end());
  encoding.ids.push_back(sep_id_);
  encoding.first_segment = static_cast<std::int64_t>(encoding.ids.size());
  encoding.ids.insert(encoding.ids.end(), b.begin(), b.end());
  encoding.ids.push_back(sep_id_);
  return encoding;
}

std::string WordPieceTokenizer::vocabularyText() const {
  std::string text;
  for (const std::string& token : vocabulary_) {
    text += token + "\n";
  }
  return text;
}

Json WordPieceTokenizer::configJson() const {
  Json config = {{"tokenizer_class", "BertTokenizer"},
                 {"do_lower_case", options_.do_lower_case},
                 {"tokenize_chinese_chars", options_.tokenize_chinese_chars},
                 {"model_max_length", options_.model_max_length},
                 {"unk_token", options_.unk_token},
                 {"sep_token", options_.sep_token},
                 {"pad_token", options_.pad_token},
                 {"cls_token", options_.cls_token},
                 {"mask_token", options_.mask_token}};
  config["strip_accents"] = options_.strip_accents ? Json(*options_.strip_accents) : Json();
  return config;
}

void checkVocabularyFits(const WordPieceTokenizer& tokenizer, std::int64_t embedding_rows) {
  if (tokenizer.vocabularySize() > embedding_rows) {
    throw TrainError(
        ExitCode::kBadData,
        fmt::format("tokenizer has {} ids, embedding table {} rows: vocab.txt does not "
                    "belong to this model",
                    tokenizer.vocabularySize(),
                    embedding_rows));
  }
}

}  // namespace retort::train
