#include "trainers/tokenizers/tokenizer_config.h"

#include "core/base/text.h"
#include "trainers/train_error.h"

#include <limits>

#include <fmt/format.h>

namespace retort::train {

namespace {

constexpr std::int64_t kMaxId = std::numeric_limits<std::int32_t>::max() - 1;

[[noreturn]] void refuse(const std::string& place, const std::string& what) {
  throw TrainError(ExitCode::kBadData, fmt::format("{}: {}", place, what));
}

/// A token is given as a text, or as an object with its text in "content".
std::optional<std::string> tokenText(const Json& config, const char* key, const std::string& file) {
  const auto found = config.find(key);
  if (found == config.end() || found->is_null()) {
    return std::nullopt;
  }
  const Json text = found->is_object() ? found->value("content", Json()) : *found;
  if (!text.is_string() || text.get_ref<const std::string&>().empty()) {
    refuse(file, fmt::format("{} is not a text", key));
  }
  return text.get<std::string>();
}

std::optional<bool> flagOf(const Json& config, const char* key, const std::string& file) {
  const auto found = config.find(key);
  if (found == config.end() || found->is_null()) {
    return std::nullopt;
  }
  if (!found->is_boolean()) {
    refuse(file, fmt::format("{} is not true or false", key));
  }
  return found->get<bool>();
}

void readSpecialTokens(const Json& config, const std::string& file, TokenizerConfig& result) {
  const auto take = [&](const char* key, std::optional<std::string>& token) {
    if (!token) {
      token = tokenText(config, key, file);
    }
    if (token) {
      result.special_tokens.insert(*token);
    }
  };
  take("bos_token", result.bos_token);
  take("eos_token", result.eos_token);
  take("unk_token", result.unk_token);
  take("pad_token", result.pad_token);
  for (const char* key : {"sep_token", "cls_token", "mask_token"}) {
    std::optional<std::string> token;
    take(key, token);
  }
  const auto additional = config.find("additional_special_tokens");
  if (additional == config.end() || !additional->is_array()) {
    return;
  }
  for (const Json& entry : *additional) {
    const Json text = entry.is_object() ? entry.value("content", Json()) : entry;
    if (!text.is_string()) {
      refuse(file, "additional_special_tokens holds something that is not a text");
    }
    result.special_tokens.insert(text.get<std::string>());
  }
}

void readAddedTokens(const Json& config, const std::string& file, TokenizerConfig& result) {
  const auto decoder = config.find("added_tokens_decoder");
  if (decoder == config.end() || decoder->is_null()) {
    return;
  }
  if (!decoder->is_object()) {
    refuse(file, "added_tokens_decoder is not an object");
  }
  for (const auto& [key, entry] : decoder->items()) {
    const std::string place = fmt::format("{}: added_tokens_decoder.{}", file, key);
    const std::optional<std::int64_t> id = parseInteger(key);
    if (!id || *id < 0 || *id > kMaxId) {
      refuse(place, "the key is not an id");
    }
    result.added_tokens.push_back(addedTokenFromJson(entry, static_cast<std::int32_t>(*id), place));
  }
}

/// The older form: {"<token>": id}.
void readAddedTokenIds(const Json& ids, const std::string& file, TokenizerConfig& result) {
  for (const auto& [content, id] : ids.items()) {
    if (!id.is_number_integer() || id.get<std::int64_t>() < 0 || id.get<std::int64_t>() > kMaxId) {
      refuse(file, fmt::format("the id of \"{}\" is {}", content, id.dump()));
    }
    result.added_tokens.push_back({.content = content,
                                   .id = id.get<std::int32_t>(),
                                   .is_special = result.special_tokens.contains(content)});
  }
}

}  // namespace

Json tokenizerFileJson(const TokenizerFiles& files,
                       const std::string& name,
                       const std::string& source) {
  const auto found = files.find(name);
  if (found == files.end()) {
    return Json::object();
  }
  Result<Json> parsed = parseJson(found->second);
  if (!parsed || !parsed->is_object()) {
    refuse(source + "/" + name, parsed ? "expected a JSON object" : parsed.error().message);
  }
  return std::move(*parsed);
}

AddedToken addedTokenFromJson(const Json& json, std::int32_t id, const std::string& place) {
  if (!json.is_object() || !json.contains("content") || !json["content"].is_string()) {
    refuse(place, "there is no content");
  }
  AddedToken token = {.content = json["content"].get<std::string>(), .id = id};
  token.is_special = flagOf(json, "special", place).value_or(false);
  token.lstrip = flagOf(json, "lstrip", place).value_or(false);
  token.rstrip = flagOf(json, "rstrip", place).value_or(false);
  token.single_word = flagOf(json, "single_word", place).value_or(false);
  token.normalized = flagOf(json, "normalized", place).value_or(!token.is_special);
  return token;
}

TokenizerConfig readTokenizerConfig(const TokenizerFiles& files, const std::string& source) {
  const auto jsonOf = [&](const char* name) {
    return tokenizerFileJson(files, name, source);
  };
  const std::string file = source + "/tokenizer_config.json";
  const Json config = jsonOf("tokenizer_config.json");
  TokenizerConfig result;
  readSpecialTokens(config, file, result);
  readSpecialTokens(jsonOf("special_tokens_map.json"), source + "/special_tokens_map.json", result);
  result.tokenizer_class = tokenText(config, "tokenizer_class", file).value_or("");
  result.add_bos_token = flagOf(config, "add_bos_token", file);
  result.add_eos_token = flagOf(config, "add_eos_token", file);
  result.add_prefix_space = flagOf(config, "add_prefix_space", file);
  result.legacy = flagOf(config, "legacy", file);
  readAddedTokens(config, file, result);
  if (result.added_tokens.empty()) {
    readAddedTokenIds(jsonOf("added_tokens.json"), source + "/added_tokens.json", result);
  }
  return result;
}

}  // namespace retort::train
