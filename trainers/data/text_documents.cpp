#include "trainers/data/text_documents.h"

#include "core/base/json.h"
#include "core/base/text.h"
#include "trainers/train_error.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace retort::train {

namespace {

[[noreturn]] void refuse(const std::string& name, std::int64_t line, const std::string& what) {
  throw TrainError(ExitCode::kBadData, fmt::format("{}:{}: {}", name, line, what));
}

void checkUtf8(const std::string& name, std::string_view text) {
  std::size_t bad = 0;
  if (!isValidUtf8(text, &bad)) {
    const auto line =
        std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(bad), '\n');
    refuse(name,
           line + 1,
           fmt::format("byte {} of the file (0x{:02X}) is not UTF-8: convert the file",
                       bad + 1,
                       static_cast<unsigned char>(text[bad])));
  }
}

ChatMessage readMessage(const std::string& name, std::int64_t line, const Json& json) {
  const auto textOf = [&](const char* key) {
    if (!json.is_object() || !json.contains(key) || !json[key].is_string()) {
      refuse(name, line, fmt::format("a message has no text \"{}\"", key));
    }
    return json[key].get<std::string>();
  };
  ChatMessage message = {.role = textOf("role"), .content = textOf("content")};
  if (message.role != "system" && message.role != "user" && message.role != "assistant") {
    refuse(name,
           line,
           fmt::format("a message is of \"{}\" (known: system, user, assistant)", message.role));
  }
  return message;
}

TextDocument readObject(const std::string& name,
                        std::int64_t line,
                        std::string_view text,
                        const std::string& key) {
  const Result<Json> json = parseJson(text);
  if (!json || !json->is_object()) {
    refuse(name, line, json ? "expected a JSON object" : json.error().message);
  }
  TextDocument document = {.line = line};
  if (const auto messages = json->find("messages"); messages != json->end()) {
    if (!messages->is_array() || messages->empty()) {
      refuse(name, line, "\"messages\" is not a list of messages");
    }
    for (const Json& message : *messages) {
      document.messages.push_back(readMessage(name, line, message));
    }
    return document;
  }
  if (!json->contains(key) || !(*json)[key].is_string()) {
    refuse(name, line, fmt::format("there is neither a text \"{}\" nor \"messages\"", key));
  }
  document.text = (*json)[key].get<std::string>();
  return document;
}

std::size_t bytesOf(const TextDocument& document) {
  std::size_t bytes = document.text.size();
  for (const ChatMessage& message : document.messages) {
    bytes += message.content.size();
  }
  return bytes;
}

/// The end of the line that a place is in, or if that is far away the next character.
std::size_t cutPlace(std::string_view text, std::size_t place) {
  constexpr std::size_t kNear = 10'000;
  const std::size_t line_end = text.find('\n', place);
  if (line_end != std::string_view::npos && line_end + 1 < text.size() &&
      line_end - place < std::max(kNear, text.size() / 100)) {
    return line_end + 1;
  }
  while (place < text.size() && (text[place] & 0xC0) == 0x80) {
    ++place;
  }
  return place;
}

}  // namespace

std::vector<TextDocument> parseTextDocuments(const std::string& name,
                                             std::string_view text,
                                             TextFormat format,
                                             const std::string& key) {
  checkUtf8(name, text);
  if (text.starts_with("\xEF\xBB\xBF")) {
    text.remove_prefix(3);
  }
  std::vector<TextDocument> documents;
  if (format == TextFormat::kFile && !text.empty()) {
    documents.push_back({.text = std::string(text)});
  }
  for (std::int64_t line = 1; format != TextFormat::kFile && !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view row = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (row.ends_with('\r')) {
      row.remove_suffix(1);
    }
    if (row.find_first_not_of(" \t") == std::string_view::npos) {
      continue;
    }
    documents.push_back(format == TextFormat::kLines
                            ? TextDocument{.text = std::string(row), .line = line}
                            : readObject(name, line, row, key));
  }
  if (documents.empty()) {
    throw TrainError(ExitCode::kBadData, fmt::format("{}: there is no text in it", name));
  }
  return documents;
}

std::pair<std::vector<TextDocument>, std::vector<TextDocument>> splitDocuments(
    std::vector<TextDocument> documents, double last_share) {
  std::size_t total = 0;
  for (const TextDocument& document : documents) {
    total += bytesOf(document);
  }
  const auto wanted = static_cast<std::size_t>((1.0 - last_share) * static_cast<double>(total));
  if (documents.size() == 1 && documents[0].messages.empty()) {
    const std::string text = std::move(documents[0].text);
    const std::size_t place = cutPlace(text, wanted);
    const auto line =
        std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(place), '\n');
    return {{{.text = text.substr(0, place)}}, {{.text = text.substr(place), .line = line + 1}}};
  }
  std::size_t first = 0;
  for (std::size_t bytes = 0; first + 1 < documents.size(); ++first) {
    bytes += bytesOf(documents[first]);
    if (bytes > wanted) {
      break;
    }
  }
  first = std::clamp<std::size_t>(first, 1, std::max<std::size_t>(documents.size(), 2) - 1);
  const auto border =
      documents.begin() + static_cast<std::ptrdiff_t>(std::min(first, documents.size()));
  std::vector<TextDocument> last(std::make_move_iterator(border),
                                 std::make_move_iterator(documents.end()));
  documents.erase(border, documents.end());
  return {std::move(documents), std::move(last)};
}

}  // namespace retort::train
