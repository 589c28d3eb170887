#include "gui/models/settings_form.h"

#include "experiments/yaml_layout.h"
#include "gui/models/setting_text.h"
#include "tests/gui/design_fixture.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::gui {
namespace {

using Column = SettingsFormModel::Column;
using Mode = QAbstractItemModelTester::FailureReportingMode;

class SettingsFormTest : public ::testing::Test {
 protected:
  SettingsFormTest() { model_.setCatalogue(sharedSample()); }

  void show(const std::string& text, const std::string& section = "") {
    const auto draft = draftOf(text);
    model_.setDraft(draft, section, draft->diagnostics);
  }

  [[nodiscard]] QModelIndex valueOf(const std::string& key) const {
    return model_.indexOf(key).siblingAtColumn(static_cast<int>(Column::kValue));
  }

  [[nodiscard]] std::string text(const std::string& key) const {
    return valueOf(key).data().toString().toStdString();
  }

  SettingsFormModel model_;
  QAbstractItemModelTester tester_{&model_, Mode::Fatal};
};

TEST_F(SettingsFormTest, ShowsDefaultsAndGivenValues) {
  show(kSampleText);
  EXPECT_EQ(text("phase"), "finetune");
  EXPECT_EQ(text("train.epochs"), "3");
  EXPECT_TRUE(valueOf("phase").data(SettingsFormModel::kIsGivenRole).toBool());
  EXPECT_FALSE(valueOf("train.epochs").data(SettingsFormModel::kIsGivenRole).toBool());
  EXPECT_EQ(text("train.batch"), "axis: 8, 16");
  EXPECT_EQ(text("seed"), "seeds: 1, 2");
  EXPECT_FALSE(model_.flags(valueOf("train.batch")) & Qt::ItemIsEditable);
}

TEST_F(SettingsFormTest, ShowsListsThatAreGivenAsMaps) {
  show("experiment: e\nbase:\n  freeze: {q: fp, 'layer.[0-3].*': {weight: int4}}\n");
  EXPECT_EQ(text("freeze"), "q = fp, layer.[0-3].*.weight = int4");
  EXPECT_TRUE(valueOf("freeze").data(SettingsFormModel::kIsGivenRole).toBool());
  show("experiment: e\ngrid:\n  freeze: {mixed: {q: fp}, other: {q: fp, v: int8}}\n");
  EXPECT_EQ(text("freeze"), "axis: mixed, other");
}

TEST_F(SettingsFormTest, KnowsWhatApplies) {
  const auto applies = [&](const std::string& key) {
    return valueOf(key).data(SettingsFormModel::kAppliesRole).toBool();
  };
  show(kSampleText);
  EXPECT_TRUE(applies("model.init"));
  EXPECT_FALSE(applies("model.teacher"));
  EXPECT_FALSE(applies("quant.weight.threshold_factor"));
  show("experiment: e\ngrid:\n  phase: [finetune, kd_qat]\n");
  EXPECT_TRUE(applies("model.init"));
  EXPECT_TRUE(applies("model.teacher"));
  EXPECT_TRUE(applies("quant.weight.threshold_factor"));
}

TEST_F(SettingsFormTest, ShowsShorthandsAndSettingsOfNeededRuns) {
  show("experiment: e\nbase: {distill: {logits: 0.5}}\nneeds:\n  t: {phase: finetune}\n");
  EXPECT_EQ(text("distill.logits.coefficient"), "0.5");
  EXPECT_EQ(model_.givenKey("distill.logits.coefficient"), "distill.logits");
  show("experiment: e\nneeds:\n  t: {phase: finetune, data: \"${data}\"}\n", "t");
  EXPECT_EQ(text("phase"), "finetune");
  EXPECT_EQ(text("data.task"), "${data}");
}

TEST_F(SettingsFormTest, AsksForChangesThatAreAllowed) {
  show(kSampleText);
  QSignalSpy asked(&model_, &SettingsFormModel::changeRequested);
  EXPECT_TRUE(model_.setData(valueOf("train.epochs"), "7", Qt::EditRole));
  EXPECT_FALSE(model_.setData(valueOf("train.epochs"), "0", Qt::EditRole));
  EXPECT_FALSE(model_.setData(valueOf("train.epochs"), "seven", Qt::EditRole));
  EXPECT_FALSE(model_.setData(valueOf("phase"), "neither", Qt::EditRole));
  ASSERT_EQ(asked.size(), 1);
  EXPECT_EQ(asked[0][0].toString(), "train.epochs");
  EXPECT_TRUE(model_.setData(valueOf("phase"), "", Qt::EditRole));
  ASSERT_EQ(asked.size(), 2);
  EXPECT_TRUE(asked[1][1].value<experiments::YamlNode>().isNull());
}

TEST_F(SettingsFormTest, PutsProblemsAtTheirSetting) {
  const auto draft = draftOf(kSampleText);
  experiments::Diagnostic problem;
  problem.key = "train.epochs";
  problem.message = "train.epochs: too many";
  model_.setDraft(draft, "", {problem});
  EXPECT_EQ(valueOf("train.epochs").data(SettingsFormModel::kProblemRole).toString(),
            "train.epochs: too many");
}

TEST_F(SettingsFormTest, FindsByWords) {
  show(kSampleText);
  SettingsFilter filter;
  const QAbstractItemModelTester tester(&filter, Mode::Fatal);
  filter.setSourceModel(&model_);
  filter.setSearch("BATCH documentation");
  ASSERT_EQ(filter.rowCount(), 1);
  const QModelIndex group = filter.index(0, 0);
  ASSERT_EQ(filter.rowCount(group), 1);
  EXPECT_EQ(filter.index(0, 0, group).data().toString(), "batch");
  filter.setSearch({});
  filter.setOnlyGiven(true);
  EXPECT_EQ(filter.rowCount(), 2);  // general, model
}

TEST(SettingText, ReadsWhatPeopleType) {
  const Catalogue catalogue = retort::testing::sampleCatalogue();
  const SettingSpec& rate = *catalogue.findSetting("train.learning_rate");
  EXPECT_EQ(parseSettingText(rate, " 5e-4 ")->spelling, "5e-4");
  EXPECT_FALSE(parseSettingText(rate, "0"));
  EXPECT_EQ(parseSettingText(rate, "${train.epochs}")->scalar, "${train.epochs}");
  EXPECT_TRUE(isSettingBeginning(rate, "1e-"));
  EXPECT_FALSE(isSettingBeginning(rate, "1x"));
  const SettingSpec& epochs = *catalogue.findSetting("train.epochs");
  EXPECT_FALSE(isSettingBeginning(epochs, "1001"));
  EXPECT_FALSE(isSettingBeginning(epochs, "1.5"));
  EXPECT_TRUE(isSettingBeginning(epochs, "-"));
  const SettingSpec& freeze = *catalogue.findSetting("freeze");
  EXPECT_EQ(experiments::flowText(*parseSettingText(freeze, "o, v")), "[o, v]");
  EXPECT_EQ(experiments::flowText(*parseSettingText(freeze, "ov")), "ov");
  EXPECT_EQ(settingText(freeze, {"o", "v"}), "ov");
  const SettingSpec& device = *catalogue.findSetting("device");
  EXPECT_EQ(experiments::flowText(*parseSettingText(device, "no")), "\"no\"");
}

}  // namespace
}  // namespace retort::gui
