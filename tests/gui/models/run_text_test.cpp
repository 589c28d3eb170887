#include "gui/models/run_text.h"

#include "experiments/yaml_layout.h"
#include "gui/models/axis_text.h"
#include "tests/core/settings/sample_catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::gui {
namespace {

using ::testing::HasSubstr;

std::string flowOf(const QString& text) {
  const Catalogue catalogue = retort::testing::sampleCatalogue();
  const auto read = readRunText(text, &catalogue, {"freeze", "distill"});
  return read ? experiments::flowText(*read) : "wrong: " + read.error().toStdString();
}

TEST(RunText, ReadsSettingsOnePerLine) {
  EXPECT_EQ(flowOf("train.epochs: 5\ntrain: {batch: 8}\n"), "{train.epochs: 5, train: {batch: 8}}");
  EXPECT_EQ(flowOf("distill.logits: 2"), "{distill.logits: 2}");  // a shorthand
}

TEST(RunText, TakesLabelsForAxesAndReferences) {
  EXPECT_EQ(flowOf("freeze: ov\ndistill: map\nmodel.teacher: \"${needs.t}\""),
            "{freeze: ov, distill: map, model.teacher: \"${needs.t}\"}");
}

TEST(RunText, SaysWhatIsWrong) {
  EXPECT_THAT(flowOf(""), HasSubstr("wrong: write a name"));
  EXPECT_THAT(flowOf("{}"), HasSubstr("wrong: write a setting"));
  EXPECT_EQ(flowOf("train.epoch: 1"), "wrong: there is no setting train.epoch");
  EXPECT_THAT(flowOf("train.epochs: 0"), HasSubstr("wrong: "));
  EXPECT_THAT(flowOf("train.epochs: 1\ntrain: {epochs: 2}"), HasSubstr("wrong: "));
}

TEST(RunText, ShowsWhatItReads) {
  const auto read = readRunText("train.epochs: 5\nfreeze: ov", nullptr, {});
  ASSERT_TRUE(read);
  EXPECT_EQ(runText(*read), "train.epochs: 5\nfreeze: ov");
  EXPECT_EQ(runText({}), "");
}

TEST(AlarmText, IsASentence) {
  const auto text = [](const char* alarm) {
    return alarmText(*parseYamlText(QString::fromUtf8(alarm))).toStdString();
  };
  EXPECT_EQ(text("{metric: grad_norm, above: 1e2, for: 3, do: stop}"),
            "grad_norm above 1e2, 3 points in a row: stop");
  EXPECT_EQ(text("{metric: \"eval.*\", below: 0.5, above: 2, for: 1}"),
            "eval.* above 2 or below 0.5: warn");
  EXPECT_EQ(text("{above: 2}"), "{above: 2}");
  EXPECT_EQ(text("5"), "5");
}

}  // namespace
}  // namespace retort::gui
