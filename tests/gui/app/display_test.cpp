#include "gui/app/display.h"

#include <QByteArray>

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace retort::gui {
namespace {

/// Sets the variables of a display, and puts them back.
class Display : public testing::Test {
 protected:
  Display() {
    for (const char* name : kNames) {
      before_.push_back(qgetenv(name));
      qunsetenv(name);
    }
  }

  ~Display() override {
    for (std::size_t i = 0; i < before_.size(); ++i) {
      before_[i].isNull() ? qunsetenv(kNames[i]) : qputenv(kNames[i], before_[i]);
    }
  }

 private:
  static constexpr std::array kNames = {"QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"};
  std::vector<QByteArray> before_;
};

TEST_F(Display, IsMissedWhenNoneIsSet) {
  const auto problem = findDisplayProblem();

  ASSERT_TRUE(problem);
  EXPECT_NE(problem->find("retort watch"), std::string::npos);
}

TEST_F(Display, IsMissedWhenNobodyAnswers) {
  qputenv("DISPLAY", ":987654");

  ASSERT_TRUE(findDisplayProblem());
  EXPECT_NE(findDisplayProblem()->find(":987654"), std::string::npos);
}

TEST_F(Display, IsNotAskedForWhenThePlatformIsChosen) {
  qputenv("QT_QPA_PLATFORM", "offscreen");

  EXPECT_FALSE(findDisplayProblem());
}

TEST_F(Display, OfAnotherMachineIsBelieved) {
  qputenv("DISPLAY", "example:10.0");

  EXPECT_FALSE(findDisplayProblem());
}

}  // namespace
}  // namespace retort::gui
