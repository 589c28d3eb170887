#pragma once

#include "trainers/data/chat_template.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace retort::train {

/// A text to learn from: plain, or a conversation.
struct TextDocument {
  std::string text;
  std::vector<ChatMessage> messages;  ///< of a conversation; then `text` is empty
  std::int64_t line = 1;              ///< where it begins in its file

  bool operator==(const TextDocument&) const = default;
};

enum class TextFormat {
  kFile,       ///< the whole file is one document
  kLines,      ///< every line that is not empty is one
  kJsonLines,  ///< every line is an object with a text, or with "messages" of {role, content}
};

/// Documents of a text. `name` stands for the file in messages; `key` names the member of JSON
/// lines that holds the text. A byte-order mark is left out. Throws TrainError (kBadData)
/// "FILE:LINE: …" for bytes that are not UTF-8, lines that are no such objects, roles that are not
/// system, user or assistant, and when there is nothing to read.
[[nodiscard]] std::vector<TextDocument> parseTextDocuments(const std::string& name,
                                                           std::string_view text,
                                                           TextFormat format,
                                                           const std::string& key = "text");

/// Cuts documents in two: the first ones, with about the share 1 - `last_share` of the bytes, and
/// the others. A single plain text is cut at the end of a line, or where none is near at a
/// character.
[[nodiscard]] std::pair<std::vector<TextDocument>, std::vector<TextDocument>> splitDocuments(
    std::vector<TextDocument> documents, double last_share);

}  // namespace retort::train
