#include "experiments/path_edit.h"

#include "experiments/experiment_draft.h"
#include "tests/experiments/experiment_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::experiments {
namespace {

class PathEditTest : public ExperimentTest {
 protected:
  [[nodiscard]] std::string moved(const std::string& text, const std::filesystem::path& to) const {
    YamlEditor editor(text);
    const ExperimentDraft draft = readDraft(text, folder_ / "file.yaml");
    EXPECT_TRUE(
        keepPaths(editor, *draft.document, retort::testing::sampleCatalogue(), folder_.path(), to));
    return editor.text();
  }

  [[nodiscard]] std::string inFolder(const std::string& name) const {
    return (folder_ / name).string();
  }
};

TEST_F(PathEditTest, PathsThatWouldBeLostBecomeAbsolute) {
  const std::string text =
      "experiment: e\n"
      "base:\n"
      "  model: {teacher: models/teacher}  # trained before\n"
      "  data: {task: sst2, path: data/sst2}\n"
      "needs:\n"
      "  base: {phase: finetune, model.init: models/base}\n";
  EXPECT_EQ(moved(text, folder_ / "elsewhere"),
            "experiment: e\n"
            "base:\n"
            "  model: {teacher: " +
                inFolder("models/teacher") +
                "}  # trained before\n"
                "  data: {task: sst2, path: " +
                inFolder("data/sst2") +
                "}\n"
                "needs:\n"
                "  base: {phase: finetune, model.init: " +
                inFolder("models/base") + "}\n");
  EXPECT_EQ(moved(text, folder_.path()), text);
}

TEST_F(PathEditTest, OtherTextsStay) {
  const std::string text =
      "experiment: models\n"
      "base: {phase: models/base, model: {teacher: \"${needs.t}\", student: nowhere}}\n"
      "needs: {t: {phase: finetune, model: {init: random}}}\n";
  EXPECT_EQ(moved(text, folder_ / "elsewhere"), text);
}

}  // namespace
}  // namespace retort::experiments
