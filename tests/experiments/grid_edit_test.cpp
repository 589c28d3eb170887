#include "experiments/grid_edit.h"

#include "core/base/file.h"
#include "experiments/experiment_draft.h"
#include "experiments/yaml_layout.h"
#include "tests/experiments/yaml_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace retort::experiments {
namespace {

using ::testing::HasSubstr;

constexpr const char* kText =
    "experiment: e\n"
    "grid: # axes\n"
    "  # which loss\n"
    "  distill:\n"
    "    score: {attention_score: 1}\n"
    "    map: {attention_map: 1}\n"
    "  freeze: [none, ov] # or not\n"
    "  train.learning_rate: [1e-3, 2e-3]\n"
    "when:\n"
    "  freeze: {distill: map}\n"
    "exclude:\n"
    "  - {distill: score, train.learning_rate: 1e-3}\n"
    "baseline: {distill: score, freeze: none}\n";

template <class Change>
std::string after(const std::string& text, Change change) {
  YamlEditor editor(text);
  const Status status = change(editor);
  EXPECT_TRUE(status) << status.error().message;
  return editor.text();
}

TEST(GridEdit, SetsAxes) {
  const std::string text = after(kText, [](YamlEditor& editor) {
    return setAxis(editor, "freeze", yamlNode({"ov", "qk"}));
  });
  EXPECT_THAT(text, HasSubstr("  freeze: [ov, qk] # or not\n"));
  const std::string grown = after("experiment: e\nseeds: 2\n", [](YamlEditor& editor) {
    return setAxis(editor, "freeze", yamlNode({"none", "ov"}));
  });
  EXPECT_EQ(grown, "experiment: e\ngrid:\n  freeze: [none, ov]\nseeds: 2\n");
}

TEST(GridEdit, RemovesAxesWithTheirMentions) {
  const std::string text =
      after(kText, [](YamlEditor& editor) { return removeAxis(editor, "distill"); });
  EXPECT_EQ(text,
            "experiment: e\n"
            "grid: # axes\n"
            "  # which loss\n"
            "  freeze: [none, ov] # or not\n"
            "  train.learning_rate: [1e-3, 2e-3]\n"
            "exclude:\n"
            "  - {train.learning_rate: 1e-3}\n"
            "baseline: {freeze: none}\n");
}

TEST(GridEdit, RenamesAxesEverywhere) {
  const std::string text =
      after(kText, [](YamlEditor& editor) { return renameAxis(editor, "distill", "loss"); });
  EXPECT_THAT(text, HasSubstr("  loss:\n    score: {attention_score: 1}\n"));
  EXPECT_THAT(text, HasSubstr("  freeze: {loss: map}\n"));
  EXPECT_THAT(text, HasSubstr("  - {loss: score, train.learning_rate: 1e-3}\n"));
  EXPECT_THAT(text, HasSubstr("baseline: {loss: score, freeze: none}\n"));
  YamlEditor editor(kText);
  EXPECT_FALSE(renameAxis(editor, "distill", "freeze"));
  EXPECT_EQ(editor.text(), kText);
}

constexpr const char* kReported =
    "experiment: e\n"
    "# what varies\n"
    "grid: {distill: [score, map], data: [a, b]}\n"
    "include:\n"
    "  - {distill: map, train.batch: 8}\n"
    "  - {distill: other}\n"
    "report:\n"
    "  by: [data, distill]\n"
    "  tables:\n"
    "    - {name: one, by: distill, columns: [data, distill]} # first\n"
    "    - {name: two, by: [distill], baseline: {distill: map, data: a}}\n"
    "  figures:\n"
    "    - {name: three, title: by distill, columns: [distill]}\n";

TEST(GridEdit, RenamesAxesInTheReportAndInSingleRuns) {
  const std::string text =
      after(kReported, [](YamlEditor& editor) { return renameAxis(editor, "distill", "loss"); });

  EXPECT_EQ(text,
            "experiment: e\n"
            "# what varies\n"
            "grid: {loss: [score, map], data: [a, b]}\n"
            "include:\n"
            "  - {loss: map, train.batch: 8}\n"
            "  - {distill: other}\n"
            "report:\n"
            "  by: [data, loss]\n"
            "  tables:\n"
            "    - {name: one, by: loss, columns: [data, loss]} # first\n"
            "    - {name: two, by: [loss], baseline: {loss: map, data: a}}\n"
            "  figures:\n"
            "    - {name: three, title: by distill, columns: [loss]}\n");
}

TEST(GridEdit, RemovesAxesFromTheReport) {
  const std::string text =
      after(kReported, [](YamlEditor& editor) { return removeAxis(editor, "distill"); });

  EXPECT_THAT(text,
              HasSubstr("report:\n"
                        "  by: [data]\n"
                        "  tables:\n"
                        "    - {name: one, columns: [data]} # first\n"
                        "    - {name: two, baseline: {data: a}}\n"
                        "  figures:\n"
                        "    - {name: three, title: by distill}\n"));
}

TEST(GridEdit, LeavesTheCommentOfTheGridInItsPlace) {
  const auto remove = [](YamlEditor& editor) {
    return removeAxis(editor, "a");
  };
  const auto add = [](YamlEditor& editor) {
    return setAxis(editor, "b", yamlNode({3, 4}));
  };
  const std::string empty =
      after("experiment: e\n# what varies\ngrid:\n  a: [1, 2]\nseeds: 2\n", remove);
  EXPECT_EQ(empty, "experiment: e\n# what varies\ngrid: {}\nseeds: 2\n");
  EXPECT_TRUE(readDraft(empty, "f.yaml").diagnostics.empty());
  EXPECT_EQ(after(empty, add), "experiment: e\n# what varies\ngrid:\n  b: [3, 4]\nseeds: 2\n");

  EXPECT_EQ(after("grid: # axes\n  a: [1, 2]\nseeds: 2\n", remove), "grid: {} # axes\nseeds: 2\n");
  EXPECT_EQ(after("experiment: e\ngrid:\n  a: [1, 2]\nseeds: 2\n", remove),
            "experiment: e\nseeds: 2\n");
}

TEST(GridEdit, MovesAxes) {
  const std::string text =
      after(kText, [](YamlEditor& editor) { return moveAxis(editor, "freeze", -1); });
  EXPECT_THAT(
      text, HasSubstr("grid: # axes\n  freeze: [none, ov] # or not\n  # which loss\n  distill:\n"));
  EXPECT_EQ(after(kText, [](YamlEditor& editor) { return moveAxis(editor, "distill", -1); }),
            kText);
}

TEST(GridEdit, ZipsAndUnzipsAxes) {
  const std::string text =
      after("grid:\n  a: [1, 2]\n  b: [3, 4]\n  c: [5]\n", [](YamlEditor& editor) {
        return zipAxes(editor, {"a", "b"});
      });
  EXPECT_EQ(text, "grid:\n  c: [5]\nzip:\n  - {a: [1, 2], b: [3, 4]}\n");
  EXPECT_EQ(after(text, [](YamlEditor& editor) { return unzipAxis(editor, "b"); }),
            "grid:\n  c: [5]\n  a: [1, 2]\n  b: [3, 4]\n");
  YamlEditor editor(text);
  EXPECT_FALSE(zipAxes(editor, {"a", "c"}));
  EXPECT_FALSE(unzipAxis(editor, "c"));
}

TEST(GridEdit, SetsConditions) {
  const std::string text =
      after(kText, [](YamlEditor& editor) { return setWhen(editor, "freeze", yamlMap({})); });
  EXPECT_THAT(text, ::testing::Not(HasSubstr("when:")));
  EXPECT_THAT(after(text,
                    [](YamlEditor& editor) {
                      return setWhen(editor, "freeze", yamlNode({{"distill", "map"}}));
                    }),
              HasSubstr("when:\n  freeze: {distill: map}\nexclude:"));
}

TEST(GridEdit, TogglesCells) {
  const CellLabels cell = {{"distill", "map"}, {"freeze", "ov"}, {"train.learning_rate", "1e-3"}};
  const ExperimentDraft draft = readDraft(kText, "f.yaml");
  ASSERT_TRUE(draft.diagnostics.empty()) << formatDiagnostics(draft.diagnostics);
  const std::string text =
      after(kText, [&](YamlEditor& editor) { return toggleCell(editor, *draft.document, cell); });
  EXPECT_THAT(text, HasSubstr("  - {distill: map, freeze: ov, train.learning_rate: 1e-3}\n"));

  const ExperimentDraft excluded = readDraft(text, "f.yaml");
  EXPECT_EQ(exclusionOf(*excluded.document, cell), 1U);
  EXPECT_EQ(
      after(text, [&](YamlEditor& editor) { return toggleCell(editor, *excluded.document, cell); }),
      kText);
}

TEST(GridEdit, FindsAxes) {
  const YamlNode root = treeOf("grid: {a: [1]}\nzip: [{b: [1], c: [2]}, {d: [3]}]\n");
  EXPECT_EQ(axisPath(root, "a"), (YamlPath{"grid", "a"}));
  EXPECT_EQ(axisPath(root, "c"), (YamlPath{"zip", "0", "c"}));
  EXPECT_EQ(axisPath(root, "d"), (YamlPath{"zip", "1", "d"}));
  EXPECT_TRUE(axisPath(root, "e").empty());
}

TEST(GridEdit, ChangesZippedAxesWhereTheyStand) {
  const std::string text = "zip:\n  - {a: [1, 2], b: [3, 4]} # pairs\n";
  EXPECT_EQ(after(text,
                  [](YamlEditor& editor) {
                    return setAxis(editor, "b", yamlNode({5, 6}));
                  }),
            "zip:\n  - {a: [1, 2], b: [5, 6]} # pairs\n");
  EXPECT_EQ(after(text, [](YamlEditor& editor) { return removeAxis(editor, "b"); }),
            "zip:\n  - {a: [1, 2]} # pairs\n");
  YamlEditor editor(text);
  EXPECT_FALSE(moveAxis(editor, "a", 1));
  EXPECT_FALSE(removeAxis(editor, "x"));
  EXPECT_FALSE(renameAxis(editor, "x", "z"));
  EXPECT_FALSE(zipAxes(editor, {}));
  EXPECT_EQ(editor.text(), text);
}

TEST(GridEdit, NamesCellsAsTheAxesSpellThem) {
  EXPECT_EQ(flowText(cellNode({{"a", "1e-3"}, {"b", "ov"}, {"c", "-"}, {"d", "map+output"}})),
            "{a: 1e-3, b: ov, c: \"-\", d: map+output}");
}

TEST(GridEdit, ExcludesNothingWithoutAGrid) {
  YamlEditor editor("experiment: e\n");
  EXPECT_FALSE(toggleCell(editor, ExperimentDocument(), {}));
}

/// Every change that a form makes can be taken back by the opposite change, byte by byte.
TEST(GridEdit, GoesForthAndBackInTheShippedGrids) {
  for (const auto& entry :
       std::filesystem::directory_iterator(TEST_DATA_DIR "/../../experiments/grids")) {
    const auto bytes = readFile(entry.path(), 100000);
    ASSERT_TRUE(bytes);
    const std::string& text = *bytes;
    SCOPED_TRACE(entry.path().string());
    YamlEditor editor(text);
    ASSERT_TRUE(setAxis(editor, "train.batch", yamlNode({8, 16})));
    ASSERT_NE(editor.text(), text);
    ASSERT_TRUE(removeAxis(editor, "train.batch"));
    EXPECT_EQ(editor.text(), text);

    ASSERT_TRUE(editor.setSetting({"base"}, "train.warmup", yamlNode(0.25)));
    ASSERT_TRUE(editor.removeSetting({"base"}, "train.warmup"));
    EXPECT_EQ(editor.text(), text);

    const ExperimentDraft draft = readDraft(text, entry.path());
    const std::string first = draft.document->axisKeys().at(0);
    ASSERT_TRUE(renameAxis(editor, first, "renamed"));
    ASSERT_TRUE(renameAxis(editor, "renamed", first));
    EXPECT_EQ(editor.text(), text);

    ASSERT_TRUE(moveAxis(editor, first, 1));
    ASSERT_TRUE(moveAxis(editor, first, -1));
    EXPECT_EQ(editor.text(), text);

    CellLabels cell;
    for (const std::string& key : draft.document->axisKeys()) {
      cell.emplace_back(key, draft.document->findAxis(key)->values.back().label);
    }
    ASSERT_TRUE(toggleCell(editor, *draft.document, cell));
    const ExperimentDraft excluded = readDraft(editor.text(), entry.path());
    ASSERT_TRUE(toggleCell(editor, *excluded.document, cell));
    EXPECT_EQ(editor.text(), text);
  }
}

TEST(ExperimentDraft, KeepsWhatCanBeReadOfABrokenText) {
  const ExperimentDraft draft = readDraft("experiment: e\nbase: {a.b: 1}\nseeds: many\n", "f.yaml");
  EXPECT_EQ(draft.name, "e");
  EXPECT_EQ(draft.document->base.size(), 1U);
  ASSERT_EQ(draft.diagnostics.size(), 1U);
  EXPECT_EQ(draft.diagnostics[0].place.line, 3);
  EXPECT_EQ(readDraft("a: [", "f.yaml").diagnostics.size(), 1U);
  EXPECT_EQ(readDraft("", "f.yaml").diagnostics.size(), 1U);
}

}  // namespace
}  // namespace retort::experiments
