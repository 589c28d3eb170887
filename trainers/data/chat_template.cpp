#include "trainers/data/chat_template.h"

#include "core/base/text.h"
#include "trainers/tokenizers/unicode_text.h"
#include "trainers/train_error.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace retort::train {

namespace {

constexpr const char* kAssistant = "assistant";

std::string stripped(const std::string& text) {
  const std::string right = text.substr(0, text.size() - trailingWhiteSpace(text));
  return right.substr(leadingWhiteSpace(right));
}

[[noreturn]] void refuse(const std::string& what) {
  throw TrainError(ExitCode::kBadData, what);
}

std::vector<ChatPart> writeNone(const std::vector<ChatMessage>& messages) {
  std::vector<ChatPart> parts;
  for (const ChatMessage& message : messages) {
    parts.push_back({message.content + "\n", message.role == kAssistant});
  }
  return parts;
}

std::vector<ChatPart> writeChatml(const std::vector<ChatMessage>& messages) {
  std::vector<ChatPart> parts;
  for (const ChatMessage& message : messages) {
    parts.push_back({"<|im_start|>" + message.role + "\n", false});
    parts.push_back({message.content + "<|im_end|>", message.role == kAssistant});
    parts.push_back({"\n", false});
  }
  return parts;
}

std::vector<ChatPart> writeLlama3(const std::vector<ChatMessage>& messages) {
  std::vector<ChatPart> parts = {{"<|begin_of_text|>", false}};
  for (const ChatMessage& message : messages) {
    parts.push_back({"<|start_header_id|>" + message.role + "<|end_header_id|>\n\n", false});
    parts.push_back({stripped(message.content) + "<|eot_id|>", message.role == kAssistant});
  }
  return parts;
}

std::vector<ChatPart> writeLlama2(std::vector<ChatMessage> messages,
                                  const std::string& bos,
                                  const std::string& eos) {
  if (messages.size() > 1 && messages[0].role == "system") {
    messages[1].content =
        "<<SYS>>\n" + messages[0].content + "\n<</SYS>>\n\n" + messages[1].content;
    messages.erase(messages.begin());
  }
  std::vector<ChatPart> parts;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const bool is_user = i % 2 == 0;
    if (messages[i].role != (is_user ? "user" : kAssistant)) {
      refuse(
          fmt::format("message {} is of \"{}\": template llama2 needs user and assistant in turn",
                      i + 1,
                      messages[i].role));
    }
    const std::string content = stripped(messages[i].content);
    parts.push_back(is_user ? ChatPart{bos + "[INST] " + content + " [/INST]", false}
                            : ChatPart{" " + content + " " + eos, true});
  }
  return parts;
}

std::size_t commonBeginning(const std::vector<std::int32_t>& a,
                            const std::vector<std::int32_t>& b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first -
                                  a.begin());
}

}  // namespace

const std::vector<std::string>& chatTemplateNames() {
  static const std::vector<std::string> kNames = {"none", "chatml", "llama2", "llama3"};
  return kNames;
}

std::vector<ChatPart> writeChat(const std::string& name,
                                const std::vector<ChatMessage>& messages,
                                const std::string& bos,
                                const std::string& eos) {
  const bool has_answer =
      std::any_of(messages.begin(), messages.end(), [](const ChatMessage& message) {
        return message.role == kAssistant;
      });
  if (!has_answer) {
    refuse("there is no message of the assistant: nothing to learn");
  }
  if (name == "none") {
    return writeNone(messages);
  }
  if (name == "chatml") {
    return writeChatml(messages);
  }
  if (name == "llama2") {
    return writeLlama2(messages, bos, eos);
  }
  if (name == "llama3") {
    return writeLlama3(messages);
  }
  throw TrainError(ExitCode::kBadSpec,
                   fmt::format("chat template \"{}\" is not known; known: {}",
                               name,
                               joinStrings(chatTemplateNames(), ", ")));
}

ChatTokens encodeChat(const Tokenizer& tokenizer, const std::vector<ChatPart>& parts) {
  std::string text;
  for (const ChatPart& part : parts) {
    text += part.text;
  }
  ChatTokens tokens = {.ids = tokenizer.encodePlain(text), .is_judged = {}};
  tokens.is_judged.resize(tokens.ids.size(), false);
  std::string before;
  for (const ChatPart& part : parts) {
    const std::string after = before + part.text;
    if (part.is_judged) {
      const std::size_t begin = commonBeginning(tokenizer.encodePlain(before), tokens.ids);
      const std::size_t end = commonBeginning(tokenizer.encodePlain(after), tokens.ids);
      std::fill(tokens.is_judged.begin() + static_cast<std::ptrdiff_t>(begin),
                tokens.is_judged.begin() + static_cast<std::ptrdiff_t>(std::max(begin, end)),
                true);
    }
    before = after;
  }
  return tokens;
}

}  // namespace retort::train
