#include "trainers/data/text_corpora.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "trainers/data/data_settings.h"
#include "trainers/data/text_documents.h"
#include "trainers/data/token_files.h"
#include "trainers/io/or_throw.h"

#include <functional>
#include <utility>

#include <fmt/format.h>

namespace retort::train {

namespace {

constexpr std::uint64_t kMaxTextFile = 64'000'000'000;

/// Which part of a file is meant.
enum class Part { kWhole, kFirst, kLast };

std::string formatOf(const TextSettings& settings, const std::filesystem::path& file) {
  if (settings.format != "auto") {
    return settings.format;
  }
  const std::string ending = file.extension().string();
  if (ending == ".jsonl" || ending == ".json") {
    return "jsonl";
  }
  return ending == ".bin" || ending == ".npy" ? "tokens" : "text";
}

/// Text to tokens, as the settings say.
class CorpusMaker {
 public:
  CorpusMaker(const TextSettings& settings, const Tokenizer& tokenizer)
      : settings_(settings),
        tokenizer_(tokenizer),
        eos_(tokenizer.specialIds().eos) {}

  [[nodiscard]] TokenCorpus make(const std::filesystem::path& file, Part part) const {
    const std::string text = readOrThrow(readFile(file, kMaxTextFile));
    const std::string format = formatOf(settings_, file);
    if (format == "tokens") {
      return tokensOf(file, text, part);
    }
    const TextFormat kind = format == "jsonl"   ? TextFormat::kJsonLines
                            : format == "lines" ? TextFormat::kLines
                                                : TextFormat::kFile;
    auto documents = parseTextDocuments(file.string(), text, kind, settings_.key);
    if (part != Part::kWhole) {
      auto [first, last] = splitDocuments(std::move(documents), settings_.validation_share);
      documents = part == Part::kFirst ? std::move(first) : std::move(last);
    }
    TokenCorpusBuilder builder;
    for (const TextDocument& document : documents) {
      add(file, document, builder);
    }
    return std::move(builder).build();
  }

 private:
  TokenCorpus tokensOf(const std::filesystem::path& file,
                       const std::string& bytes,
                       Part part) const {
    TokenCorpus corpus = parseTokenFile(file.string(),
                                        bytes,
                                        {.type = settings_.token_type,
                                         .vocabulary_size = tokenizer_.vocabularySize(),
                                         .eos = eos_});
    if (part == Part::kWhole) {
      return corpus;
    }
    auto [first, last] = splitCorpus(corpus, settings_.validation_share);
    return part == Part::kFirst ? first : last;
  }

  void add(const std::filesystem::path& file,
           const TextDocument& document,
           TokenCorpusBuilder& builder) const {
    if (!document.messages.empty()) {
      addChat(file, document, builder);
      return;
    }
    if (document.text.empty()) {
      return;
    }
    std::vector<std::int32_t> ids = tokenizer_.encode(document.text);
    if (settings_.add_eos && eos_ && (ids.empty() || ids.back() != *eos_)) {
      ids.push_back(*eos_);
    }
    builder.add(ids);
    builder.count(countText(document.text));
  }

  void addChat(const std::filesystem::path& file,
               const TextDocument& document,
               TokenCorpusBuilder& builder) const {
    const auto textOf = [&](const std::optional<std::int32_t>& id) {
      return id ? tokenizer_.decode(std::vector<std::int32_t>{*id}, false) : std::string();
    };
    try {
      const ChatTokens tokens = encodeChat(tokenizer_,
                                           writeChat(settings_.chat_template,
                                                     document.messages,
                                                     textOf(tokenizer_.specialIds().bos),
                                                     textOf(eos_)));
      builder.add(tokens.ids, tokens.is_judged);
    } catch (const TrainError& error) {
      throw TrainError(error.exitCode(),
                       fmt::format("{}:{}: {}", file.string(), document.line, error.what()));
    }
  }

  const TextSettings& settings_;
  const Tokenizer& tokenizer_;
  std::optional<std::int32_t> eos_;
};

/// Everything that decides about the tokens.
std::string cacheKey(const TextSettings& settings,
                     const std::filesystem::path& file,
                     Part part,
                     const Tokenizer& tokenizer) {
  const Json key = {{"cache", 1},
                    {"text", readOrThrow(sha256OfFile(file))},
                    {"tokenizer", tokenizer.fingerprint()},
                    {"format", formatOf(settings, file)},
                    {"npy", file.extension() == ".npy"},
                    {"part", static_cast<int>(part)},
                    {"share", part == Part::kWhole ? 0 : settings.validation_share},
                    {"key", settings.key},
                    {"template", settings.chat_template},
                    {"type", settings.token_type},
                    {"eos", settings.add_eos}};
  return sha256Hex(canonicalJson(key));
}

std::filesystem::path validationFile(const TextSettings& settings) {
  const std::filesystem::path path = *settings.validation_path;
  return std::filesystem::is_directory(path)
             ? fileInDataPath(path, "data.text.validation", settings.validation)
             : path;
}

}  // namespace

TextCorpora loadTextCorpora(const TextSettings& settings,
                            const std::filesystem::path& path,
                            const Tokenizer& tokenizer,
                            const std::optional<TokenCache>& cache) {
  const bool is_folder = std::filesystem::is_directory(path);
  const std::filesystem::path train =
      is_folder ? fileInDataPath(path, "data.text.train", settings.train) : path;
  const CorpusMaker maker(settings, tokenizer);
  const auto load = [&](const std::filesystem::path& file, Part part) {
    const auto make = [&] {
      return maker.make(file, part);
    };
    return cache ? cache->get(cacheKey(settings, file, part, tokenizer), make) : make();
  };
  TextCorpora corpora;
  if (settings.validation_path) {
    corpora = {load(train, Part::kWhole), load(validationFile(settings), Part::kWhole)};
  } else if (settings.validation.empty()) {
    corpora = {load(train, Part::kFirst), load(train, Part::kLast)};
  } else {
    const std::filesystem::path folder = is_folder ? path : path.parent_path();
    corpora = {
        load(train, Part::kWhole),
        load(fileInDataPath(folder, "data.text.validation", settings.validation), Part::kWhole)};
  }
  if (corpora.train.size() == 0 || corpora.validation.size() == 0) {
    throw TrainError(ExitCode::kBadData,
                     fmt::format("{}: there is not enough text to learn from and to evaluate on",
                                 train.string()));
  }
  return corpora;
}

}  // namespace retort::train
