#include "trainers/tokenizers/component.h"

#include "trainers/train_error.h"

#include <gtest/gtest.h>

namespace retort::train {

namespace {

template <class Read>
std::string refusalOf(const Read& read) {
  try {
    read();
  } catch (const TrainError& error) {
    EXPECT_EQ(error.exitCode(), ExitCode::kBadData);
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST(Component, ReadsItsMembers) {
  const Json json = {{"type", "X"}, {"on", true}, {"n", 3}, {"none", nullptr}};
  const Component component(json, "file: part");

  EXPECT_EQ(component.type(), "X");
  EXPECT_TRUE(component.flag("on", false));
  EXPECT_FALSE(component.flag("off", false));
  EXPECT_EQ(component.integer("n", 0), 3);
  EXPECT_EQ(component.integer("none", 7), 7);
  EXPECT_FALSE(component.has("none"));
}

TEST(Component, NamesThePlaceOfWhatIsWrong) {
  const Json json = {{"type", 1}, {"list", Json::array({Json::object()})}, {"n", "3"}};
  const Component component(json, "file: part");

  EXPECT_EQ(refusalOf([&] { static_cast<void>(component.type()); }),
            "file: part.type: expected a text");
  EXPECT_EQ(refusalOf([&] { static_cast<void>(component.integer("n", 0)); }),
            "file: part.n: expected an integer");
  EXPECT_EQ(refusalOf([&] { static_cast<void>(component.flag("n", false)); }),
            "file: part.n: expected true or false");
  EXPECT_EQ(refusalOf([&] { static_cast<void>(component.list("n")); }),
            "file: part.n: expected a list");
  EXPECT_EQ(refusalOf([&] { static_cast<void>(component.list("list")[0].at("x")); }),
            "file: part.list[0]: there is no \"x\"");
}

}  // namespace retort::train
