#pragma once

#include "trainers/tokenizers/tokenizer.h"

#include <cstdint>
#include <string>
#include <vector>

namespace retort::train {

struct ChatMessage {
  std::string role;  ///< "system", "user" or "assistant"
  std::string content;

  bool operator==(const ChatMessage&) const = default;
};

/// A part of a written conversation; the assistant's words, with the token that ends them, are
/// judged.
struct ChatPart {
  std::string text;
  bool is_judged = false;

  bool operator==(const ChatPart&) const = default;
};

/// Names of the templates: "none", "chatml", "llama2", "llama3".
[[nodiscard]] const std::vector<std::string>& chatTemplateNames();

/// A conversation as the model reads it. C: a message's content, S: without white space around it.
///
///   none     C↵ for every message
///   chatml   <|im_start|>ROLE↵C<|im_end|>↵ for every message (Qwen, SmolLM2)
///   llama2   <s>[INST] S [/INST] S </s> for every turn; a system message is <<SYS>>↵C↵<</SYS>>↵↵
///            before the first S
///   llama3   <|begin_of_text|>, then <|start_header_id|>ROLE<|end_header_id|>↵↵S<|eot_id|>
///
/// `bos` and `eos` are written where llama2 has <s> and </s>. Throws TrainError (kBadData) for a
/// conversation without an assistant's message, and for llama2 when user and assistant do not
/// alternate.
[[nodiscard]] std::vector<ChatPart> writeChat(const std::string& name,
                                              const std::vector<ChatMessage>& messages,
                                              const std::string& bos,
                                              const std::string& eos);

struct ChatTokens {
  std::vector<std::int32_t> ids;
  std::vector<bool> is_judged;
};

/// The ids of the whole text at once, as Hugging Face's apply_chat_template gives them. A token
/// that reaches over the border of a part belongs to what is judged.
[[nodiscard]] ChatTokens encodeChat(const Tokenizer& tokenizer, const std::vector<ChatPart>& parts);

}  // namespace retort::train
