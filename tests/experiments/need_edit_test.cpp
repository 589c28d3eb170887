#include "experiments/need_edit.h"

#include "experiments/yaml_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::experiments {
namespace {

using ::testing::HasSubstr;

constexpr const char* kText =
    "experiment: e\n"
    "base:\n"
    "  model: {teacher: \"${needs.teacher}\", student: teacher}\n"
    "needs:\n"
    "  teacher: # trained first\n"
    "    phase: finetune\n"
    "    model: {init: \"${needs.start}\"}\n"
    "  start: {phase: finetune}\n"
    "grid:\n"
    "  model.student: [teacher, \"${needs.teacher}\"]\n";

TEST(NeedEdit, AddsARunThatGrowsByLines) {
  YamlEditor editor("experiment: e\nbase: {a: 1}\n");
  ASSERT_TRUE(addNeed(editor, "teacher"));
  EXPECT_EQ(editor.text(), "experiment: e\nbase: {a: 1}\nneeds:\n  teacher: {}\n");
  ASSERT_TRUE(editor.setSetting({"needs", "teacher"}, "phase", yamlNode("finetune")));
  ASSERT_TRUE(editor.setSetting({"needs", "teacher"}, "model.init", yamlNode("random")));
  EXPECT_EQ(editor.text(),
            "experiment: e\nbase: {a: 1}\nneeds:\n  teacher:\n    phase: finetune\n"
            "    model.init: random\n");
}

TEST(NeedEdit, RefusesNamesThatAreNone) {
  YamlEditor editor(kText);
  for (const char* name : {"", "Teacher", "a.b", "a b", "${x}"}) {
    EXPECT_EQ(addNeed(editor, name).error().code, ErrorCode::kInvalidConfig) << name;
    EXPECT_EQ(renameNeed(editor, "teacher", name).error().code, ErrorCode::kInvalidConfig) << name;
  }
  EXPECT_EQ(addNeed(editor, "start").error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(editor.text(), kText);
}

TEST(NeedEdit, RenamesWithAllReferences) {
  YamlEditor editor(kText);
  ASSERT_TRUE(renameNeed(editor, "teacher", "expert"));
  EXPECT_THAT(editor.text(), HasSubstr("{teacher: \"${needs.expert}\", student: teacher}"));
  EXPECT_THAT(editor.text(), HasSubstr("  expert: # trained first\n"));
  EXPECT_THAT(editor.text(), HasSubstr("[teacher, \"${needs.expert}\"]"));
  EXPECT_THAT(editor.text(), HasSubstr("{init: \"${needs.start}\"}"));
  EXPECT_TRUE(referencesTo(editor.root(), "teacher").empty());
}

TEST(NeedEdit, RemovesOnlyWhatNothingRefersTo) {
  YamlEditor editor(kText);
  const Status refused = removeNeed(editor, "start");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("needs.teacher.model.init"));
  EXPECT_EQ(editor.text(), kText);
  ASSERT_TRUE(editor.removeSetting({"needs", "teacher"}, "model.init"));
  ASSERT_TRUE(removeNeed(editor, "start"));
  EXPECT_EQ(nodeAt(editor.root(), {"needs", "start"}), nullptr);
}

}  // namespace
}  // namespace retort::experiments
