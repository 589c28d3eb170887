#include "experiments/overrides.h"

#include "tests/experiments/yaml_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::experiments {
namespace {

using ::testing::HasSubstr;

/// An experiment file whose parts are "grid", "seeds" and "resources".
class Overrides : public ::testing::Test {
 protected:
  void apply(const std::vector<std::string>& options,
             const std::string& file_text = "seeds: 3\ngrid: {a.b: [1]}\n") {
    YamlNode file = treeOf(file_text);
    SinkFor sink("");
    settings_ = canonicalJson(
        toJson(applyOverrides(options, {"grid", "seeds", "resources"}, file, sink.sink())));
    file_ = canonicalJson(toJson(file));
    problems_ = sink.problems();
  }

  std::string settings_;
  std::string file_;
  std::string problems_;
};

TEST_F(Overrides, WithoutOptionsChangeNothing) {
  apply({});
  EXPECT_EQ(file_, R"({"grid":{"a.b":[1]},"seeds":3})");
  EXPECT_EQ(settings_, "{}");
}

TEST_F(Overrides, ReturnSettings) {
  apply(
      {"train.epochs=2", "freeze=[o, v]", "distill={map: 1, score: {coefficient: 0.5}}", "x=null"});
  EXPECT_EQ(
      settings_,
      R"({"distill":{"map":1,"score":{"coefficient":0.5}},"freeze":["o","v"],"train.epochs":2,"x":null})");
  EXPECT_EQ(problems_, "");
}

TEST_F(Overrides, LetTheLastOneWin) {
  apply({"a=1", "a=2"});
  EXPECT_EQ(settings_, R"({"a":2})");
}

TEST_F(Overrides, SplitAtTheFirstEqualsSign) {
  apply({"a=b=c", "d=\"=\""});
  EXPECT_EQ(settings_, R"({"a":"b=c","d":"="})");
}

TEST_F(Overrides, ReplacePartsOfTheFile) {
  apply({"seeds=[7]", "grid.a.b=[2, 3]"});
  EXPECT_EQ(file_, R"({"grid":{"a.b":[2,3]},"seeds":[7]})");
  EXPECT_EQ(settings_, "{}");
}

TEST_F(Overrides, AddPartsThatTheFileDoesNotHave) {
  apply({"resources.threads=4", "resources.gpus=1", "grid.c=[x]"});
  EXPECT_EQ(file_,
            R"({"grid":{"a.b":[1],"c":["x"]},"resources":{"gpus":1,"threads":4},"seeds":3})");
}

TEST_F(Overrides, ReachIntoNestedParts) {
  apply({"grid.a.b.x=5"}, "grid: {a: {b: {x: 1, y: 2}}}\n");
  EXPECT_EQ(file_, R"({"grid":{"a":{"b":{"x":5,"y":2}}}})");
}

TEST_F(Overrides, FillEmptyParts) {
  apply({"resources.threads=2"}, "resources:\n");
  EXPECT_EQ(file_, R"({"resources":{"threads":2}})");
}

TEST_F(Overrides, RefuseToReachIntoValues) {
  apply({"seeds.x=1"});
  EXPECT_EQ(problems_, "--set 'seeds.x=1': 'x' stands below the number 3, not below a map\n");
}

TEST_F(Overrides, RememberTheirOption) {
  YamlNode file = treeOf("seeds: 1\n");
  SinkFor sink("");
  const YamlNode settings = applyOverrides({"a={b: [1]}", "seeds=2"}, {"seeds"}, file, sink.sink());
  EXPECT_EQ(settings.entries[0].value.entries[0].value.items[0].place, (Place{0, 0, "a={b: [1]}"}));
  EXPECT_EQ(file.find("seeds")->place.option, "seeds=2");
}

// C19
TEST_F(Overrides, ReportWhatIsNotAnAssignment) {
  for (const char* option :
       {"\"\"", "=", "=1", "a", "a.b.c", "a=", ".a=1", "a.=1", "a..b=1", "A=1", "a b=1", "-a=1"}) {
    apply({option});
    EXPECT_EQ(problems_,
              "--set '" + std::string(option) +
                  "': expected key=value (for an empty text: key='\"\"')\n");
  }
}

TEST_F(Overrides, ReportValuesThatAreNotYaml) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a=no", "'no' is read differently"},
      {"a=0,5", "has a decimal comma: write 0.5"},
      {"a=.nan", "is not a finite number"},
      {"a={b: 1, b: 2}", "b is given twice"},
      {"a=[1", "the value: "},
      {"a=1\n---\n2", "2 documents"},
      {"a=!!int 3", "tags are not supported"},
      {"a=\xFF", "not UTF-8 at byte 1"},
      {"a=*x", "the alias names an anchor"},
      {"a=" + std::string(2000, '['), "nested deeper than 64"}};
  for (const auto& [option, message] : cases) {
    apply({option});
    EXPECT_THAT(problems_, HasSubstr("the value: ")) << option;
    EXPECT_THAT(problems_, HasSubstr(message)) << option;
    EXPECT_EQ(settings_, "{}") << option;
  }
}

TEST_F(Overrides, ReportAllWrongOptions) {
  apply({"a", "b=no", "c=1", "=d"});
  EXPECT_EQ(std::count(problems_.begin(), problems_.end(), '\n'), 3);
  EXPECT_EQ(settings_, R"({"c":1})");
}

}  // namespace
}  // namespace retort::experiments
