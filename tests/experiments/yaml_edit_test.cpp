#include "experiments/yaml_edit.h"

#include "experiments/yaml_layout.h"
#include "tests/experiments/yaml_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace retort::experiments {
namespace {

using ::testing::HasSubstr;

/// The text after a change that must succeed.
template <class Change>
std::string after(const std::string& text, Change change) {
  YamlEditor editor(text);
  const Status status = change(editor);
  EXPECT_TRUE(status) << status.error().message << "\n" << text;
  return editor.text();
}

std::string afterSet(const std::string& text, const YamlPath& path, const YamlNode& value) {
  return after(text, [&](YamlEditor& editor) { return editor.set(path, value); });
}

std::string afterSet(const std::string& text, const YamlPath& path, const Json& value) {
  return afterSet(text, path, yamlNode(value));
}

std::string afterSetting(const std::string& text, const std::string& key, const Json& value) {
  return after(
      text, [&](YamlEditor& editor) { return editor.setSetting({"base"}, key, yamlNode(value)); });
}

std::string afterRemove(const std::string& text, const YamlPath& path) {
  return after(text, [&](YamlEditor& editor) { return editor.remove(path); });
}

std::string afterMove(const std::string& text, const YamlPath& path, std::size_t to) {
  return after(text, [&](YamlEditor& editor) { return editor.move(path, to); });
}

std::string afterAppend(const std::string& text, const YamlPath& path, const Json& item) {
  return after(text, [&](YamlEditor& editor) { return editor.append(path, yamlNode(item)); });
}

TEST(YamlEdit, ReplacesScalarsWhereTheyStand) {
  EXPECT_EQ(afterSet("a: 1 # one\nb: 2\n", {"a"}, 3), "a: 3 # one\nb: 2\n");
  EXPECT_EQ(afterSet("a:   'x'\n\n\nb: 2", {"a"}, "z"), "a:   z\n\n\nb: 2");
  EXPECT_EQ(afterSet("m: {a: 1, b: [1, 2]} # m\n", {"m", "b"}, {3}), "m: {a: 1, b: [3]} # m\n");
  EXPECT_EQ(afterSet("m:\n  a: \"x # y\" # z\n", {"m", "a"}, true), "m:\n  a: true # z\n");
  EXPECT_EQ(afterSet("l:\n  - a # 1\n  - b\n", {"l", "0"}, "c"), "l:\n  - c # 1\n  - b\n");
}

TEST(YamlEdit, QuotesWhatNeedsQuotes) {
  EXPECT_EQ(afterSet("a: 1\n", {"a"}, "no"), "a: \"no\"\n");
  EXPECT_EQ(afterSet("a: 1\n", {"a"}, "1e5"), "a: \"1e5\"\n");
  EXPECT_EQ(afterSet("a: 1\n", {"a"}, "b: c"), "a: \"b: c\"\n");
  EXPECT_EQ(afterSet("a: 1\n", {"a"}, "x # y"), "a: \"x # y\"\n");
  EXPECT_EQ(afterSet("a: {b: 1}\n", {"a", "b"}, "c, d"), "a: {b: \"c, d\"}\n");
  EXPECT_EQ(afterSet("a: 1\n", {"a"}, "Größe 😀"), "a: \"Größe 😀\"\n");
  EXPECT_EQ(afterSet("ä: {ö: 1, ü: 2}\n", {"ä", "ü"}, 3), "ä: {ö: 1, ü: 3}\n");
}

TEST(YamlEdit, KeepsTheSpellingOfNumbers) {
  YamlNode number = yamlNode(0.001);
  number.spelling = "1e-3";
  EXPECT_EQ(afterSet("a: 0.001\n", {"a"}, number), "a: 1e-3\n");
}

TEST(YamlEdit, AddsEntriesInTheStyleOfTheirMap) {
  EXPECT_EQ(afterSet("m:\n    a: 1 # c\n\n# next\nz: 1\n", {"m", "b"}, 2),
            "m:\n    a: 1 # c\n    b: 2\n\n# next\nz: 1\n");
  EXPECT_EQ(afterSet("m: {a: 1} # c\n", {"m", "b"}, 2), "m: {a: 1, b: 2} # c\n");
  EXPECT_EQ(afterSet("m: {}\n", {"m", "b"}, 2), "m: {b: 2}\n");
  EXPECT_EQ(afterSet("m: # c\nz: 1\n", {"m", "b"}, 2), "m: # c\n  b: 2\nz: 1\n");
  EXPECT_EQ(afterSet("m:\n  a: 1", {"m", "b"}, 2), "m:\n  a: 1\n  b: 2");
  EXPECT_EQ(afterSet("m: {a: 1,\n    b: 2} # c\n", {"m", "c"}, 3),
            "m: {a: 1,\n    b: 2, c: 3} # c\n");
}

TEST(YamlEdit, AddsPartsInTheirUsualOrder) {
  EXPECT_EQ(afterSet("experiment: e\nbase: {a: 1}\nreport: {}\n", {"seeds"}, 3),
            "experiment: e\nbase: {a: 1}\nseeds: 3\nreport: {}\n");
  EXPECT_EQ(afterSet("# head\nbase: {a: 1}\n", {"experiment"}, "e"),
            "# head\nexperiment: e\nbase: {a: 1}\n");
  EXPECT_EQ(afterSet("# only words", {"seeds"}, 3), "# only words\nseeds: 3\n");
  EXPECT_EQ(afterSet("", {"grid", "freeze"}, {"none", "ov"}), "grid:\n  freeze: [none, ov]\n");
}

TEST(YamlEdit, FindsSettingsInEverySpelling) {
  const std::string text = "base:\n  probe:\n    norm.every: 10\n  quant: {weight.bits: 2}\n";
  EXPECT_EQ(afterSetting(text, "probe.norm.every", 5),
            "base:\n  probe:\n    norm.every: 5\n  quant: {weight.bits: 2}\n");
  EXPECT_EQ(afterSetting(text, "quant.weight.bits", 4),
            "base:\n  probe:\n    norm.every: 10\n  quant: {weight.bits: 4}\n");
  EXPECT_EQ(afterSetting(text, "probe.map.every", 5),
            "base:\n  probe:\n    norm.every: 10\n    map.every: 5\n  quant: {weight.bits: 2}\n");
  EXPECT_EQ(afterSetting(text, "train.lr", 0.5),
            "base:\n  probe:\n    norm.every: 10\n  quant: {weight.bits: 2}\n  train.lr: 0.5\n");
  EXPECT_EQ(afterSetting("experiment: e\n", "train.lr", 0.5),
            "experiment: e\nbase:\n  train.lr: 0.5\n");
}

TEST(YamlEdit, RemovesEntriesWithTheirLines) {
  EXPECT_EQ(afterRemove("a: 1\n# about b\nb: 2 # x\nc: 3\n", {"b"}), "a: 1\n# about b\nc: 3\n");
  EXPECT_EQ(afterRemove("m: {a: 1, b: 2, c: 3}\n", {"m", "a"}), "m: {b: 2, c: 3}\n");
  EXPECT_EQ(afterRemove("m: {a: 1, b: 2, c: 3}\n", {"m", "c"}), "m: {a: 1, b: 2}\n");
  EXPECT_EQ(afterRemove("m:\n  a:\n    b: 1\n  c: 2\n", {"m", "a", "b"}), "m:\n  c: 2\n");
  EXPECT_EQ(afterRemove("x: 1\nm:\n  a: |\n    text\n    more\n", {"m", "a"}), "x: 1\n");
  EXPECT_EQ(afterRemove("l:\n- {a: 1}\n- {b: 2}\n", {"l", "0"}), "l:\n- {b: 2}\n");
  EXPECT_EQ(afterRemove("l:\n  - a: 1\n    b: 2\n", {"l", "0", "a"}), "l:\n  - b: 2\n");
  EXPECT_EQ(afterRemove("a: 1\n", {"nothing"}), "a: 1\n");
}

TEST(YamlEdit, RenamesKeys) {
  const auto rename = [](const std::string& text, const YamlPath& path, const std::string& key) {
    return after(text, [&](YamlEditor& editor) { return editor.rename(path, key); });
  };
  EXPECT_EQ(rename("m: {a: 1} # c\n", {"m", "a"}, "b+c"), "m: {b+c: 1} # c\n");
  EXPECT_EQ(rename("grid:\n  \"x\": [1]\n", {"grid", "x"}, "no"), "grid:\n  \"no\": [1]\n");
  YamlEditor editor("m: {a: 1, b: 2}\n");
  EXPECT_FALSE(editor.rename({"m", "a"}, "b"));
  EXPECT_EQ(editor.text(), "m: {a: 1, b: 2}\n");
}

TEST(YamlEdit, MovesEntriesWithTheirComments) {
  const std::string text =
      "grid: # axes\n  # about a\n  a: [1] # one\n\n  b:\n    x: 1\n    y: 2\n  # about c\n  c: "
      "[3]\n";
  EXPECT_EQ(afterMove(text, {"grid", "c"}, 0),
            "grid: # axes\n  # about c\n  c: [3]\n\n  # about a\n  a: [1] # one\n"
            "  b:\n    x: 1\n    y: 2\n");
  EXPECT_EQ(afterMove("m: {a: 1, b: 2, c: 3}\n", {"m", "a"}, 2), "m: {b: 2, c: 3, a: 1}\n");
  EXPECT_EQ(afterMove("l:\n  - 1\n  - 2", {"l", "1"}, 0), "l:\n  - 2\n  - 1");
}

TEST(YamlEdit, AddsItems) {
  EXPECT_EQ(afterAppend("experiment: e\n", {"exclude"}, {{"a", 1}, {"b", "x"}}),
            "experiment: e\nexclude:\n  - {a: 1, b: x}\n");
  EXPECT_EQ(afterAppend("exclude:\n- {a: 1} # c\n\nseeds: 1\n", {"exclude"}, {{"a", 2}}),
            "exclude:\n- {a: 1} # c\n- {a: 2}\n\nseeds: 1\n");
  EXPECT_EQ(afterAppend("exclude: [{a: 1}]\n", {"exclude"}, {{"a", 2}}),
            "exclude: [{a: 1}, {a: 2}]\n");
  EXPECT_EQ(afterAppend("exclude: []\n", {"exclude"}, {{"a", 2}}), "exclude:\n  - {a: 2}\n");
}

TEST(YamlEdit, ChangesOnlyWhatDiffersInMapsAndLists) {
  const std::string text = "grid:\n  d:\n    s: {x: 1} # score\n    m: {y: 1} # map\n";
  const YamlNode value = yamlMap(
      {{"m", yamlNode({{"y", 2}})}, {"s", yamlNode({{"x", 1}})}, {"o", yamlNode({{"z", 1}})}});
  EXPECT_EQ(afterSet(text, {"grid", "d"}, value),
            "grid:\n  d:\n    m: {y: 2} # map\n    s: {x: 1} # score\n    o: {z: 1}\n");
  EXPECT_EQ(afterSet("l: [1,  2,  3]\n", {"l"}, {1, 5}), "l: [1,  5]\n");
  EXPECT_EQ(afterSet("l:\n  - 1 # a\n", {"l"}, {1, 5}), "l:\n  - 1 # a\n  - 5\n");
}

TEST(YamlEdit, ReplacesOneKindByAnother) {
  EXPECT_EQ(afterSet("a: # c\n  x: 1\n  y: 2\nb: 1\n", {"a"}, 5), "a: 5 # c\nb: 1\n");
  EXPECT_EQ(afterSet("g:\n  a: [1, 2] # c\n", {"g", "a"}, {{"s", {{"x", 1}}}}),
            "g:\n  a: # c\n    s: {x: 1}\n");
  EXPECT_EQ(afterSet("a: |\n  text\n  more\nb: 1\n", {"a"}, "x"), "a: x\nb: 1\n");
  EXPECT_EQ(afterSet("a: >-\n  text\n\nb: 1\n", {"a"}, "x"), "a: x\n\nb: 1\n");
}

TEST(YamlEdit, KeepsLineEndsAndTheByteOrderMark) {
  EXPECT_EQ(afterSet("\xEF\xBB\xBFgrid:\r\n  a: [1]\r\n", {"grid", "b"}, {{"x", {{"z", 1}}}}),
            "\xEF\xBB\xBFgrid:\r\n  a: [1]\r\n  b:\r\n    x: {z: 1}\r\n");
  EXPECT_EQ(afterSet("a: 1\r\nb: 2 # c\r\n", {"a"}, 3), "a: 3\r\nb: 2 # c\r\n");
  EXPECT_EQ(afterRemove("a: 1\r\nb: 2\r\nc: 3\r\n", {"b"}), "a: 1\r\nc: 3\r\n");
}

TEST(YamlEdit, RefusesWhatWouldChangeMore) {
  const auto refusal = [](const std::string& text, const YamlPath& path) {
    YamlEditor editor(text);
    const Status status = editor.set(path, yamlNode(7));
    EXPECT_FALSE(status) << editor.text();
    EXPECT_EQ(editor.text(), text);
    return status ? "" : status.error().message;
  };
  EXPECT_THAT(refusal("a: &x {b: 1}\nc: *x\n", {"c", "b"}), HasSubstr("alias"));
  EXPECT_THAT(refusal("a: &x {b: 1}\nc: *x\n", {"a", "b"}), HasSubstr("edit the text itself"));
  EXPECT_THAT(refusal("a: [1\n", {"a"}), HasSubstr("line"));
  EXPECT_THAT(refusal("- a\n- b\n", {"a"}), HasSubstr("not a map"));
  EXPECT_THAT(refusal("a: 1\n", {"a", "b"}), HasSubstr("no map"));
  EXPECT_THAT(refusal("? a\n: 1\n", {"a"}), HasSubstr("by hand"));
}

TEST(YamlEdit, MendsAValueThatIsRefused) {
  EXPECT_EQ(afterSet("a: no\nb: 1\n", {"a"}, false), "a: false\nb: 1\n");
  EXPECT_EQ(afterSet("a: &x 1\nb: 1\n", {"a"}, 2), "a: &x 2\nb: 1\n");
}

TEST(YamlEdit, ChangesValuesBelowItemsOfLists) {
  EXPECT_EQ(afterSet("l:\n  - {a: 1, b: 2} # c\n", {"l", "0", "b"}, 3),
            "l:\n  - {a: 1, b: 3} # c\n");
  EXPECT_EQ(afterSet("l:\n  - a: 1 # one\n    b: 2\n", {"l", "0", "a"}, 3),
            "l:\n  - a: 3 # one\n    b: 2\n");
  EXPECT_EQ(afterSet("l:\n  - a: 1\n  - a: 2\n", {"l", "0", "c"}, 3),
            "l:\n  - a: 1\n    c: 3\n  - a: 2\n");
  EXPECT_EQ(afterSet("l:\n  -\n  - 2\n", {"l", "0"}, 1), "l:\n  - 1\n  - 2\n");
}

TEST(YamlEdit, MakesWhatIsMissingOnTheWay) {
  EXPECT_EQ(afterSet("experiment: e\n", {"a", "b", "c"}, 1), "experiment: e\na:\n  b: {c: 1}\n");
  EXPECT_EQ(afterSet("a:\n  b: 1\n", {"a", "c", "d"}, 2), "a:\n  b: 1\n  c:\n    d: 2\n");
  EXPECT_EQ(afterSet("a: {b: 1}\n", {"a", "c", "d"}, 2), "a: {b: 1, c: {d: 2}}\n");
}

TEST(YamlEdit, GivesNamedValuesLinesOfTheirOwn) {
  const YamlNode losses = yamlMap(
      {{"score", yamlNode({{"attention_score", 1}})}, {"map", yamlNode({{"attention_map", 1}})}});
  EXPECT_EQ(afterSet("experiment: e\ngrid:\n  freeze: [ov]\n", {"grid", "distill"}, losses),
            "experiment: e\n"
            "grid:\n"
            "  freeze: [ov]\n"
            "  distill:\n"
            "    score: {attention_score: 1}\n"
            "    map: {attention_map: 1}\n");
  EXPECT_EQ(
      afterSet("grid: {freeze: [ov]}\n", {"grid", "distill"}, losses),
      "grid: {freeze: [ov], distill: {score: {attention_score: 1}, map: {attention_map: 1}}}\n");
}

TEST(YamlEdit, RemovesSettingsInEverySpelling) {
  const auto without = [](const std::string& text, const std::string& key) {
    return after(text, [&](YamlEditor& editor) { return editor.removeSetting({"base"}, key); });
  };
  EXPECT_EQ(without("base: {a: {b: {c: 1}, d: 2}}\n", "a.b.c"), "base: {a: {d: 2}}\n");
  EXPECT_EQ(without("base:\n  a.b: {c: 1}\n  d: 2\n", "a.b.c"), "base:\n  d: 2\n");
  EXPECT_EQ(without("base:\n  a:\n    b.c: 1 # c\n    d: 2\n", "a.b.c"), "base:\n  a:\n    d: 2\n");
  EXPECT_EQ(without("base: {a: 1}\n", "a.b.c"), "base: {a: 1}\n");
  EXPECT_EQ(without("experiment: e\n", "a.b.c"), "experiment: e\n");
}

TEST(YamlEdit, ChangesOnlyASpelling) {
  YamlNode list = yamlNode({0.001, 0.002});
  list.items[0].spelling = "1e-3";
  EXPECT_EQ(afterSet("a: [0.001, 0.002] # c\n", {"a"}, list), "a: [1e-3, 0.002] # c\n");
  EXPECT_EQ(afterSet("a: [1e-3, 2e-3] # c\n", {"a"}, yamlNode({0.001, 0.002})),
            "a: [1e-3, 2e-3] # c\n");
}

TEST(YamlEdit, ChangesTextsOfManyKinds) {
  // Whatever a text holds, it is read back as the same text, in brackets and on lines.
  const std::vector<std::string> texts = {
      "",     " ",   "#",      "a #b", "a: b", "- a",   "[a",  "}",    "'",    "\"",  "\\",
      "null", "~",   "true",   "1e5",  "0x1F", "1_000", "1,5", "\t",   "a\nb", "%x",  "@x",
      "`x",   "&x",  "*x",     "!x",   "|",    ">",     "?",   "...",  "---",  "ÄÖÜ", "日本語",
      "😀",    "a,b", "${x.y}", "=",    "<<",   ".inf",  "+1",  "key:", ":key"};
  for (const std::string& text : texts) {
    for (const char* frame : {"k: old # c\nz: 1\n", "k: {k: old} # c\n", "k: [old, 1] # c\n"}) {
      YamlEditor editor(frame);
      YamlPath path = {"k"};
      if (editor.root().find("k")->isMap()) {
        path.emplace_back("k");
      } else if (editor.root().find("k")->isList()) {
        path.emplace_back("0");
      }
      const Status status = editor.set(path, yamlNode(text));
      ASSERT_TRUE(status) << text << ": " << status.error().message;
      EXPECT_EQ(nodeAt(editor.root(), path)->scalar, text) << editor.text();
      EXPECT_THAT(editor.text(), HasSubstr(" # c\n"));
    }
  }
}

TEST(YamlEdit, AddsKeysOfManyKinds) {
  for (const std::string key : {"no", "a: b", "1", "", "ü", "a.b", "map+output", "- x", "#"}) {
    YamlEditor editor("grid:\n  x: [1]\n");
    ASSERT_TRUE(editor.set({"grid", key}, yamlNode({1}))) << key;
    EXPECT_NE(nodeAt(editor.root(), {"grid", key}), nullptr) << editor.text();
    ASSERT_TRUE(editor.remove({"grid", key})) << editor.text();
    EXPECT_EQ(editor.text(), "grid:\n  x: [1]\n");
  }
}

TEST(YamlEdit, KeepsUnusualStyles) {
  EXPECT_EQ(afterSet("a : 1\n'b' : 2\n", {"b"}, 3), "a : 1\n'b' : 3\n");
  EXPECT_EQ(afterSet("{a: 1, b: 2}\n", {"b"}, 3), "{a: 1, b: 3}\n");
  EXPECT_EQ(afterSet("{a: 1}\n", {"b"}, 3), "{a: 1, b: 3}\n");
  EXPECT_EQ(afterSet("# head\n---\na: 1\n", {"a"}, 3), "# head\n---\na: 3\n");
  EXPECT_EQ(afterSet("{\"a\":1,\"b\":[1,2]}", {"b"}, {1, 3}), "{\"a\":1,\"b\":[1,3]}");
  EXPECT_EQ(afterSet("a:\n    b:   1   # c\n", {"a", "b"}, 2), "a:\n    b:   2   # c\n");
}

TEST(YamlEdit, LeavesTheCommentsAroundWhatItRemoves) {
  const std::string text =
      "# head\n"
      "experiment: e # name\n"
      "\n"
      "# about base\n"
      "base: # the base\n"
      "  a: 1 # one\n"
      "  # about b\n"
      "  b: 2 # two\n"
      "\n"
      "# the end\n";
  EXPECT_EQ(afterRemove(text, {"base", "b"}),
            "# head\n"
            "experiment: e # name\n"
            "\n"
            "# about base\n"
            "base: # the base\n"
            "  a: 1 # one\n"
            "  # about b\n"
            "\n"
            "# the end\n");
  EXPECT_EQ(afterRemove(text, {"base"}),
            "# head\n"
            "experiment: e # name\n"
            "\n"
            "# about base\n"
            "\n"
            "# the end\n");
}

TEST(YamlEdit, TakesBackWhatFailsHalfWay) {
  // The first entry can be changed; the second one is what y stands for as well.
  const std::string text = "m:\n  a: 1\n  b: &x {k: 1}\ny: *x\n";
  YamlEditor editor(text);
  EXPECT_FALSE(editor.set({"m"}, yamlNode({{"a", 2}, {"b", {{"k", 5}}}})));
  EXPECT_EQ(editor.text(), text);
  EXPECT_TRUE(editor.set({"m"}, yamlNode({{"a", 2}, {"b", {{"k", 1}}}})));
  EXPECT_EQ(editor.text(), "m:\n  a: 2\n  b: &x {k: 1}\ny: *x\n");
  EXPECT_TRUE(editor.set({"y"}, yamlNode(3)));
  EXPECT_EQ(editor.text(), "m:\n  a: 2\n  b: &x {k: 1}\ny: 3\n");
}

TEST(YamlEdit, SaysWhatCannotBeDone) {
  const auto message = [](const std::string& text, auto change) {
    YamlEditor editor(text);
    const Status status = change(editor);
    EXPECT_FALSE(status) << editor.text();
    EXPECT_EQ(editor.text(), text);
    return status ? std::string() : status.error().message;
  };
  EXPECT_THAT(message("a: 1\n", [](YamlEditor& e) { return e.rename({"b"}, "c"); }),
              HasSubstr("there is no b"));
  EXPECT_THAT(message("a: [1]\n",
                      [](YamlEditor& e) {
                        return e.rename({"a", "0"}, "c");
                      }),
              HasSubstr("no key"));
  EXPECT_THAT(message("a: 1\n", [](YamlEditor& e) { return e.move({"a"}, 3); }),
              HasSubstr("cannot be moved"));
  EXPECT_THAT(message("a: 1\n", [](YamlEditor& e) { return e.append({"a"}, yamlNode(1)); }),
              HasSubstr("no list"));
  EXPECT_THAT(message("a: 1\n", [](YamlEditor& e) { return e.set({}, yamlNode(1)); }),
              HasSubstr("whole text"));
  EXPECT_THAT(message("a: 1\n", [](YamlEditor& e) { return e.remove({}); }),
              HasSubstr("whole text"));
  EXPECT_THAT(message(std::string("a: \xFF\n"), [](YamlEditor& e) { return e.remove({"a"}); }),
              HasSubstr("UTF-8"));
}

/// Writes random trees in random styles, with comments and blank lines everywhere.
class RandomText {
 public:
  explicit RandomText(unsigned seed) : random_(seed) {}

  std::string document() {
    std::string text = "# head\n";
    for (int i = 0; i < 4; ++i) {
      entry(text, "k" + std::to_string(i), 0, 0);
    }
    return text;
  }

  int pick(int count) { return std::uniform_int_distribution<int>(0, count - 1)(random_); }

 private:
  std::string scalar() {
    static const std::vector<std::string> kScalars = {
        "1", "2.5", "true", "word", "'it''s'", "\"a, #b\"", "null", "\"x: y\"", "1e-3", "ü"};
    return kScalars[static_cast<std::size_t>(pick(static_cast<int>(kScalars.size())))];
  }

  std::string flow(int depth) {
    const int kind = depth > 2 ? 0 : pick(4);
    if (kind < 2) {
      return scalar();
    }
    std::string text = kind == 2 ? "[" : "{";
    for (int i = 0; i < 3; ++i) {
      text += (i == 0 ? "" : ",  ") + (kind == 2 ? "" : "f" + std::to_string(i) + ": ") +
              flow(depth + 1);
    }
    return text + (kind == 2 ? "]" : "}");
  }

  void entry(std::string& text, const std::string& key, int indent, int depth) {
    const std::string blanks(static_cast<std::size_t>(indent), ' ');
    text += pick(3) == 0 ? blanks + "# about " + key + "\n" : "";
    text += pick(4) == 0 ? "\n" : "";
    text += blanks + key + ":";
    const std::string comment = pick(3) == 0 ? "  # " + key + "\n" : "\n";
    if (depth < 3 && pick(2) == 0) {
      text += comment;
      for (int i = 0; i < 3; ++i) {
        entry(text, "n" + std::to_string(i), indent + 2, depth + 1);
      }
    } else if (pick(4) == 0) {
      text += comment;
      for (int i = 0; i < 3; ++i) {
        text += blanks + "  - " + flow(1) + "\n";
      }
    } else {
      text += " " + flow(0) + comment;
    }
  }

  std::mt19937 random_;
};

/// The paths of all values below `node`.
void collectPaths(const YamlNode& node, const YamlPath& above, std::vector<YamlPath>& paths) {
  for (const YamlEntry& entry : node.entries) {
    YamlPath path = above;
    path.push_back(entry.key);
    paths.push_back(path);
    collectPaths(entry.value, path, paths);
  }
}

std::size_t commentCount(const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = text.find("# "); at != std::string::npos; at = text.find("# ", at + 1)) {
    ++count;
  }
  return count;
}

TEST(YamlEdit, ChangesNothingElseInRandomTexts) {
  for (unsigned seed = 0; seed < 150; ++seed) {
    RandomText random(seed);
    const std::string text = random.document();
    const YamlNode before = treeOf(text);
    std::vector<YamlPath> paths;
    collectPaths(before, {}, paths);
    const YamlPath path =
        paths[static_cast<std::size_t>(random.pick(static_cast<int>(paths.size())))];

    // A value that is given and given back leaves every byte as it was, if it stood on one line.
    const YamlNode* old = nodeAt(before, path);
    YamlEditor editor(text);
    const Status status = editor.set(path, yamlNode("changed"));
    ASSERT_TRUE(status) << status.error().message << "\n" << text;
    EXPECT_EQ(nodeAt(editor.root(), path)->scalar, "changed");
    if (old->isScalar()) {
      EXPECT_EQ(commentCount(editor.text()), commentCount(text)) << text;
      const std::size_t at = editor.text().find("changed");
      EXPECT_EQ(editor.text().substr(0, at), text.substr(0, at));
      const std::string behind = editor.text().substr(at + 7);
      EXPECT_EQ(behind, text.substr(text.size() - behind.size()));
    }

    // An entry that is added and removed again leaves every byte as it was.
    YamlPath added = path;
    added.back() = "fresh";
    YamlEditor grown(text);
    ASSERT_TRUE(grown.set(added, yamlNode({1, 2}))) << text;
    EXPECT_EQ(commentCount(grown.text()), commentCount(text)) << text;
    ASSERT_TRUE(grown.remove(added)) << grown.text();
    EXPECT_EQ(grown.text(), text);
  }
}

}  // namespace
}  // namespace retort::experiments
