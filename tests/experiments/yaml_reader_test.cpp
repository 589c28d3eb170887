#include "experiments/yaml_reader.h"

#include "experiments/experiment_file.h"
#include "experiments/yaml_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include <pthread.h>

namespace retort::experiments {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct ReadYaml {
  YamlNode tree;
  std::string problems;
};

ReadYaml readYaml(const std::string& bytes) {
  const auto text = normalizeText(bytes, "f.yaml");
  if (!text) {
    return {{}, formatDiagnostics({text.error()})};
  }
  DiagnosticSink sink("f.yaml", *text);
  ReadYaml read;
  read.tree = parseYaml(*text, sink);
  read.problems = formatDiagnostics(sink.take());
  return read;
}

std::string problemsOf(const std::string& bytes) {
  return readYaml(bytes).problems;
}

std::string jsonOf(const std::string& bytes) {
  const ReadYaml read = readYaml(bytes);
  EXPECT_EQ(read.problems, "");
  return canonicalJson(toJson(read.tree));
}

std::string repeated(const std::string& part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) {
    text += part;
  }
  return text;
}

TEST(YamlReader, ReadsNestedValuesWithTheirTypes) {
  EXPECT_EQ(jsonOf("a: {b: [1, 2.5, x, true, null, ~]}\n"
                   "c:\n"
                   "  - d: 'quoted'\n"
                   "    e: \"tab\\t\"\n"
                   "  -\n"
                   "f: |\n"
                   "  two\n"
                   "  lines\n"
                   "g: plain text, with comma\n"),
            R"({"a":{"b":[1,2.5,"x",true,null,null]},"c":[{"d":"quoted","e":"tab\u0009"},null],)"
            R"("f":"two\u000alines\u000a","g":"plain text, with comma"})");
}

TEST(YamlReader, KnowsPlacesInCharacters) {
  const ReadYaml read = readYaml("é: {b: 1}\nlist:\n  - x\n  - {k: v}\n");
  ASSERT_TRUE(read.tree.isMap());
  EXPECT_EQ(read.tree.entries[0].place, (Place{1, 1, ""}));
  EXPECT_EQ(read.tree.entries[0].value.entries[0].place, (Place{1, 5, ""}));
  EXPECT_EQ(read.tree.entries[0].value.entries[0].value.place, (Place{1, 8, ""}));
  EXPECT_EQ(read.tree.find("list")->items[1].entries[0].value.place, (Place{4, 9, ""}));
}

TEST(YamlReader, KeepsTheSpelling) {
  EXPECT_EQ(readYaml("a: 2e-5\n").tree.find("a")->spelling, "2e-5");
}

TEST(YamlReader, CopiesAliases) {
  EXPECT_EQ(jsonOf("a: &x {k: [1, 2]}\nb: *x\nc: [*x, &y 3, *y]\n"),
            R"({"a":{"k":[1,2]},"b":{"k":[1,2]},"c":[{"k":[1,2]},3,3]})");
}

// C01
TEST(YamlReader, GivesNullForNothing) {
  for (const char* text : {"", "\n\n", "# only a comment\n", "---\n", "~"}) {
    const ReadYaml read = readYaml(text);
    EXPECT_EQ(read.problems, "") << text;
    EXPECT_TRUE(read.tree.isNull()) << text;
  }
}

// C02
TEST(YamlReader, RefusesDuplicateKeys) {
  EXPECT_THAT(
      problemsOf("train:\n  lr: 1\n  lr: 2\n"),
      HasSubstr("f.yaml:3:3: train.lr is given twice (line 2 and 3)\n      lr: 2\n      ^"));
  EXPECT_THAT(problemsOf("{a: 1, b: 2, a: 3}"), HasSubstr("a is given twice"));
  EXPECT_THAT(problemsOf("x: [{k: 1, \"k\": 1}]\n"), HasSubstr("x.k is given twice"));
}

TEST(YamlReader, CollectsSeveralProblems) {
  const std::string problems = problemsOf("a: 1\na: 2\nb: no\nc: !!str x\n<<: {d: 1}\n");
  EXPECT_THAT(problems,
              AllOf(HasSubstr("a is given twice"),
                    HasSubstr("3:4: 'no' is read differently"),
                    HasSubstr("4:4: tags are not supported (found tag:yaml.org,2002:str)"),
                    HasSubstr("5:1: merge keys (<<) are not supported")));
}

// C07
TEST(YamlReader, ShowsTheLineOfASyntaxError) {
  EXPECT_EQ(problemsOf("a:\n\tb: 1\n"),
            "f.yaml:2:1: a tab in the indentation; indent with spaces\n     b: 1\n    ^\n");
  EXPECT_THAT(problemsOf("a: [1, 2\nb: 3\n"), HasSubstr("f.yaml:"));
  EXPECT_THAT(problemsOf("a: 'open\nb: 1\n"),
              HasSubstr("f.yaml:1:4: the text that begins here is not closed with '"));
  EXPECT_THAT(problemsOf("a: &x \"open\\\"\n"), HasSubstr("is not closed with \""));
  EXPECT_EQ(jsonOf("a: 'it''s'\nb: \"\\\"\"\nc: >\n  'x\n"),
            R"({"a":"it's","b":"\"","c":"'x\u000a"})");
  EXPECT_THAT(problemsOf("a: 1\n  b: 2\n"), HasSubstr("f.yaml:2:"));
  EXPECT_THAT(problemsOf("a: b: c\n"), HasSubstr("f.yaml:1:5"));
  EXPECT_THAT(problemsOf("a: *nobody\n"), HasSubstr("not defined before it"));
}

// C08
TEST(YamlReader, RefusesOtherEncodings) {
  EXPECT_THAT(problemsOf("abc: de\xFF\n"), HasSubstr("f.yaml: not UTF-8 at byte 8 (line 1)"));
  EXPECT_THAT(problemsOf("a: 1\nb: caf\xE9\n"), HasSubstr("not UTF-8 at byte 12 (line 2)"));
  EXPECT_THAT(problemsOf(std::string("\xFF\xFE"
                                     "a\0:\0",
                                     6)),
              HasSubstr("is UTF-16; save it as UTF-8"));
  EXPECT_THAT(problemsOf(std::string("\xFE\xFF\0a", 4)), HasSubstr("is UTF-16"));
  EXPECT_THAT(problemsOf(std::string("a: 1\0 2\n", 8)), HasSubstr("a NUL at byte 5 (line 1)"));
  EXPECT_THAT(problemsOf(std::string("\0a: 1", 5)), HasSubstr("a NUL at byte 1"));
  EXPECT_THAT(problemsOf("a: \x1b[31m\n"), HasSubstr("a control character at byte 4"));
}

// C08: a byte order mark and the line ends of other systems are no problem.
TEST(YamlReader, ReadsByteOrderMarkAndAnyLineEnd) {
  EXPECT_EQ(jsonOf("\xEF\xBB\xBF"
                   "a: 1\r\nb: x\r\n"),
            R"({"a":1,"b":"x"})");
  EXPECT_EQ(jsonOf("a: 1\rb: 2"), R"({"a":1,"b":2})");
  EXPECT_THAT(problemsOf("a: 1\r\nb: no\r\n"), HasSubstr("f.yaml:2:4"));
}

// C09
TEST(YamlReader, RefusesDeepNesting) {
  const std::string message = "nested deeper than 64 levels";
  EXPECT_THAT(problemsOf(repeated("[", 1500) + repeated("]", 1500)), HasSubstr(message));
  EXPECT_THAT(problemsOf(repeated("[", 100000)), HasSubstr(message));
  EXPECT_THAT(problemsOf(repeated("{a: ", 2000) + repeated("}", 2000)), HasSubstr(message));
  EXPECT_THAT(problemsOf(repeated("- ", 50000) + "x"), HasSubstr(message));
  EXPECT_THAT(problemsOf("a: " + repeated("[ [", 40)), HasSubstr(message));
  std::string map;
  for (int i = 0; i < 1000; ++i) {
    map += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  }
  EXPECT_THAT(problemsOf(map), HasSubstr("f.yaml:65:"));
  EXPECT_THAT(problemsOf(map), HasSubstr(message));
}

// C09: depth that hides from the estimate ('a: "' is never closed for it) is refused by the
// parser's own limits.
TEST(YamlReader, RefusesDeepNestingThatTheEstimateMisses) {
  EXPECT_NE(problemsOf("a: rock 'n roll\nb: " + repeated("[", 5000)), "");
  EXPECT_NE(problemsOf("? " + repeated("- ? ", 30000) + "x"), "");
}

TEST(YamlReader, AcceptsNestingUpToTheLimit) {
  EXPECT_EQ(problemsOf(repeated("[", 63) + repeated("]", 63)), "");
  EXPECT_EQ(problemsOf("a: '" + repeated("[", 200) + "'\nb: x" + repeated("[", 100) + "\n# " +
                       repeated("[", 100)),
            "");
}

// C09: the same in a thread with the stack that Qt's workers have.
TEST(YamlReader, NeedsLittleStack) {
  const auto work = [](void*) -> void* {
    readYaml(repeated("[", 1500) + repeated("]", 1500));
    readYaml("a: rock 'n roll\nb: " + repeated("[", 5000));
    readYaml(repeated("- ", 50000) + "x");
    readYaml(repeated("[", 63) + repeated("]", 63));
    readYaml("a: &x {b: *x}\n");
    return nullptr;
  };
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, 512 * 1024), 0);
  pthread_t thread{};
  ASSERT_EQ(pthread_create(&thread, &attributes, work, nullptr), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

std::string billionLaughs() {
  std::string text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string name = "a" + std::to_string(i);
    const std::string before = "*a" + std::to_string(i - 1);
    text += name + ": &" + name + " [" + before;
    for (int j = 1; j < 10; ++j) {
      text += ", " + before;
    }
    text += "]\n";
  }
  return text;
}

// C10
TEST(YamlReader, RefusesBillionLaughsAtOnce) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(problemsOf(billionLaughs()), HasSubstr("more than 10 000 values after aliases"));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_LT(took.count(), 1.0);
}

TEST(YamlReader, CountsDepthThroughAliases) {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 70; ++i) {
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) +
            "]\n";
  }
  EXPECT_THAT(problemsOf(text), HasSubstr("nested deeper than 64 levels"));
}

// C11
TEST(YamlReader, RefusesAliasesOfThemselves) {
  EXPECT_THAT(problemsOf("a: &x {b: *x}\n"), HasSubstr("f.yaml:1:11: the alias refers to itself"));
  EXPECT_THAT(problemsOf("a: &x [1, [*x]]\n"), HasSubstr("the alias refers to itself"));
}

// C12
TEST(YamlReader, RefusesMergeKeys) {
  EXPECT_THAT(problemsOf("base: &b {a: 1}\nother:\n  <<: *b\n"),
              HasSubstr("f.yaml:3:3: merge keys (<<) are not supported"));
  EXPECT_EQ(problemsOf("'<<': 1\n"), "") << "in quotes it is a text";
}

// C14
TEST(YamlReader, KeepsMessagesShort) {
  EXPECT_THAT(problemsOf(std::string(1000001, 'x')),
              HasSubstr("has 1000001 bytes; at most 1000000 are read"));
  const std::string huge = problemsOf("a: 1\n" + std::string(500000, 'k') + ": 1\n" +
                                      std::string(500000, 'k').substr(0, 400000) + ": no\n");
  EXPECT_LT(huge.size(), 2000U);
  std::string many;
  for (int i = 0; i < 11000; ++i) {
    many += "k" + std::to_string(i) + ": 1\n";
  }
  EXPECT_THAT(problemsOf(many), HasSubstr("more than 10 000 values"));
}

TEST(YamlReader, LimitsTheNumberOfProblemsShown) {
  std::string many;
  for (int i = 0; i < 50; ++i) {
    many += "k" + std::to_string(i) + ": no\n";
  }
  const std::string problems = problemsOf(many);
  EXPECT_THAT(
      problems,
      AllOf(HasSubstr("f.yaml:20:"), Not(HasSubstr("f.yaml:21:")), HasSubstr("and 30 more\n")));
}

// C15
TEST(YamlReader, RefusesASecondDocument) {
  EXPECT_THAT(problemsOf("a: 1\n---\nb: 2\n"), HasSubstr("2 documents in one file"));
  EXPECT_THAT(problemsOf("---\na: 1\n...\n---\nb: 2\n"), HasSubstr("2 documents in one file"));
  EXPECT_EQ(jsonOf("---\na: 1\n...\n"), R"({"a":1})");
  EXPECT_EQ(jsonOf("---\na: 1\n# the end\n\n"), R"({"a":1})");
}

// C21: with yaml-cpp 0.7 a stray comma ends the document silently, or takes all memory.
TEST(YamlReader, RefusesWhatStandsBehindTheDocument) {
  for (const char* text : {",",
                           ", x",
                           "- a\n, b",
                           "a: 1\n, b: 2\n",
                           "[1, 2] trailing\n",
                           "{a: 1}\nb: 2\n",
                           "]",
                           "}"}) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_NE(problemsOf(text), "") << text;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    EXPECT_LT(took.count(), 0.5) << text;
  }
}

TEST(YamlReader, RefusesKeysThatAreNotTexts) {
  EXPECT_THAT(problemsOf("[a, b]: 1\n"), HasSubstr("a key must be a plain text"));
  EXPECT_THAT(problemsOf("? {a: 1}\n: 2\n"), HasSubstr("a key must be a plain text"));
  EXPECT_THAT(problemsOf("~: 1\n"), HasSubstr("a key must be a plain text"));
  EXPECT_EQ(jsonOf("1: a\nno: b\n"), R"({"1":"a","no":"b"})");
}

// Whatever the bytes are: no crash, no hang, and either a tree or a problem.
TEST(YamlReader, SurvivesDamagedFiles) {
  const std::string seed =
      "experiment: e\nbase: {a: &x [1, 2.5e-3, \"q\\n\"], b: *x}\n# comment\ngrid:\n  - k: |\n     "
      " text\n    'l': >-\n"
      "      folded\n  - ? c\n    : d\n";
  const std::string alphabet = "[]{},:-#&*!|>'\"%@`?~\n\t \\0aZ\xC3\xA9\xFF";
  std::mt19937 generator(20261122);
  for (int round = 0; round < 3000; ++round) {
    std::string text = seed;
    const std::size_t edits = 1 + generator() % 8;
    for (std::size_t i = 0; i < edits; ++i) {
      const std::size_t at = generator() % text.size();
      const char c = alphabet[generator() % alphabet.size()];
      switch (generator() % 4) {
        case 0:
          text[at] = c;
          break;
        case 1:
          text.insert(at, 1, c);
          break;
        case 2:
          text.erase(at, 1 + generator() % 5);
          break;
        default:
          text.insert(at, text.substr(generator() % text.size(), generator() % 30));
          break;
      }
      text += text.empty() ? "x" : "";
    }
    const auto file = parseExperiment(text, "f.yaml");
    if (!file) {
      ASSERT_FALSE(file.error().empty()) << text;
      ASSERT_NE(formatDiagnostics(file.error()), "") << text;
    }
  }
}

}  // namespace
}  // namespace retort::experiments
