#include "trainers/tokenizers/gpt2_files.h"

#include "core/base/json.h"
#include "core/base/text.h"
#include "trainers/train_error.h"

#include <fmt/format.h>

namespace retort::train {
namespace {

constexpr const char* kEndOfText = "<|endoftext|>";
constexpr const char* kConfig = "tokenizer_config.json";
constexpr const char* kSpecialTokens = "special_tokens_map.json";

[[noreturn]] void refuse(const std::string& source, const std::string& problem) {
  throw TrainError(ExitCode::kBadData, fmt::format("{}/{}", source, problem));
}

Json objectOf(const TokenizerFiles& files, const char* name, const std::string& source) {
  const auto found = files.find(name);
  if (found == files.end()) {
    return Json::object();
  }
  const Result<Json> json = parseJson(found->second);
  if (!json || !json->is_object()) {
    refuse(source, fmt::format("{}: expected a JSON object", name));
  }
  return *json;
}

Json mergesOf(const std::string& text, const std::string& source) {
  Json merges = Json::array();
  std::size_t number = 0;
  for (std::string line : splitString(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) {
      line.pop_back();
    }
    if (line.empty() || line.starts_with("#version")) {
      continue;
    }
    const std::size_t space = line.find(' ');
    if (space == 0 || space == std::string::npos || space + 1 == line.size() ||
        line.find(' ', space + 1) != std::string::npos) {
      refuse(source, fmt::format("merges.txt: line {} is not a pair of tokens: {}", number, line));
    }
    merges.push_back(line);
  }
  return merges;
}

}  // namespace

void addGpt2TokenizerJson(TokenizerFiles& files, const std::string& source) {
  const Json config = objectOf(files, kConfig, source);
  const std::string type =
      config.contains("tokenizer_class") && config["tokenizer_class"].is_string()
          ? config["tokenizer_class"].get<std::string>()
          : "GPT2Tokenizer";
  if (type != "GPT2Tokenizer" && type != "GPT2TokenizerFast") {
    refuse(source,
           fmt::format("{}: the class is {}, of which vocab.json and merges.txt are not enough: a "
                       "tokenizer.json is needed",
                       kConfig,
                       type));
  }
  const Json vocabulary = objectOf(files, "vocab.json", source);
  const bool adds_space = config.contains("add_prefix_space") && config["add_prefix_space"] == true;
  Json tokenizer = {
      {"added_tokens", Json::array()},
      {"pre_tokenizer",
       {{"type", "ByteLevel"}, {"add_prefix_space", adds_space}, {"use_regex", true}}},
      {"decoder", {{"type", "ByteLevel"}}},
      {"model",
       {{"type", "BPE"},
        {"vocab", vocabulary},
        {"merges", mergesOf(files.at("merges.txt"), source)}}}};
  if (vocabulary.contains(kEndOfText)) {
    tokenizer["added_tokens"].push_back({{"id", vocabulary[kEndOfText]},
                                         {"content", kEndOfText},
                                         {"special", true},
                                         {"normalized", false}});
    if (!files.contains(kSpecialTokens) && !config.contains("eos_token")) {
      files[kSpecialTokens] =
          Json{{"bos_token", kEndOfText}, {"eos_token", kEndOfText}, {"unk_token", kEndOfText}}
              .dump(2) +
          "\n";
    }
  }
  files["tokenizer.json"] = tokenizer.dump();
}

}  // namespace retort::train
