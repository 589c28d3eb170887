#include "trainers/data/choice_questions.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "trainers/io/or_throw.h"
#include "trainers/tokenizers/basic_tokenizer.h"
#include "trainers/tokenizers/unicode_text.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <unicode/locid.h>
#include <unicode/unistr.h>

namespace retort::train {

namespace {

constexpr std::uint64_t kMaxFile = 1'000'000'000;

/// One row of a file; what is missing in it throws "FILE:LINE: …".
class Row {
 public:
  Row(Json json, std::string place) : json_(std::move(json)), place_(std::move(place)) {}

  [[nodiscard]] bool has(const char* key) const { return json_.contains(key); }

  [[nodiscard]] const Json& at(const char* key) const {
    if (!has(key)) {
      refuse(fmt::format("there is no \"{}\"", key));
    }
    return json_[key];
  }

  [[nodiscard]] std::string text(const char* key) const { return textOf(at(key), key); }

  [[nodiscard]] std::vector<std::string> texts(const char* key) const {
    return textsOf(at(key), key);
  }

  [[nodiscard]] std::string textOf(const Json& value, const char* key) const {
    if (!value.is_string()) {
      refuse(fmt::format("\"{}\" is not a text", key));
    }
    return value.get<std::string>();
  }

  [[nodiscard]] std::vector<std::string> textsOf(const Json& value, const char* key) const {
    if (!value.is_array() || value.empty()) {
      refuse(fmt::format("\"{}\" is not a list of texts", key));
    }
    std::vector<std::string> texts;
    for (const Json& entry : value) {
      texts.push_back(textOf(entry, key));
    }
    return texts;
  }

  /// A number, or the text of one.
  [[nodiscard]] std::int64_t integer(const char* key) const {
    const Json& value = at(key);
    if (value.is_boolean()) {
      return value.get<bool>() ? 1 : 0;
    }
    const std::optional<std::int64_t> number =
        value.is_number_integer() ? std::optional(value.get<std::int64_t>())
        : value.is_string()       ? parseInteger(value.get_ref<const std::string&>())
                                  : std::nullopt;
    if (!number) {
      refuse(fmt::format("\"{}\" is not an integer: {}", key, value.dump()));
    }
    return *number;
  }

  [[noreturn]] void refuse(const std::string& what) const {
    throw TrainError(ExitCode::kBadData, fmt::format("{}: {}", place_, what));
  }

 private:
  Json json_;
  std::string place_;
};

std::int64_t characters(const std::string& text) {
  return static_cast<std::int64_t>(decodeUtf8(text).size());
}

/// One context, several answers behind it.
ChoiceQuestion questionOf(const std::string& context,
                          const std::vector<std::string>& choices,
                          std::int64_t gold) {
  ChoiceQuestion question = {.gold = gold};
  for (const std::string& choice : choices) {
    question.contexts.push_back(context);
    question.continuations.push_back(" " + choice);
    question.lengths.push_back(characters(choice));
  }
  return question;
}

/// Several beginnings, one end: WinoGrande's partial evaluation.
ChoiceQuestion partialQuestion(const std::vector<std::string>& contexts,
                               const std::string& end,
                               std::int64_t gold) {
  ChoiceQuestion question = {.contexts = contexts, .gold = gold};
  for (const std::string& context : contexts) {
    question.continuations.push_back(" " + end);
    question.lengths.push_back(characters(context));
  }
  return question;
}

/// What Python's strip() takes away: White_Space and the separators U+001C … U+001F.
std::string stripped(std::string_view text) {
  const auto isSpace = [](char32_t code) {
    return isWhiteSpace(code) || (code >= 0x1C && code <= 0x1F);
  };
  const std::u32string codes = decodeUtf8(text);
  const auto begin = std::find_if_not(codes.begin(), codes.end(), isSpace);
  const auto end = std::find_if_not(codes.rbegin(), std::make_reverse_iterator(begin), isSpace);
  return encodeUtf8(std::u32string(begin, end.base()));
}

/// Python's capitalize(): the first letter in title case, the others in lower case.
std::string capitalized(const std::string& text) {
  if (text.empty()) {
    return text;
  }
  const std::size_t first = utf8SequenceLength(text);
  const auto title =
      icu::UnicodeString::fromUTF8(text.substr(0, first)).toTitle(nullptr, icu::Locale::getRoot());
  std::string result;
  title.toUTF8String(result);
  return result + encodeUtf8(lowerCase(decodeUtf8(text.substr(first))));
}

std::int64_t answerOf(const Row& row, const Json& choices, const std::string& key) {
  const std::vector<std::string> labels =
      row.textsOf(choices.value("label", Json()), "choices.label");
  const auto found = std::find(labels.begin(), labels.end(), key);
  if (found == labels.end()) {
    row.refuse(fmt::format("answerKey \"{}\" is none of the labels", key));
  }
  return found - labels.begin();
}

ChoiceQuestion readPiqa(const Row& row) {
  if (row.has("query")) {
    return questionOf(
        stripped(row.text("query")) + "\nAnswer:", row.texts("choices"), row.integer("gold"));
  }
  return questionOf("Question: " + row.text("goal") + "\nAnswer:",
                    {row.text("sol1"), row.text("sol2")},
                    row.integer("label"));
}

ChoiceQuestion readArc(const Row& row) {
  if (row.has("query")) {
    return questionOf(
        stripped(row.text("query")) + "\nAnswer:", row.texts("choices"), row.integer("gold"));
  }
  const Json& choices = row.at("choices");
  return questionOf("Question: " + row.text("question") + "\nAnswer:",
                    row.textsOf(choices.value("text", Json()), "choices.text"),
                    answerOf(row, choices, row.text("answerKey")));
}

ChoiceQuestion readBoolQ(const Row& row) {
  if (row.has("query")) {
    std::string query = row.text("query");
    constexpr std::string_view kPrepared = "Passage: ";
    if (query.starts_with(kPrepared)) {
      query.erase(0, kPrepared.size());
    }
    return questionOf(query + "\nAnswer:", row.texts("choices"), row.integer("gold"));
  }
  return questionOf(row.text("passage") + "\nQuestion: " + row.text("question") + "?\nAnswer:",
                    {"no", "yes"},
                    row.integer(row.has("label") ? "label" : "answer"));
}

ChoiceQuestion readWinoGrande(const Row& row) {
  if (row.has("context_options")) {
    return partialQuestion(
        row.texts("context_options"), stripped(row.text("continuation")), row.integer("gold"));
  }
  const std::string sentence = row.text("sentence");
  const std::size_t gap = sentence.find('_');
  if (gap == std::string::npos) {
    row.refuse("\"sentence\" has no gap (_)");
  }
  const std::string beginning = sentence.substr(0, gap);
  return partialQuestion({beginning + row.text("option1"), beginning + row.text("option2")},
                         stripped(sentence.substr(gap + 1)),
                         row.integer("answer") - 1);
}

ChoiceQuestion readHellaSwag(const Row& row) {
  if (row.has("query")) {
    return questionOf(row.text("query"), row.texts("choices"), row.integer("gold"));
  }
  std::vector<std::string> endings = row.texts("endings");
  for (std::string& ending : endings) {
    ending = hellaSwagText(ending);
  }
  return questionOf(hellaSwagText(row.text("activity_label") + ": " + row.text("ctx_a") + " " +
                                  capitalized(row.text("ctx_b"))),
                    endings,
                    row.integer("label"));
}

ChoiceQuestion readOpenBookQa(const Row& row) {
  if (row.has("query")) {
    return questionOf(row.text("query"), row.texts("choices"), row.integer("gold"));
  }
  const Json& choices = row.at("choices");
  const std::string key = row.text("answerKey");
  return questionOf(row.text("question_stem"),
                    row.textsOf(choices.value("text", Json()), "choices.text"),
                    answerOf(row, choices, key.substr(leadingWhiteSpace(key))));
}

using Reader = ChoiceQuestion (*)(const Row&);

Reader readerOf(const std::string& task) {
  static const std::map<std::string, Reader> kReaders = {{"arc_challenge", readArc},
                                                         {"arc_easy", readArc},
                                                         {"boolq", readBoolQ},
                                                         {"hellaswag", readHellaSwag},
                                                         {"openbookqa", readOpenBookQa},
                                                         {"piqa", readPiqa},
                                                         {"winogrande", readWinoGrande}};
  const auto found = kReaders.find(task);
  if (found == kReaders.end()) {
    std::vector<std::string> names;
    for (const ChoiceTask& known : choiceTasks()) {
      names.push_back(known.name);
    }
    throw TrainError(
        ExitCode::kBadSpec,
        fmt::format("task \"{}\" is not known; known: {}", task, joinStrings(names, ", ")));
  }
  return found->second;
}

}  // namespace

const std::vector<ChoiceTask>& choiceTasks() {
  static const std::vector<ChoiceTask> kTasks = {{"arc_challenge"},
                                                 {"arc_easy"},
                                                 {"boolq", false, 2},
                                                 {"hellaswag"},
                                                 {"openbookqa"},
                                                 {"piqa"},
                                                 {"winogrande", false}};
  return kTasks;
}

std::vector<ChoiceQuestion> parseChoiceQuestions(const std::string& task,
                                                 const std::string& name,
                                                 std::string_view text) {
  const Reader read = readerOf(task);
  std::vector<ChoiceQuestion> questions;
  for (std::int64_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view row_text = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (row_text.find_first_not_of(" \t\r") == std::string_view::npos) {
      continue;
    }
    const std::string place = fmt::format("{}:{}", name, line);
    Result<Json> json = parseJson(row_text);
    if (!json || !json->is_object()) {
      throw TrainError(
          ExitCode::kBadData,
          fmt::format("{}: {}", place, json ? "expected a JSON object" : json.error().message));
    }
    const Row row(std::move(*json), place);
    questions.push_back(read(row));
    const auto choices = static_cast<std::int64_t>(questions.back().contexts.size());
    if (questions.back().gold < 0 || questions.back().gold >= choices) {
      row.refuse(
          fmt::format("the answer is number {} of {} choices", questions.back().gold + 1, choices));
    }
  }
  if (questions.empty()) {
    throw TrainError(ExitCode::kBadData, fmt::format("{}: there are no questions in it", name));
  }
  return questions;
}

std::vector<ChoiceQuestion> readChoiceQuestions(const std::string& task,
                                                const std::filesystem::path& file) {
  return parseChoiceQuestions(task, file.string(), readOrThrow(readFile(file, kMaxFile)));
}

std::string hellaSwagText(std::string_view text) {
  const std::string titled = replaceAll(stripped(text), " [title]", ". ");
  std::string result;
  for (std::size_t i = 0; i < titled.size();) {
    const std::size_t end = titled[i] == '[' ? titled.find_first_of("]\n", i) : std::string::npos;
    if (end != std::string::npos && titled[end] == ']') {
      i = end + 1;  // \[.*?\]: to the first bracket of the same line
    } else {
      result += titled[i++];
    }
  }
  return replaceAll(result, "  ", " ");
}

ChoiceTokens cutChoice(const ChoiceTokens& tokens, std::int64_t max_length) {
  const auto most = static_cast<std::size_t>(max_length + 1);
  ChoiceTokens cut = tokens;
  if (cut.ids.size() > most) {
    cut.ids.erase(cut.ids.begin(), cut.ids.end() - static_cast<std::ptrdiff_t>(most));
  }
  const auto read = static_cast<std::int64_t>(cut.ids.size()) - 1;
  cut.judged = std::min(cut.judged, std::max<std::int64_t>(read, 0));
  return cut;
}

ChoiceTokens encodeChoice(const Tokenizer& tokenizer,
                          const std::string& context,
                          const std::string& continuation,
                          bool add_bos) {
  const SpecialIds& special = tokenizer.specialIds();
  const std::optional<std::int32_t> bos = special.bos ? special.bos : special.eos;
  const std::string kept = context.substr(0, context.size() - trailingWhiteSpace(context));
  std::vector<std::int32_t> ids = tokenizer.encodePlain(context + continuation);
  std::size_t begin = tokenizer.encodePlain(kept).size();
  if ((add_bos || context.empty()) && bos) {
    ids.insert(ids.begin(), *bos);
    ++begin;
  }
  begin = std::min(begin, ids.size());
  return {.ids = ids, .judged = static_cast<std::int64_t>(ids.size() - begin)};
}

}  // namespace retort::train
