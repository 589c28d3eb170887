// Every character, and every pair of the dangerous ones, through each escape.
#include "core/base/text.h"
#include "core/tables/escape.h"

#include <gtest/gtest.h>

#include <string>

namespace retort {
namespace {

std::string utf8(char32_t code) {
  std::string text;
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0U | (code >> 6U));
    text += static_cast<char>(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0U | (code >> 12U));
    text += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
    text += static_cast<char>(0x80U | (code & 0x3FU));
  } else {
    text += static_cast<char>(0xF0U | (code >> 18U));
    text += static_cast<char>(0x80U | ((code >> 12U) & 0x3FU));
    text += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
    text += static_cast<char>(0x80U | (code & 0x3FU));
  }
  return text;
}

/// What a browser shows for text with the five entities.
std::string readHtml(std::string text) {
  const std::pair<const char*, const char*> entities[] = {
      {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}};
  for (const auto& [entity, character] : entities) {
    for (std::size_t at = text.find(entity); at != std::string::npos;
         at = text.find(entity, at + 1)) {
      text.replace(at, std::string(entity).size(), character);
    }
  }
  return text;
}

/// What a Markdown renderer shows: a backslash before punctuation disappears.
std::string readMarkdown(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() &&
        std::ispunct(static_cast<unsigned char>(text[i + 1])) != 0) {
      ++i;
    }
    result += text[i];
  }
  return readHtml(result);
}

/// What a spreadsheet shows for one field.
std::string readCsv(std::string field) {
  if (!field.empty() && field.front() == '"') {
    std::string inner;
    for (std::size_t i = 1; i + 1 < field.size(); ++i) {
      inner += field[i];
      i += field[i] == '"' ? 1 : 0;
    }
    field = inner;
  }
  return field;
}

TEST(EscapeExhaustively, HtmlReadsBackAsWritten) {
  for (char32_t code = 0x20; code < 0x7F; ++code) {
    EXPECT_EQ(readHtml(escapeHtml(utf8(code))), utf8(code)) << static_cast<unsigned>(code);
  }
}

TEST(EscapeExhaustively, MarkdownReadsBackAsWritten) {
  for (char32_t first = 0x20; first < 0x7F; ++first) {
    for (char32_t second = 0x20; second < 0x7F; ++second) {
      const std::string text = utf8(first) + utf8(second);
      EXPECT_EQ(readMarkdown(escapeMarkdown(text)), text);
    }
  }
}

TEST(EscapeExhaustively, CsvReadsBackButForTheApostropheOfFormulas) {
  for (char32_t first = 0; first < 0x80; ++first) {
    for (const char second : {'a', ',', '"', '\n', '=', '\''}) {
      const std::string text = utf8(first) + second;
      const bool is_formula = std::string("=+-@\t\r").find(text.front()) != std::string::npos;
      EXPECT_EQ(readCsv(escapeCsv(text)), is_formula ? "'" + text : text)
          << static_cast<unsigned>(first);
    }
  }
}

TEST(EscapeExhaustively, LatexNeverBeginsACommandOfItsOwn) {
  // After every backslash stands one of the names that the escape writes, or a single escaped
  // character.
  const std::string known[] = {"\\textbackslash{}",
                               "\\textasciitilde{}",
                               "\\textasciicircum{}",
                               "\\textless{}",
                               "\\textgreater{}",
                               "\\textbar{}",
                               "\\textquotedbl{}",
                               "\\textquotesingle{}",
                               "\\textasciigrave{}",
                               "\\pm$",
                               "\\Delta$",
                               "\\times$",
                               "\\dots{}",
                               "\\&",
                               "\\%",
                               "\\$",
                               "\\#",
                               "\\_",
                               "\\{",
                               "\\}"};
  for (char32_t first = 0; first < 0x250; ++first) {
    for (const char second : {'a', '\\', '{', '-', ',', '`', '^'}) {
      std::string latex = escapeLatex(utf8(first) + second);
      for (std::size_t at = latex.find('\\'); at != std::string::npos; at = latex.find('\\', at)) {
        std::size_t length = 0;
        for (const std::string& name : known) {
          length =
              latex.compare(at, name.size(), name) == 0 ? std::max(length, name.size()) : length;
        }
        ASSERT_GT(length, 0U) << latex;
        at += length;
      }
    }
  }
}

TEST(EscapeExhaustively, LatexWritesOnlyGlyphsThatT1Has) {
  for (const char32_t code : {0x100U, 0x3A9U, 0x6CE8U, 0x1F525U, 0x2028U, 0x200BU}) {
    for (const char c : escapeLatex(utf8(code))) {
      EXPECT_LT(static_cast<unsigned char>(c), 0x80) << static_cast<unsigned>(code);
    }
  }
}

TEST(EscapeExhaustively, ResultsAreValidUtf8WhateverComesIn) {
  for (int first = 0; first < 256; ++first) {
    for (const int second : {0x00, 0x41, 0x80, 0xBF, 0xC3, 0xFF}) {
      const std::string text{static_cast<char>(first), static_cast<char>(second)};
      EXPECT_TRUE(isValidUtf8(escapeHtml(text)));
      EXPECT_TRUE(isValidUtf8(escapeMarkdown(text)));
      EXPECT_TRUE(isValidUtf8(escapeLatex(text)));
    }
  }
}

}  // namespace
}  // namespace retort
