#include "experiments/document_reader.h"

#include "tests/experiments/yaml_fixture.h"

#include <gmock/gmock.h>

namespace retort::experiments {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kHead = "experiment: e\n";

/// Reads `kHead` and the given parts, which must be sound.
ReadDocument read(const std::string& parts) {
  const std::string text = kHead + parts;
  SinkFor sink(text);
  ReadDocument document = readDocument(treeOf(text), YamlNode(), sink.sink());
  EXPECT_EQ(sink.problems(), "");
  return document;
}

std::string problemsOf(const std::string& text) {
  SinkFor sink(text);
  (void)readDocument(treeOf(text), YamlNode(), sink.sink());
  return sink.problems();
}

TEST(DocumentReader, HasDefaultsForAllButTheName) {
  const ReadDocument read_document = read("");
  EXPECT_EQ(read_document.name, "e");
  EXPECT_EQ(read_document.trainer, "retort-train");
  EXPECT_THAT(read_document.document.seeds, IsEmpty());
  EXPECT_EQ(read_document.document.priority, 0);
  EXPECT_EQ(read_document.document.report.at, "last");
  EXPECT_EQ(problemsOf("base: {}\n"),
            "f.yaml:1:1: the key experiment is missing: give the experiment a name\n");
}

TEST(DocumentReader, TakesNamesThatLookLikeNoPath) {
  EXPECT_EQ(problemsOf("experiment: über-prüfung 2\n"), "");
  for (const char* name : {"a/b", "\"a\\\\b\"", ".hidden", "..", "\"\"", "[a]", "\"a\\nb\""}) {
    EXPECT_THAT(problemsOf(std::string("experiment: ") + name + "\n"), HasSubstr("expected a name"))
        << name;
  }
  EXPECT_EQ(problemsOf("experiment: " + std::string(100, 'n') + "\n"), "");
  EXPECT_THAT(problemsOf("experiment: " + std::string(101, 'n') + "\n"),
              HasSubstr("at most 100 characters"));
}

TEST(DocumentReader, CountsSeedsFromOne) {
  EXPECT_THAT(read("seeds: 3\n").document.seeds, ElementsAre(1, 2, 3));
  EXPECT_THAT(read("seeds: [42, 52, 0]\n").document.seeds, ElementsAre(42, 52, 0));
}

TEST(DocumentReader, RefusesSeedsThatAreNone) {
  for (const char* seeds : {"0", "-1", "100001", "[]", "{a: 1}", "many", "1.5"}) {
    EXPECT_THAT(problemsOf(std::string(kHead) + "seeds: " + seeds + "\n"),
                HasSubstr("f.yaml:2:8: seeds: expected how many"))
        << seeds;
  }
  EXPECT_THAT(problemsOf("experiment: e\nseeds: [1, 2, 1]\n"), HasSubstr("f.yaml:2:15: seeds:"));
  EXPECT_THAT(problemsOf("experiment: e\nseeds: [-1]\n"), HasSubstr("integers from 0, found"));
}

TEST(DocumentReader, ReadsResourcesInTheirUnits) {
  const Resources wanted =
      read("resources: {gpus: 2, threads: 4, memory: 1.5GiB, time: 1h30m}\npriority: -3\n")
          .document.resources;
  EXPECT_EQ(wanted.gpus, 2);
  EXPECT_EQ(wanted.threads, 4);
  EXPECT_EQ(wanted.memory_bytes, 3LL << 29);
  EXPECT_EQ(wanted.time_limit_s, 5400);
}

TEST(DocumentReader, RefusesWrongResources) {
  const std::string problems = problemsOf(
      "experiment: e\nresources: {gpus: -1, threads: 0, memory: much, time: 5, cores: 1}\n");
  EXPECT_THAT(problems, HasSubstr("resources.gpus: expected an integer of 0 to 1000000"));
  EXPECT_THAT(problems, HasSubstr("resources.threads: expected an integer of 1 to"));
  EXPECT_THAT(problems, HasSubstr("resources.memory: "));
  EXPECT_THAT(problems, HasSubstr("unknown key cores; known: gpus, threads, memory, time"));
}

TEST(DocumentReader, ReadsNeededRuns) {
  const auto needs = read("needs:\n  teacher: {phase: finetune}\n  base: {}\n").document.needs;
  ASSERT_EQ(needs.size(), 2);
  EXPECT_EQ(needs[0].name, "teacher");
  EXPECT_EQ(needs[0].settings.at("phase").value, "finetune");
  EXPECT_EQ(needs[1].name, "base");
  EXPECT_THAT(problemsOf("experiment: e\nneeds: {A: {}}\n"), HasSubstr("'A' is not a lower-case"));
  EXPECT_THAT(problemsOf("experiment: e\nneeds: {a.b: {}}\n"), HasSubstr("'a.b' is not a"));
  EXPECT_THAT(problemsOf("experiment: e\nneeds: {a: run}\n"),
              HasSubstr("expected a: {settings of the run}, found"));
}

TEST(DocumentReader, SuggestsKeysThatItKnows) {
  EXPECT_THAT(problemsOf("experiment: e\nseed: 1\n"), HasSubstr("did you mean seeds?"));
  EXPECT_THAT(problemsOf("experiment: e\nquantization: 1\n"),
              HasSubstr("f.yaml:2:1: unknown key quantization; settings of runs stand below base"));
}

TEST(DocumentReader, RefusesOtherVersions) {
  EXPECT_EQ(problemsOf("experiment: e\nretort: 1\n"), "");
  EXPECT_THAT(problemsOf("experiment: e\nretort: 2\n"), HasSubstr("made for version 2, this is"));
  EXPECT_THAT(problemsOf("experiment: e\nretort: new\n"), HasSubstr("expected the version 1"));
}

}  // namespace
}  // namespace retort::experiments
