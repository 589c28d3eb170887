#include "trainers/tokenizers/sentencepiece_tokenizer.h"

#include "core/base/text.h"
#include "trainers/tokenizers/unicode_text.h"
#include "trainers/train_error.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <sentencepiece_processor.h>

namespace retort::train {

namespace {

constexpr std::string_view kUnderline = "\u2581";

/// Serialized fields of a Protocol Buffers message that come twice are merged: this, after a model,
/// sets its normalizer_spec (field 3) to add_dummy_prefix (field 3) = false.
constexpr std::string_view kNoDummyPrefix("\x1A\x02\x18\x00", 4);

}  // namespace

SentencePieceTokenizer::SentencePieceTokenizer(TokenizerFiles files, const std::string& source)
    : Tokenizer(std::move(files)),
      config_(readTokenizerConfig(this->files(), source)),
      is_legacy_(config_.legacy.value_or(true)),
      has_prefix_space_(config_.add_prefix_space.value_or(true)),
      processor_(std::make_unique<sentencepiece::SentencePieceProcessor>()) {
  load(this->files().at("tokenizer.model"), source + "/tokenizer.model");
  const auto takeDefault = [&](std::optional<std::string>& token, const char* text) {
    token = token.value_or(text);
    config_.special_tokens.insert(*token);
  };
  takeDefault(config_.bos_token, "<s>");
  takeDefault(config_.eos_token, "</s>");
  takeDefault(config_.unk_token, "<unk>");
  collectAddedTokens();
  unk_length_ = processor_->EncodeAsPieces(*config_.unk_token).size();
  special_ids_ = {.bos = idOf(*config_.bos_token),
                  .eos = idOf(*config_.eos_token),
                  .unk = idOf(*config_.unk_token)};
  if (config_.pad_token) {
    special_ids_.pad = idOf(*config_.pad_token);
  }
  if (config_.add_bos_token.value_or(true)) {
    prefix_ = {*special_ids_.bos};
  }
  if (config_.add_eos_token.value_or(false)) {
    suffix_ = {*special_ids_.eos};
  }
}

SentencePieceTokenizer::~SentencePieceTokenizer() = default;

void SentencePieceTokenizer::load(const std::string& model, const std::string& file) {
  const auto status =
      processor_->LoadFromSerializedProto(is_legacy_ ? model : model + std::string(kNoDummyPrefix));
  if (!status.ok() || processor_->GetPieceSize() == 0) {
    throw TrainError(ExitCode::kBadData,
                     fmt::format("{}: not a SentencePiece model ({})",
                                 file,
                                 status.ok() ? "it holds no pieces" : status.ToString()));
  }
  vocabulary_size_ = processor_->GetPieceSize();
}

void SentencePieceTokenizer::collectAddedTokens() {
  std::vector<AddedToken> tokens = config_.added_tokens;
  for (const AddedToken& token : tokens) {
    added_ids_[token.content] = token.id;
    vocabulary_size_ = std::max<std::int64_t>(vocabulary_size_, token.id + 1);
  }
  for (const std::string& special : config_.special_tokens) {
    if (added_ids_.contains(special)) {
      continue;
    }
    // A special token that no file gives an id becomes the next one.
    const auto id = static_cast<std::int32_t>(
        idOf(special).value_or(static_cast<std::int32_t>(vocabulary_size_)));
    vocabulary_size_ = std::max<std::int64_t>(vocabulary_size_, id + 1);
    tokens.push_back({.content = special, .id = id, .is_special = true});
    added_ids_[special] = id;
  }
  for (const auto& [content, id] : added_ids_) {
    added_tokens_[id] = content;
  }
  finder_ = std::make_unique<AddedTokenFinder>(std::move(tokens));
}

std::optional<std::int32_t> SentencePieceTokenizer::idOf(std::string_view token) const {
  if (const auto found = added_ids_.find(std::string(token)); found != added_ids_.end()) {
    return found->second;
  }
  const std::int32_t id = processor_->PieceToId(token);
  // What there is not has the id of the unknown piece.
  if (processor_->IsUnknown(id) && processor_->IdToPiece(id) != token) {
    return std::nullopt;
  }
  return id;
}

std::vector<std::string> SentencePieceTokenizer::piecesOf(std::string_view part) const {
  if (is_legacy_ || !(part.starts_with(kUnderline) || part.starts_with(' '))) {
    return processor_->EncodeAsPieces(part);
  }
  // The library strips a leading space when it adds none itself: the text stands behind "<unk>",
  // whose pieces are dropped again.
  std::vector<std::string> pieces =
      processor_->EncodeAsPieces(*config_.unk_token + std::string(part));
  if (pieces.size() >= unk_length_) {
    pieces.erase(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(unk_length_));
  }
  return pieces;
}

std::vector<std::string> SentencePieceTokenizer::pieces(std::string_view text) const {
  std::vector<std::string> result;
  for (const TextPart& part : finder_->split(text)) {
    if (part.token != nullptr) {
      result.push_back(part.token->content);
      continue;
    }
    const std::vector<std::string> pieces = piecesOf(part.text);
    result.insert(result.end(), pieces.begin(), pieces.end());
  }
  return result;
}

std::vector<std::int32_t> SentencePieceTokenizer::encodePlain(std::string_view text) const {
  std::string clean = wellFormed(text);
  if (!is_legacy_ && !clean.empty()) {
    clean = replaceAll(clean, kUnderline, " ");
    if (has_prefix_space_) {
      clean = std::string(kUnderline) + clean;
    }
  }
  std::vector<std::string> tokens = pieces(clean);
  if (!is_legacy_ && tokens.size() > 1 && tokens[0] == kUnderline &&
      config_.special_tokens.contains(tokens[1])) {
    tokens.erase(tokens.begin());
  }
  std::vector<std::int32_t> ids;
  ids.reserve(tokens.size());
  for (const std::string& token : tokens) {
    const auto found = added_ids_.find(token);
    ids.push_back(found != added_ids_.end() ? found->second : processor_->PieceToId(token));
  }
  return ids;
}

std::string SentencePieceTokenizer::tokenOf(std::int32_t id) const {
  if (const auto found = added_tokens_.find(id); found != added_tokens_.end()) {
    return found->second;
  }
  if (id < 0 || id >= processor_->GetPieceSize()) {
    throw TrainError(ExitCode::kBadData,
                     fmt::format("there is no token {} among {}", id, vocabulary_size_));
  }
  return processor_->IdToPiece(id);
}

std::string SentencePieceTokenizer::textOf(std::vector<std::string> tokens) const {
  if (tokens.empty()) {
    return "";
  }
  if (has_prefix_space_ && tokens[0].starts_with(kUnderline)) {
    tokens[0].erase(0, kUnderline.size());
  }
  std::string text;
  std::vector<std::string> pieces;
  bool was_special = false;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (config_.special_tokens.contains(tokens[i])) {
      text += !was_special && i != 0 && is_legacy_ ? " " : "";
      text += processor_->DecodePieces(pieces) + tokens[i];
      pieces.clear();
      was_special = true;
      continue;
    }
    if (was_special && i == 1 && has_prefix_space_ && !tokens[i].starts_with(kUnderline)) {
      text += " ";
    }
    pieces.push_back(tokens[i]);
    was_special = false;
  }
  return text + processor_->DecodePieces(pieces);
}

std::string SentencePieceTokenizer::decode(std::span<const std::int32_t> ids,
                                           bool skip_special_tokens) const {
  std::vector<std::string> texts;  // joined by spaces: added tokens stand apart
  std::vector<std::string> tokens;
  const auto flush = [&] {
    std::string text = textOf(std::move(tokens));
    tokens.clear();
    if (!text.empty()) {
      texts.push_back(std::move(text));
    }
  };
  for (const std::int32_t id : ids) {
    const std::string token = tokenOf(id);
    const bool is_special = config_.special_tokens.contains(token);
    if (is_special && skip_special_tokens) {
      continue;
    }
    if (!is_special && added_ids_.contains(token)) {
      flush();
      texts.push_back(token);
    } else {
      tokens.push_back(token);
    }
  }
  flush();
  return joinStrings(texts, " ");
}

}  // namespace retort::train
