#include "gui/models/experiment_editor.h"

#include "experiments/grid_edit.h"
#include "experiments/yaml_layout.h"
#include "tests/gui/design_fixture.h"

#include <QElapsedTimer>
#include <QTextDocument>
#include <QTimer>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace retort::gui {
namespace {

using experiments::YamlEditor;

class ExperimentEditorTest : public ::testing::Test {
 protected:
  void begin(const std::string& text) {
    editor_.begin(QString::fromStdString(text));
    settle();
  }

  void settle() {
    ASSERT_TRUE(waitUntil([&] { return editor_.isSettled(); }))
        << editor_.catalogueProblem().toStdString();
  }

  [[nodiscard]] std::string text() const { return document_.toPlainText().toStdString(); }

  Status setEpochs(int epochs) {
    return editor_.edit([&](YamlEditor& text) {
      return text.setSetting({"base"}, "train.epochs", experiments::yamlNode(epochs));
    });
  }

  SampleTrainer trainer_;
  QTextDocument document_;
  ExperimentEditor editor_{document_, trainer_.path("workspace")};
};

TEST_F(ExperimentEditorTest, ReadsAndExpandsTheText) {
  begin(kSampleText);
  EXPECT_EQ(editor_.draft()->name, "sample");
  EXPECT_TRUE(editor_.plan()->diagnostics.empty());
  EXPECT_EQ(editor_.plan()->submission.runs.size(), 8U);
  EXPECT_FALSE(editor_.isModified());
}

TEST_F(ExperimentEditorTest, FollowsTheTextAfterAPause) {
  begin(kSampleText);
  document_.setPlainText("experiment: other\nseeds: many\n");
  EXPECT_FALSE(editor_.isSettled());
  settle();
  EXPECT_EQ(editor_.draft()->name, "other");
  ASSERT_EQ(editor_.plan()->diagnostics.size(), 1U);
  EXPECT_EQ(editor_.plan()->diagnostics[0].place.line, 2);
}

TEST_F(ExperimentEditorTest, ChangesTheTextAsOneStepOfUndo) {
  begin(kSampleText);
  ASSERT_TRUE(setEpochs(7));
  const std::string changed = text();
  EXPECT_THAT(changed, ::testing::HasSubstr("train.epochs: 7"));
  EXPECT_THAT(changed, ::testing::HasSubstr("# from scratch"));
  EXPECT_TRUE(editor_.isModified());
  settle();
  EXPECT_EQ(editor_.draft()->document->base.at("train.epochs").value, 7);
  document_.undo();
  EXPECT_EQ(text(), kSampleText);
  EXPECT_FALSE(editor_.isModified());
  settle();
  EXPECT_FALSE(editor_.draft()->document->base.contains("train.epochs"));
  document_.redo();
  EXPECT_EQ(text(), changed);
}

TEST_F(ExperimentEditorTest, RenamesAnAxisEverywhereAsOneStepOfUndo) {
  const std::string before = std::string(kSampleText) +
                             "report:\n"
                             "  metric: train.loss\n"
                             "  by: [train.batch]\n"
                             "  tables: [{name: all, columns: train.batch}]\n";
  begin(before);
  ASSERT_TRUE(editor_.edit([](YamlEditor& text) {
    return experiments::renameAxis(text, "train.batch", "train.epochs");
  }));
  EXPECT_EQ(text().find("train.batch"), std::string::npos);
  settle();
  EXPECT_TRUE(editor_.draft()->diagnostics.empty());
  document_.undo();
  EXPECT_EQ(text(), before);
}

TEST_F(ExperimentEditorTest, LeavesTheTextWhenAChangeIsRefused) {
  begin("experiment: e\nbase: &b {train: {epochs: 3}}\nneeds: {t: *b}\n");
  const std::string before = text();
  EXPECT_FALSE(setEpochs(7));
  EXPECT_EQ(text(), before);
  EXPECT_FALSE(editor_.isModified());
}

TEST_F(ExperimentEditorTest, SaysWhyThereIsNoCatalogue) {
  begin("experiment: e\ntrainer: nobody\n");
  EXPECT_THAT(editor_.catalogueProblem().toStdString(), ::testing::HasSubstr("nobody"));
}

TEST_F(ExperimentEditorTest, SavesWithTheFilesLineEnds) {
  const auto path = trainer_.path("grid.yaml");
  const std::string bytes =
      "\xEF\xBB\xBF"
      "experiment: e\r\nbase: {phase: finetune} # ü\r\n";
  ASSERT_TRUE(writeFileAtomically(path, bytes));
  ASSERT_TRUE(editor_.open(path));
  EXPECT_THAT(text(), ::testing::StartsWith("experiment: e\nbase"));
  ASSERT_TRUE(setEpochs(2));
  ASSERT_TRUE(editor_.save());
  EXPECT_FALSE(editor_.isModified());
  EXPECT_EQ(*readFile(path, 1000),
            "\xEF\xBB\xBF"
            "experiment: e\r\nbase: {phase: finetune, train.epochs: 2} # ü\r\n");
}

constexpr const char* kTextWithPath =
    "experiment: e\n"
    "base:\n"
    "  phase: finetune\n"
    "  model: {init: random}\n"
    "  data: {task: sst2, path: data}  # beside the text\n";

TEST_F(ExperimentEditorTest, ATextWithoutAFileFindsWhatLiesInItsFolder) {
  std::filesystem::create_directories(trainer_.path("data"));
  ASSERT_TRUE(writeFileAtomically(trainer_.path("data/train.tsv"), "sentence\tlabel\n"));
  editor_.begin(kTextWithPath, trainer_.path("."));
  settle();
  ASSERT_TRUE(editor_.plan()->diagnostics.empty()) << editor_.plan()->diagnostics[0].message;
  const std::string run_id = editor_.plan()->submission.runs[0].spec.run_id;
  editor_.begin(kTextWithPath);
  settle();
  EXPECT_FALSE(editor_.plan()->diagnostics.empty());

  editor_.begin(kTextWithPath, trainer_.path("."));
  settle();
  std::filesystem::create_directories(trainer_.path("elsewhere"));
  ASSERT_TRUE(editor_.saveAs(trainer_.path("elsewhere/grid.yaml")));
  settle();
  EXPECT_THAT(text(),
              ::testing::HasSubstr("path: " + trainer_.path("data").string() + "}  # beside"));
  EXPECT_FALSE(editor_.isModified());
  ASSERT_TRUE(editor_.plan()->diagnostics.empty());
  EXPECT_EQ(editor_.plan()->submission.runs[0].spec.run_id, run_id);
}

TEST_F(ExperimentEditorTest, NoticesWhatOthersWrite) {
  const auto path = trainer_.path("grid.yaml");
  ASSERT_TRUE(writeFileAtomically(path, "experiment: e\n"));
  ASSERT_TRUE(editor_.open(path));
  EXPECT_FALSE(editor_.file().isChangedByOthers());
  ASSERT_TRUE(writeFileAtomically(path, "experiment: f\n"));
  EXPECT_TRUE(editor_.file().isChangedByOthers());
  ASSERT_TRUE(editor_.save());
  EXPECT_FALSE(editor_.file().isChangedByOthers());
  EXPECT_FALSE(editor_.open(trainer_.path("missing.yaml")));
  EXPECT_EQ(text(), "experiment: e\n");
}

TEST_F(ExperimentEditorTest, ExpandsLargeGridsWithoutHoldingUpTheWindow) {
  std::int64_t longest_ms = 0;
  QElapsedTimer since_tick;
  QTimer ticker;
  QObject::connect(&ticker, &QTimer::timeout, &ticker, [&] {
    longest_ms = std::max<std::int64_t>(longest_ms, since_tick.restart());
  });
  since_tick.start();
  ticker.start(1);
  begin(
      "experiment: e\nbase: {phase: finetune, model: {init: random}}\n"
      "grid:\n  train.batch: {range: [1, 100, 1]}\n  train.epochs: {range: [1, 100, 1]}\n");
  ASSERT_NE(editor_.plan(), nullptr);
  EXPECT_EQ(editor_.plan()->submission.runs.size(), 10'000U);
  // The work takes seconds; a loaded machine makes single ticks late.
  EXPECT_LT(longest_ms, 250);
}

}  // namespace
}  // namespace retort::gui
