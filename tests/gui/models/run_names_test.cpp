#include "gui/models/run_names.h"

#include <gtest/gtest.h>

namespace retort::gui {
namespace {

TEST(RunNames, LeaveOutWhatAllRunsSayAlike) {
  EXPECT_EQ(
      distinctNames({"data=generated distill=score seed=1", "data=generated distill=map seed=1"}),
      QStringList({"distill=score", "distill=map"}));
}

TEST(RunNames, KeepAPartThatOneRunHasNot) {
  EXPECT_EQ(distinctNames({"teacher", "distill=map seed=1", "distill=map seed=2"}),
            QStringList({"teacher", "distill=map seed=1", "distill=map seed=2"}));
}

TEST(RunNames, StayWholeWhenAloneOrTheSame) {
  EXPECT_EQ(distinctNames({"a=1 b=2"}), QStringList({"a=1 b=2"}));
  EXPECT_EQ(distinctNames({"a=1 b=2", "a=1 b=2"}), QStringList({"a=1 b=2", "a=1 b=2"}));
  EXPECT_TRUE(distinctNames({}).isEmpty());
}

TEST(RunNames, TakeLabelsWithSpacesAsOnePart) {
  EXPECT_EQ(distinctNames({"quant=2 bits seed=1", "quant=8 bits seed=1"}),
            QStringList({"quant=2 bits", "quant=8 bits"}));
}

TEST(RunNames, ShortenLongPartsInTheMiddle) {
  const QString label(60, QLatin1Char('x'));
  const QStringList names =
      distinctNames({"a=begin" + label + "end b=1", "a=begin" + label + "END b=2"});
  EXPECT_TRUE(names[0].startsWith("a=beginxxx"));
  EXPECT_TRUE(names[0].endsWith("xend b=1"));
  EXPECT_TRUE(names[1].endsWith("xEND b=2"));
  EXPECT_LT(names[0].size(), 45);
}

TEST(RunNames, AreNeverLongerThanTheLimit) {
  QString name;
  for (int i = 0; i < 30; ++i) {
    name += QStringLiteral("key%1=value%1 ").arg(i);
  }
  for (const QString& shortened : distinctNames({name, "other=1"}, 80)) {
    EXPECT_LE(shortened.size(), 80);
  }
}

TEST(RunNames, CutNoCharacterInTwo) {
  const QString emoji = QString::fromUtf8("🚀").repeated(50);
  for (int longest = 10; longest < 14; ++longest) {
    EXPECT_TRUE(distinctNames({emoji}, longest).first().isValidUtf16());
  }
}

}  // namespace
}  // namespace retort::gui
