#include "experiments/diagnostic.h"

#include "core/base/text.h"
#include "experiments/diagnostic_sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::experiments {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

/// The lines that a reader sees for one problem at `place` of `text`.
std::vector<std::string> shown(const std::string& text, const Place& place) {
  DiagnosticSink sink("f.yaml", text);
  sink.report(place, "key", "message");
  std::vector<std::string> lines = splitString(formatDiagnostics(sink.take()), '\n');
  lines.pop_back();
  return lines;
}

TEST(FormatDiagnostics, PointsAtThePlace) {
  EXPECT_THAT(shown("one\ntwo: three\n", {2, 6, ""}),
              ElementsAre("f.yaml:2:6: message", "    two: three", "         ^"));
  EXPECT_THAT(shown("a\n", {1, 1, ""}), ElementsAre("f.yaml:1:1: message", "    a", "    ^"));
}

TEST(FormatDiagnostics, CountsCharactersNotBytes) {
  EXPECT_THAT(shown("éé: x", {1, 5, ""}),
              ElementsAre("f.yaml:1:5: message", "    éé: x", "        ^"));
}

TEST(FormatDiagnostics, ShowsNoLineWhereThereIsNone) {
  EXPECT_THAT(shown("a\n", {}), ElementsAre("f.yaml: message"));
  EXPECT_THAT(shown("a\n", {7, 1, ""}), ElementsAre("f.yaml:7:1: message"));
  EXPECT_THAT(shown("a\n", {0, 0, "k=v"}), ElementsAre("--set 'k=v': message"));
}

TEST(FormatDiagnostics, KeepsTheCaretUnderItsPlaceBehindTabs) {
  EXPECT_THAT(shown("a:\tb\tc", {1, 6, ""}),
              ElementsAre("f.yaml:1:6: message", "    a: b c", "         ^"));
}

TEST(FormatDiagnostics, CutsLongLinesAroundTheCaret) {
  std::string line;
  for (int i = 0; i < 1000; ++i) {
    line += i == 500 ? "X" : "é";
  }
  const auto lines = shown(line, {1, 501, ""});
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_LE(lines[1].size(), 4U + 2 * 100);
  const std::size_t caret = lines[2].find('^') - 4;
  EXPECT_EQ(lines[1].substr(4 + 2 * caret, 1), "X");
}

TEST(FormatDiagnostics, ShowsNothingThatATerminalObeys) {
  EXPECT_EQ(formatDiagnostics({{"a\x1b[2Jb.yaml", {}, "", "bad \r text", "", 0}}),
            "a\\x1b[2Jb.yaml: bad \\r text\n");
  EXPECT_EQ(formatDiagnostics({{"f", {1, 1, ""}, "", "m", "x\x9by", 1}}),
            "f:1:1: m\n    x\\x9by\n    ^\n");
}

TEST(FormatDiagnostics, SortsByPlace) {
  const Diagnostic late{"f", {9, 1, ""}, "", "late", "", 0};
  const Diagnostic early{"f", {2, 5, ""}, "", "early", "", 0};
  const Diagnostic earlier{"f", {2, 4, ""}, "", "earlier", "", 0};
  EXPECT_EQ(formatDiagnostics({late, early, earlier}),
            "f:2:4: earlier\nf:2:5: early\nf:9:1: late\n");
}

// C04
TEST(FormatDiagnostics, StopsAfterTwenty) {
  std::vector<Diagnostic> many;
  for (int i = 1; i <= 25; ++i) {
    many.push_back({"f", {i, 1, ""}, "", "m", "", 0});
  }
  const std::string text = formatDiagnostics(many);
  EXPECT_THAT(text, HasSubstr("f:20:1: m\nand 5 more\n"));
  EXPECT_EQ(formatDiagnostics({many.begin(), many.begin() + 20}).find("more"), std::string::npos);
  EXPECT_EQ(formatDiagnostics(many, 1), "f:1:1: m\nand 24 more\n");
  EXPECT_EQ(formatDiagnostics({}), "");
}

TEST(DiagnosticSink, TakesEachProblemOnce) {
  DiagnosticSink sink("f", "a\n");
  EXPECT_TRUE(sink.isEmpty());
  sink.report({1, 1, ""}, "k", "same");
  sink.report({1, 1, ""}, "k", "same");
  sink.report({1, 1, ""}, "k", "other");
  sink.report({1, 2, ""}, "k", "same");
  EXPECT_EQ(sink.size(), 3U);
  EXPECT_FALSE(sink.isEmpty());
}

// C14
TEST(DiagnosticSink, CutsLongMessages) {
  DiagnosticSink sink("f", "");
  sink.report({}, "", std::string(1000000, 'm'));
  EXPECT_LT(sink.take().at(0).message.size(), 500U);
}

}  // namespace
}  // namespace retort::experiments
