#include "trainers/tokenizers/json_tokenizer.h"

#include "core/base/text.h"
#include "trainers/tokenizers/unicode_text.h"
#include "trainers/train_error.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace retort::train {

namespace {

std::int32_t idFromJson(const Component& component, const Json& value) {
  constexpr std::int64_t kMaxId = 10'000'000;
  if (!value.is_number_integer() || value.get<std::int64_t>() < 0 ||
      value.get<std::int64_t>() > kMaxId) {
    component.refuse(fmt::format("{} is not an id", value.dump()));
  }
  return value.get<std::int32_t>();
}

bool isLlamaClass(const std::string& name) {
  return name == "LlamaTokenizer" || name == "LlamaTokenizerFast";
}

}  // namespace

JsonTokenizer::JsonTokenizer(TokenizerFiles files, const std::string& source)
    : Tokenizer(std::move(files)) {
  const Json json = tokenizerFileJson(this->files(), "tokenizer.json", source);
  const std::string file = source + "/tokenizer.json";
  const Component root(json, file);
  const auto part = [&](const char* key) {
    return Component(json.contains(key) ? json[key] : json, file + ": " + key);
  };
  if (!root.has("model")) {
    root.refuse("there is no \"model\"");
  }
  model_ = makeTokenModel(part("model"));
  if (root.has("normalizer")) {
    normalizer_ = makeNormalizer(part("normalizer"));
  }
  if (root.has("pre_tokenizer")) {
    pre_tokenizer_ = makePreTokenizer(part("pre_tokenizer"));
  }
  if (root.has("decoder")) {
    decoder_ = makeDecoder(part("decoder"));
  }
  const TokenizerConfig config = readTokenizerConfig(this->files(), source);
  readAddedTokens(root, config);
  if (root.has("post_processor")) {
    readPostProcessor(part("post_processor"));
  }
  applyConfig(config, source + "/tokenizer_config.json");
}

void JsonTokenizer::readAddedTokens(const Component& root, const TokenizerConfig& config) {
  if (root.has("added_tokens")) {
    for (const Component& entry : root.list("added_tokens")) {
      const std::int32_t id = idFromJson(entry, entry.at("id").json());
      added_tokens_.push_back(addedTokenFromJson(entry.json(), id, entry.place()));
      added_ids_[added_tokens_.back().content] = id;
    }
  }
  for (const AddedToken& token : config.added_tokens) {
    if (!idOf(token.content)) {
      added_tokens_.push_back(token);
      added_ids_[token.content] = token.id;
    }
  }
  std::vector<AddedToken> raw;
  std::vector<AddedToken> normalized;
  for (std::size_t i = 0; i < added_tokens_.size(); ++i) {
    added_places_[added_tokens_[i].id] = i;
    AddedToken token = added_tokens_[i];
    if (token.normalized && normalizer_) {
      token.content = normalizer_(token.content);
    }
    (token.normalized ? normalized : raw).push_back(std::move(token));
  }
  raw_finder_ = std::make_unique<AddedTokenFinder>(std::move(raw));
  normalized_finder_ = std::make_unique<AddedTokenFinder>(std::move(normalized));
}

void JsonTokenizer::readPostProcessor(const Component& component) {
  const std::string type = component.type();
  if (type == "Sequence") {
    for (const Component& step : component.list("processors")) {
      readPostProcessor(step);
    }
  } else if (type == "TemplateProcessing") {
    readTemplate(component);
  } else if (type != "ByteLevel") {  // which changes no ids
    component.refuseType("TemplateProcessing, ByteLevel, Sequence");
  }
}

void JsonTokenizer::readTemplate(const Component& component) {
  bool is_behind_text = false;
  for (const Component& entry : component.list("single")) {
    if (entry.has("Sequence")) {
      if (is_behind_text || entry.at("Sequence").text("id") != "A") {
        entry.refuse("expected the text (A) once");
      }
      is_behind_text = true;
      continue;
    }
    const std::string name = entry.at("SpecialToken").text("id");
    const Component tokens = component.at("special_tokens");
    for (const Component& id : tokens.at(name.c_str()).list("ids")) {
      (is_behind_text ? suffix_ : prefix_).push_back(idFromJson(id, id.json()));
    }
  }
  if (!is_behind_text) {
    component.refuse("\"single\" has no place for the text");
  }
}

void JsonTokenizer::applyConfig(const TokenizerConfig& config, const std::string& place) {
  const auto find = [&](const std::optional<std::string>& token) {
    return token ? idOf(*token) : std::nullopt;
  };
  special_ids_ = {.bos = find(config.bos_token),
                  .eos = find(config.eos_token),
                  .unk = config.unk_token ? find(config.unk_token) : model_->unkId(),
                  .pad = find(config.pad_token)};
  if (!isLlamaClass(config.tokenizer_class)) {
    return;
  }
  const auto put = [&](bool is_put, const char* name, std::optional<std::int32_t>& id, auto& ids) {
    const bool is_bos = std::string_view(name) == "bos_token";
    if (!id) {
      id = idOf(is_bos ? "<s>" : "</s>");
    }
    if (is_put && !id) {
      throw TrainError(
          ExitCode::kBadData,
          fmt::format("{}: {} is to be added, but there is no such token", place, name));
    }
    ids.clear();
    if (is_put) {
      ids.push_back(*id);
    }
  };
  put(config.add_bos_token.value_or(true), "bos_token", special_ids_.bos, prefix_);
  put(config.add_eos_token.value_or(false), "eos_token", special_ids_.eos, suffix_);
}

std::optional<std::int32_t> JsonTokenizer::idOf(std::string_view token) const {
  const auto added = added_ids_.find(token);
  return added != added_ids_.end() ? std::optional(added->second)
                                   : model_->vocabulary().idOf(token);
}

std::int64_t JsonTokenizer::vocabularySize() const {
  const std::int64_t last_added = added_places_.empty() ? -1 : added_places_.rbegin()->first;
  return std::max(model_->vocabulary().size(), last_added + 1);
}

void JsonTokenizer::encodeNormalized(std::string_view text,
                                     bool starts_text,
                                     std::vector<std::int32_t>& ids) const {
  std::vector<Piece> pieces;
  if (!text.empty()) {
    pieces.push_back({.text = std::string(text), .starts_text = starts_text});
  }
  if (pre_tokenizer_) {
    pieces = pre_tokenizer_(std::move(pieces));
  }
  for (const Piece& piece : pieces) {
    model_->encode(piece.text, ids);
  }
}

void JsonTokenizer::encodeText(std::string_view text,
                               bool starts_text,
                               std::vector<std::int32_t>& ids) const {
  std::string normalized(text);
  if (normalizer_) {
    normalized = normalizer_(std::move(normalized));
  }
  for (const TextPart& part : normalized_finder_->split(normalized)) {
    if (part.token != nullptr) {
      ids.push_back(part.token->id);
    } else {
      encodeNormalized(part.text, starts_text && part.text.data() == normalized.data(), ids);
    }
  }
}

std::vector<std::int32_t> JsonTokenizer::encodePlain(std::string_view text) const {
  const std::string clean = wellFormed(text);
  std::vector<std::int32_t> ids;
  for (const TextPart& part : raw_finder_->split(clean)) {
    if (part.token != nullptr) {
      ids.push_back(part.token->id);
    } else {
      encodeText(part.text, part.text.data() == clean.data(), ids);
    }
  }
  return ids;
}

std::string JsonTokenizer::decode(std::span<const std::int32_t> ids,
                                  bool skip_special_tokens) const {
  std::vector<std::string> tokens;
  for (const std::int32_t id : ids) {
    if (const auto added = added_places_.find(id); added != added_places_.end()) {
      const AddedToken& token = added_tokens_[added->second];
      if (!skip_special_tokens || !token.is_special) {
        tokens.push_back(token.content);
      }
      continue;
    }
    const std::optional<std::string> token = model_->vocabulary().tokenOf(id);
    if (!token) {
      throw TrainError(ExitCode::kBadData,
                       fmt::format("there is no token {} among {}", id, vocabularySize()));
    }
    tokens.push_back(*token);
  }
  return decoder_ ? joinStrings((*decoder_)(std::move(tokens)), "") : joinStrings(tokens, " ");
}

}  // namespace retort::train
