#include "gui/models/request_sender.h"

#include "tests/gui/wait_for.h"

#include <gtest/gtest.h>

#include <atomic>

namespace retort::gui {
namespace {

TEST(RequestSender, CarriesOutOneAfterTheOther) {
  RequestSender sender;
  std::vector<int> order;
  std::vector<bool> answers;
  for (int i = 0; i < 3; ++i) {
    sender.send(
        [i, &order](const auto&) -> Status {
          order.push_back(i);
          return i == 1 ? Status(fail(ErrorCode::kUsage, "no")) : Status();
        },
        [&](const Status& status) { answers.push_back(status.has_value()); });
  }

  ASSERT_TRUE(waitFor([&] { return answers.size() == 3; }));
  EXPECT_EQ(order, (std::vector{0, 1, 2}));
  EXPECT_EQ(answers, (std::vector{true, false, true}));
}

TEST(RequestSender, GivesUpWhenItEnds) {
  std::atomic<bool> has_begun = false;
  std::atomic<bool> has_given_up = false;
  {
    RequestSender sender;
    sender.send(
        [&](const std::function<bool()>& keep_waiting) -> Status {
          has_begun = true;
          while (keep_waiting()) {
            QThread::msleep(1);
          }
          has_given_up = true;
          return {};
        },
        [](const Status&) {});
    ASSERT_TRUE(waitFor([&] { return has_begun.load(); }));
  }

  EXPECT_TRUE(has_given_up);
}

}  // namespace
}  // namespace retort::gui
