#include "trainers/data/chat_template.h"

#include "tests/trainers/tokenizers/tokenizer_golden.h"
#include "trainers/train_error.h"

// The texts are those of the chat templates in the models' tokenizer_config.json.
namespace retort::train {

namespace {

using retort::testing::Ids;

const std::vector<ChatMessage> kTalk = {{"system", "Be kind. "},
                                        {"user", " Hi"},
                                        {"assistant", "Hello "},
                                        {"user", "Bye"},
                                        {"assistant", "See you"}};

/// The whole text, the judged parts in braces.
std::string written(const std::string& name, const std::vector<ChatMessage>& messages) {
  std::string text;
  for (const ChatPart& part : writeChat(name, messages, "<s>", "</s>")) {
    text += part.is_judged ? "{" + part.text + "}" : part.text;
  }
  return text;
}

std::string refusalOf(const std::string& name, const std::vector<ChatMessage>& messages) {
  try {
    static_cast<void>(writeChat(name, messages, "<s>", "</s>"));
  } catch (const TrainError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST(ChatTemplate, Chatml) {
  EXPECT_EQ(written("chatml", kTalk),
            "<|im_start|>system\nBe kind. <|im_end|>\n<|im_start|>user\n Hi<|im_end|>\n"
            "<|im_start|>assistant\n{Hello <|im_end|>}\n<|im_start|>user\nBye<|im_end|>\n"
            "<|im_start|>assistant\n{See you<|im_end|>}\n");
}

TEST(ChatTemplate, Llama2) {
  EXPECT_EQ(written("llama2", kTalk),
            "<s>[INST] <<SYS>>\nBe kind. \n<</SYS>>\n\n Hi [/INST]{ Hello </s>}"
            "<s>[INST] Bye [/INST]{ See you </s>}");
}

TEST(ChatTemplate, Llama3) {
  EXPECT_EQ(written("llama3", {{"user", " Hi"}, {"assistant", "Hello "}}),
            "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
            "<|start_header_id|>assistant<|end_header_id|>\n\n{Hello<|eot_id|>}");
}

TEST(ChatTemplate, None) {
  EXPECT_EQ(written("none", {{"user", "Hi"}, {"assistant", "Hello"}}), "Hi\n{Hello\n}");
}

// Golden texts by the models' own templates: tests/data/tokenizer/make_text_golden.py.
TEST(ChatTemplate, TextsAreThoseOfTheModelsTemplates) {
  for (const Json& chat : retort::testing::goldenOf("text_golden.json").at("chats")) {
    std::vector<ChatMessage> messages;
    for (const Json& message : chat.at("messages")) {
      messages.push_back(
          {message.at("role").get<std::string>(), message.at("content").get<std::string>()});
    }
    for (const auto& [name, expected] : chat.at("texts").items()) {
      std::string text;
      for (const ChatPart& part : writeChat(name, messages, "<s>", "</s>")) {
        text += part.text;
      }
      EXPECT_EQ(text, expected.get<std::string>()) << name << " " << chat.at("messages");
    }
  }
}

TEST(ChatTemplate, OnlyTheAssistantsWordsAndTheirEndAreJudged) {
  for (const std::string& name : chatTemplateNames()) {
    std::string judged;
    for (const ChatPart& part : writeChat(name, kTalk, "<s>", "</s>")) {
      judged += part.is_judged ? part.text : "|";
    }
    EXPECT_NE(judged.find("Hello"), std::string::npos) << name;
    EXPECT_NE(judged.find("See you"), std::string::npos) << name;
    for (const char* prompt : {"Be kind", "Hi", "Bye", "user", "system", "INST", "<s>"}) {
      EXPECT_EQ(judged.find(prompt), std::string::npos) << name << " " << prompt;
    }
  }
}

TEST(ChatTemplate, ConversationsThatTeachNothingAreRefused) {
  EXPECT_EQ(refusalOf("chatml", {{"user", "Hi"}}),
            "there is no message of the assistant: nothing to learn");
  EXPECT_EQ(refusalOf("llama2", {{"assistant", "Hi"}}),
            "message 1 is of \"assistant\": template llama2 needs user and assistant in turn");
  EXPECT_EQ(refusalOf("odd", kTalk),
            "chat template \"odd\" is not known; known: none, chatml, llama2, llama3");
}

TEST(ChatTemplate, TheIdsAreThoseOfTheWholeText) {
  const std::string model =
      retort::testing::goldenOf("tokenizer_json_tiny.json").at("qwen2").dump();
  const auto tokenizer = makeTokenizer({{"tokenizer.json", model}}, "folder");
  const std::vector<ChatPart> parts = writeChat("chatml", kTalk, "", "");

  const ChatTokens tokens = encodeChat(*tokenizer, parts);

  std::string whole;
  for (const ChatPart& part : parts) {
    whole += part.text;
  }
  EXPECT_EQ(tokens.ids, tokenizer->encodePlain(whole));
  Ids judged;
  for (std::size_t i = 0; i < tokens.ids.size(); ++i) {
    if (tokens.is_judged[i]) {
      judged.push_back(tokens.ids[i]);
    }
  }
  EXPECT_EQ(tokenizer->decode(judged), "Hello <|im_end|>See you<|im_end|>");
}

TEST(ChatTemplate, ATokenOverTheBorderIsJudged) {
  const Json model = {{"model",
                       {{"type", "BPE"},
                        {"vocab", {{"a", 0}, {"b", 1}, {"ab", 2}}},
                        {"merges", Json::array({"a b"})}}}};
  const auto tokenizer = makeTokenizer({{"tokenizer.json", model.dump()}}, "folder");

  const ChatTokens tokens = encodeChat(*tokenizer, {{"aa", false}, {"bb", true}, {"a", false}});

  EXPECT_EQ(tokens.ids, (Ids{0, 2, 1, 0}));
  EXPECT_EQ(tokens.is_judged, (std::vector<bool>{false, true, true, false}));
}

}  // namespace retort::train
