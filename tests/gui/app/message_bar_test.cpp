#include "gui/app/message_bar.h"

#include <QToolButton>

#include <gtest/gtest.h>

namespace retort::gui {
namespace {

class Messages : public testing::Test {
 protected:
  void close() { bar_.findChild<QToolButton*>()->click(); }

  QWidget parent_;
  MessageBar bar_{&parent_};
};

TEST_F(Messages, AreHiddenAtFirst) {
  EXPECT_EQ(bar_.sentence(), "");
}

TEST_F(Messages, StayUntilTheyAreClosedTheNewestFirst) {
  bar_.showSentence("one", true);
  bar_.showSentence("two", true);
  bar_.showSentence("one", true);
  bar_.showSentence("well done", false);

  EXPECT_EQ(bar_.sentence(), "one");
  close();
  EXPECT_EQ(bar_.sentence(), "two");
  close();
  EXPECT_EQ(bar_.sentence(), "well done");
  close();
  EXPECT_EQ(bar_.sentence(), "");
}

TEST_F(Messages, CanBeTakenBack) {
  bar_.showSentence("cannot read", true);
  bar_.takeBack("cannot read");

  EXPECT_EQ(bar_.sentence(), "");
}

TEST_F(Messages, U09ShowMarkupLiterally) {
  bar_.showSentence("<b>x</b> & y", true);

  EXPECT_EQ(bar_.sentence(), "<b>x</b> & y");
}

}  // namespace
}  // namespace retort::gui
