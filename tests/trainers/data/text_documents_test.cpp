#include "trainers/data/text_documents.h"

#include "trainers/train_error.h"

#include <gtest/gtest.h>

namespace retort::train {

namespace {

using Texts = std::vector<std::string>;

Texts textsOf(const std::vector<TextDocument>& documents) {
  Texts texts;
  for (const TextDocument& document : documents) {
    texts.push_back(document.text);
  }
  return texts;
}

Texts parsed(std::string_view text, TextFormat format) {
  return textsOf(parseTextDocuments("file", text, format));
}

std::string refusalOf(std::string_view text, TextFormat format = TextFormat::kJsonLines) {
  try {
    static_cast<void>(parseTextDocuments("file", text, format));
  } catch (const TrainError& error) {
    EXPECT_EQ(error.exitCode(), ExitCode::kBadData);
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST(TextDocuments, AFileIsOneOrItsLinesAre) {
  EXPECT_EQ(parsed("a\n\nb\n", TextFormat::kFile), Texts{"a\n\nb\n"});
  EXPECT_EQ(parsed("\xEF\xBB\xBF"
                   "a\r\n \n b",
                   TextFormat::kLines),
            (Texts{"a", " b"}));
}

TEST(TextDocuments, JsonLinesHoldTextsOrConversations) {
  const auto documents = parseTextDocuments(
      "file",
      "{\"text\": \"a\\nb\", \"id\": 1}\n\n"
      R"({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": ""}]})",
      TextFormat::kJsonLines);

  ASSERT_EQ(documents.size(), 2U);
  EXPECT_EQ(documents[0], (TextDocument{.text = "a\nb", .messages = {}, .line = 1}));
  EXPECT_EQ(documents[1],
            (TextDocument{.text = "", .messages = {{"user", "Hi"}, {"assistant", ""}}, .line = 3}));
  EXPECT_EQ(
      textsOf(parseTextDocuments("file", R"({"content": "x"})", TextFormat::kJsonLines, "content")),
      Texts{"x"});
}

TEST(TextDocuments, WhatIsWrongIsNamedWithItsLine) {
  EXPECT_EQ(refusalOf("{\"text\": \"a\"}\n[]"), "file:2: expected a JSON object");
  EXPECT_EQ(refusalOf("{\"text\": 1}"),
            "file:1: there is neither a text \"text\" nor \"messages\"");
  EXPECT_EQ(refusalOf(R"({"messages": []})"), "file:1: \"messages\" is not a list of messages");
  EXPECT_EQ(refusalOf(R"({"messages": [{"role": "user"}]})"),
            "file:1: a message has no text \"content\"");
  EXPECT_EQ(refusalOf(R"({"messages": [{"role": "tool", "content": ""}]})"),
            "file:1: a message is of \"tool\" (known: system, user, assistant)");
  EXPECT_EQ(refusalOf("a\nb\xFF", TextFormat::kFile),
            "file:2: byte 4 of the file (0xFF) is not UTF-8: convert the file");
  EXPECT_EQ(refusalOf("", TextFormat::kFile), "file: there is no text in it");
  EXPECT_EQ(refusalOf("\n \n", TextFormat::kLines), "file: there is no text in it");
  EXPECT_NE(refusalOf("{\"text\": \"a\"").find("file:1: "), std::string::npos);
  EXPECT_NE(refusalOf(std::string(100'000, '[')).find("file:1: "), std::string::npos);
}

TEST(TextDocuments, DamagedLinesNeverCrash) {
  const std::string whole =
      R"({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "x"}]})";
  for (std::size_t i = 1; i < whole.size(); ++i) {
    std::string changed = whole;
    changed[i] ^= '\x12';
    for (const std::string& damaged : {whole.substr(0, i), changed}) {
      const std::string answer = refusalOf(damaged);
      EXPECT_TRUE(answer == "accepted" || answer.starts_with("file:1: ")) << answer;
    }
  }
}

TEST(TextDocuments, NothingIsLostInASplit) {
  std::string text;
  for (int i = 0; i < 50; ++i) {
    text += "line " + std::to_string(i * i) + " \u4E2D\n";
  }
  for (const double share : {0.1, 0.3, 0.5, 0.77, 0.9}) {
    for (const TextFormat format : {TextFormat::kFile, TextFormat::kLines}) {
      const auto [first, last] = splitDocuments(parseTextDocuments("file", text, format), share);
      std::string joined;
      for (const auto& part : {first, last}) {
        for (const TextDocument& document : part) {
          joined += document.text + (format == TextFormat::kLines ? "\n" : "");
        }
      }
      EXPECT_EQ(joined, text);
      EXPECT_FALSE(last.front().text.empty());
      EXPECT_EQ(last.front().text.substr(0, 5), "line ");
      const auto lines =
          std::count(text.begin(),
                     text.begin() + static_cast<std::ptrdiff_t>(text.find(last.front().text)),
                     '\n');
      EXPECT_EQ(last.front().line, lines + 1);
    }
  }
}

TEST(TextDocuments, AreSplitByTheirBytes) {
  const auto [first, last] =
      splitDocuments(parseTextDocuments("file", "aaaa\nbb\ncc\ndd\n", TextFormat::kLines), 0.4);

  EXPECT_EQ(textsOf(first), (Texts{"aaaa", "bb"}));
  EXPECT_EQ(textsOf(last), (Texts{"cc", "dd"}));
}

TEST(TextDocuments, NeitherPartOfASplitIsEmpty) {
  for (const double share : {0.001, 0.9}) {
    const auto [first, last] =
        splitDocuments(parseTextDocuments("file", "aaaaaa\nb\n", TextFormat::kLines), share);
    EXPECT_EQ(textsOf(first), Texts{"aaaaaa"});
    EXPECT_EQ(textsOf(last), Texts{"b"});
  }
}

TEST(TextDocuments, ASingleTextIsCutAtTheEndOfALineOrACharacter) {
  const auto lines =
      splitDocuments(parseTextDocuments("file", "one\ntwo\nthree\n", TextFormat::kFile), 0.5);
  const auto characters = splitDocuments(
      parseTextDocuments("file", "\u4E2D\u4E2D\u4E2D\u4E2D", TextFormat::kFile), 0.45);

  EXPECT_EQ(textsOf(lines.first), Texts{"one\ntwo\n"});
  EXPECT_EQ(lines.second,
            (std::vector<TextDocument>{{.text = "three\n", .messages = {}, .line = 3}}));
  EXPECT_EQ(textsOf(characters.first), Texts{"\u4E2D\u4E2D"});
  EXPECT_EQ(textsOf(characters.second), Texts{"\u4E2D\u4E2D"});
}

}  // namespace retort::train
