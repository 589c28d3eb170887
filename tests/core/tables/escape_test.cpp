#include "core/tables/escape.h"

#include "core/base/text.h"
#include "tests/core/tables/hostile_names.h"

#include <gtest/gtest.h>

#include <cctype>
#include <optional>
#include <string>

namespace retort {
namespace {

/// Reads one RFC 4180 field back; nothing when more than one field is there.
std::optional<std::string> readCsvField(const std::string& field) {
  if (field.empty() || field.front() != '"') {
    return field.find_first_of(",\"\r\n") == std::string::npos ? std::optional(field)
                                                               : std::nullopt;
  }
  std::string result;
  for (std::size_t i = 1; i + 1 < field.size(); ++i) {
    if (field[i] == '"' && field[++i] != '"') {
      return std::nullopt;
    }
    result += field[i];
  }
  return result;
}

bool hasControlCharacter(const std::string& text) {
  for (const char c : text) {
    if (std::iscntrl(static_cast<unsigned char>(c)) != 0) {
      return true;
    }
  }
  return text.find("\xc2\x9b") != std::string::npos;
}

TEST(EscapeCsv, LeavesPlainTextAlone) {
  EXPECT_EQ(escapeCsv("map+output 2"), "map+output 2");
  EXPECT_EQ(escapeCsv(""), "");
}

TEST(EscapeCsv, QuotesAfterRfc4180) {
  EXPECT_EQ(escapeCsv("a,b"), "\"a,b\"");
  EXPECT_EQ(escapeCsv("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(escapeCsv("two\r\nlines"), "\"two\r\nlines\"");
}

TEST(EscapeCsv, TurnsFormulasIntoText) {
  EXPECT_EQ(escapeCsv("=1+1"), "'=1+1");
  EXPECT_EQ(escapeCsv("@x"), "'@x");
  EXPECT_EQ(escapeCsv("-1"), "'-1");
  EXPECT_EQ(escapeCsv("+1"), "'+1");
  EXPECT_EQ(escapeCsv("\tx"), "'\tx");
  EXPECT_EQ(escapeCsv("\rx"), "\"'\rx\"");
}

TEST(EscapeCsv, KeepsEveryHostileNameInOneFieldAndReadable) {
  for (const std::string& name : hostileNames()) {
    const auto field = readCsvField(escapeCsv(name));
    ASSERT_TRUE(field.has_value()) << name;
    EXPECT_TRUE(*field == name || *field == "'" + name) << name;
    EXPECT_EQ(std::string("=+-@\t\r").find(field->front()), std::string::npos) << name;
  }
}

TEST(EscapeMarkdown, DisarmsMarkup) {
  EXPECT_EQ(escapeMarkdown("a|b*c_d"), "a\\|b\\*c\\_d");
  EXPECT_EQ(escapeMarkdown("<script>&"), "&lt;script&gt;&amp;");
  EXPECT_EQ(escapeMarkdown("[x](y)"), "\\[x\\](y)");
  EXPECT_EQ(escapeMarkdown("back\\slash"), "back\\\\slash");
}

TEST(EscapeMarkdown, KeepsATableRowOnOneLineWithItsColumns) {
  for (const std::string& name : hostileNames()) {
    const std::string text = escapeMarkdown(name);
    EXPECT_FALSE(hasControlCharacter(text)) << name;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\') {
        ++i;  // whatever follows is escaped
      } else {
        EXPECT_NE(text[i], '|') << name;
        EXPECT_NE(text[i], '<') << name;
      }
    }
  }
}

TEST(EscapeHtml, WritesEntities) {
  EXPECT_EQ(escapeHtml("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
}

TEST(EscapeHtml, LeavesNoMarkupInHostileNames) {
  for (const std::string& name : hostileNames()) {
    const std::string text = escapeHtml(name);
    EXPECT_EQ(text.find_first_of("<>\"'"), std::string::npos) << name;
    EXPECT_TRUE(isValidUtf8(text)) << name;
    EXPECT_EQ(text.find('\x1b'), std::string::npos) << name;
  }
}

TEST(EscapeLatex, WritesEachSpecialCharacterAsItself) {
  EXPECT_EQ(escapeLatex("a_b & 5 %"), "a\\_b \\& 5 \\%");
  EXPECT_EQ(escapeLatex("\\input{x}"), "\\textbackslash{}input\\{x\\}");
  EXPECT_EQ(escapeLatex("^~"), "\\textasciicircum{}\\textasciitilde{}");
  EXPECT_EQ(escapeLatex("$#"), "\\$\\#");
}

TEST(EscapeLatex, KeepsLatinLettersAndNamesTheRest) {
  EXPECT_EQ(escapeLatex("é Δ ± 注"), "é $\\Delta$ $\\pm$ [U+6CE8]");
}

TEST(EscapeLatex, PreventsLigatures) {
  EXPECT_EQ(escapeLatex("--set a,,b c-d"), "-{}-set a,{},b c-d");
}

TEST(EscapeLatex, LeavesNoCommandInHostileNames) {
  for (const std::string& name : hostileNames()) {
    const std::string text = escapeLatex(name);
    EXPECT_FALSE(hasControlCharacter(text)) << name;
    EXPECT_EQ(text.find("\\input"), std::string::npos) << name;
    EXPECT_EQ(text.find("\\write"), std::string::npos) << name;
    EXPECT_EQ(text.find("^^"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace retort
