#include "trainers/models/config_reader.h"

#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {
namespace {

using testing::StrEq;
using testing::ThrowsMessage;

const std::string kOrigin = "m/config.json";

const Json kJson = {
    {"size", 8}, {"share", 0.25}, {"nothing", nullptr}, {"word", "silu"}, {"is_on", true}};

TEST(ConfigReader, NullCountsAsMissingButIsHeld) {
  const ConfigReader reader(kJson, kOrigin);

  EXPECT_FALSE(reader.has("nothing"));
  EXPECT_TRUE(reader.holds("nothing"));
  EXPECT_FALSE(reader.holds("absent"));
  EXPECT_EQ(reader.integerOr("nothing", 3, 0, 9), 3);
  EXPECT_EQ(reader.optionalSize("nothing"), std::nullopt);
}

TEST(ConfigReader, ReadsWhatIsThere) {
  const ConfigReader reader(kJson, kOrigin);

  EXPECT_EQ(reader.size("size"), 8);
  EXPECT_EQ(reader.optionalSize("size"), 8);
  EXPECT_EQ(reader.realOr("share", 1, 0, 1), 0.25);
  EXPECT_EQ(reader.real("size", 0, 10), 8);
  EXPECT_EQ(reader.optionalReal("absent", 0, 1), std::nullopt);
  EXPECT_TRUE(reader.boolOr("is_on", false));
  EXPECT_NO_THROW(reader.requireWord("word", {"gelu", "silu"}));
  EXPECT_NO_THROW(reader.requireWord("absent", {"gelu"}));
}

TEST(ConfigReader, MessagesNameFileKeyAndValue) {
  const ConfigReader reader(kJson, kOrigin);
  const auto refused = [](const auto& read, const char* message) {
    EXPECT_THAT(read, ThrowsMessage<TrainError>(StrEq(message)));
  };

  refused([&] { static_cast<void>(reader.size("absent")); }, "m/config.json: 'absent' is missing");
  refused([&] { static_cast<void>(reader.size("share")); },
          "m/config.json: 'share' must be an integer from 1 to 16777216, not 0.25");
  refused([&] { static_cast<void>(reader.real("absent", 0, 1)); },
          "m/config.json: 'absent' is missing");
  refused([&] { static_cast<void>(reader.real("size", 0, 1)); },
          "m/config.json: 'size' must be a number from 0 to 1, not 8");
  refused([&] { static_cast<void>(reader.boolOr("size", true)); },
          "m/config.json: 'size' must be true or false, not 8");
  refused(
      [&] {
        reader.requireWord("word", {"gelu", "relu"});
      },
      "m/config.json: 'word' is \"silu\", but this model is only defined for gelu, relu");
}

TEST(ConfigReader, RefusesWhatIsNoObject) {
  const Json list = Json::array({1});
  EXPECT_THAT(
      [&] { const ConfigReader reader(list, kOrigin); },
      ThrowsMessage<TrainError>(StrEq("m/config.json: it must hold an object of settings")));
}

}  // namespace
}  // namespace retort::train
