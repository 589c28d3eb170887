#include "gui/models/run_names.h"

#include <gtest/gtest.h>

namespace retort::gui {
namespace {

TEST(RunNames, LoseTheWordsThatAllHave) {
  EXPECT_EQ(distinctiveNames({"distill=map freeze=ov seed=1", "distill=map freeze=ov seed=2"}),
            QStringList({"seed=1", "seed=2"}));
  EXPECT_EQ(distinctiveNames({"a  b c", "c a d", "a e c"}), QStringList({"b", "d", "e"}));
}

TEST(RunNames, StayWhereNothingWouldTellThemApart) {
  const QStringList one = {"distill=map seed=1"};
  EXPECT_EQ(distinctiveNames(one), one);
  const QStringList part = {"map", "map seed=2"};
  EXPECT_EQ(distinctiveNames(part), part);
  const QStringList swapped = {"a b", "b a"};
  EXPECT_EQ(distinctiveNames(swapped), swapped);
  EXPECT_EQ(distinctiveNames({}), QStringList());
}

TEST(RunNames, MayBeTheSameWhenTheyWere) {
  EXPECT_EQ(distinctiveNames({"x a", "x a", "x b"}), QStringList({"a", "a", "b"}));
}

}  // namespace
}  // namespace retort::gui
