#include "core/base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace retort {
namespace {

using ::testing::HasSubstr;

TEST(ParseJson, ReadsATree) {
  const auto json = parseJson(R"({"b": [1, -2, 3.5, "x", true, null], "a": {"c": {}}})");
  ASSERT_TRUE(json) << json.error().message;
  EXPECT_EQ(canonicalJson(*json), R"({"a":{"c":{}},"b":[1,-2,3.5,"x",true,null]})");
}

TEST(ParseJson, ReadsScalarsAtTheTop) {
  EXPECT_EQ(parseJson(" 12 "), Json(12));
  EXPECT_EQ(parseJson("\"a\""), Json("a"));
}

struct BadJson {
  const char* name;
  std::string text;
  const char* message;
};

class ParseJsonRefuses : public ::testing::TestWithParam<BadJson> {};

TEST_P(ParseJsonRefuses, WithAMessage) {
  const auto json = parseJson(GetParam().text);
  ASSERT_FALSE(json);
  EXPECT_EQ(json.error().code, ErrorCode::kInvalidData);
  EXPECT_THAT(json.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Cases,
    ParseJsonRefuses,
    ::testing::Values(
        BadJson{"empty", "", "at byte 1"},
        BadJson{"cut", "{\"a\": ", "at byte"},
        BadJson{"duplicate_key", R"({"a": 1, "a": 1})", "key \"a\" is given twice"},
        BadJson{"duplicate_key_below", R"([{"x": {"a": 1, "b": 2, "a": 3}}])", "given twice"},
        BadJson{"text_after", "{} x", "at byte 4"},
        BadJson{"nul_and_more", std::string("{}\0x", 4), "at byte 3: NUL"},
        BadJson{"bad_utf8", "\"\xC3\x28\"", "at byte 3"},
        BadJson{"bare_nan", "[NaN]", "at byte 2"},
        BadJson{"number_too_large", "[1e400]", "number overflow"},
        BadJson{"comment", "[1] // x", "at byte"},
        BadJson{"trailing_comma", "[1,]", "at byte 4"}),
    [](const auto& param) { return param.param.name; });

TEST(ParseJson, LimitsTheDepth) {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']');
  };
  EXPECT_TRUE(parseJson(nested(64)));
  ASSERT_FALSE(parseJson(nested(65)));
  EXPECT_THAT(parseJson(nested(65)).error().message, HasSubstr("nested deeper than 64"));
  EXPECT_TRUE(parseJson(nested(3), 3));
  EXPECT_FALSE(parseJson(nested(4), 3));
  EXPECT_FALSE(parseJson(std::string(200000, '[')));
}

TEST(CanonicalJson, SortsKeysAndLeavesOutBlanks) {
  EXPECT_EQ(canonicalJson({{"b", 1}, {"a", Json::array()}, {"c", Json::object()}}),
            R"({"a":[],"b":1,"c":{}})");
}

TEST(CanonicalJson, TellsRealsFromIntegers) {
  EXPECT_EQ(canonicalJson(Json(1)), "1");
  EXPECT_EQ(canonicalJson(Json(1.0)), "1.0");
  EXPECT_EQ(canonicalJson(Json(2e-5)), "2e-05");
  EXPECT_EQ(canonicalJson(Json(-0.0)), "-0.0");
  EXPECT_EQ(canonicalJson(Json(1e300)), "1e+300");
}

TEST(CanonicalJson, WritesNonFiniteNumbersAsStrings) {
  EXPECT_EQ(canonicalJson(Json::array({std::nan(""),
                                       std::numeric_limits<double>::infinity(),
                                       -std::numeric_limits<double>::infinity()})),
            R"(["NaN","Infinity","-Infinity"])");
}

TEST(CanonicalJson, EscapesStrings) {
  EXPECT_EQ(canonicalJson(Json("a\"b\\c\n\x01é")), R"("a\"b\\c\u000a\u0001é")");
}

TEST(CanonicalJson, RepairsMalformedUtf8) {
  EXPECT_EQ(canonicalJson(Json("a\xFF\xC3z")), "\"a\uFFFD\uFFFDz\"");
}

TEST(CanonicalJson, ReadsBackToTheSameTree) {
  const Json tree = {{"reals", {0.1, 1.0, -1e-310, 123456789.125}},
                     {"large", std::numeric_limits<std::uint64_t>::max()},
                     {"small", std::numeric_limits<std::int64_t>::min()},
                     {"text", "quote \" slash \\ tab \t and é"},
                     {"nested", {{"empty", Json::object()}, {"none", nullptr}, {"yes", true}}}};
  const auto back = parseJson(canonicalJson(tree));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, tree);
  EXPECT_EQ(canonicalJson(*back), canonicalJson(tree));
}

Json randomTree(std::mt19937_64& generator, int depth) {
  switch (generator() % (depth > 0 ? 8 : 6)) {
    case 0:
      return nullptr;
    case 1:
      return generator() % 2 == 0;
    case 2:
      return static_cast<std::int64_t>(generator());
    case 3:
      return generator();
    case 4: {
      const double real =
          std::ldexp(static_cast<double>(generator()), static_cast<int>(generator() % 1900) - 1000);
      return std::isfinite(real) ? real : 0.0;
    }
    case 5: {
      std::string text;
      for (std::size_t length = generator() % 6; length > 0; --length) {
        text += std::string("a\"\\\n\x01/é").substr(generator() % 6, 1);
      }
      return text;
    }
    case 6: {
      Json list = Json::array();
      for (std::size_t length = generator() % 5; length > 0; --length) {
        list.push_back(randomTree(generator, depth - 1));
      }
      return list;
    }
    default: {
      Json object = Json::object();
      for (std::size_t length = generator() % 5; length > 0; --length) {
        object["k" + std::to_string(generator() % 20)] = randomTree(generator, depth - 1);
      }
      return object;
    }
  }
}

TEST(CanonicalJson, ReadsBackWhateverTheTree) {
  std::mt19937_64 generator(3);
  for (int round = 0; round < 1000; ++round) {
    const Json tree = randomTree(generator, 5);
    const std::string text = canonicalJson(tree);
    const auto back = parseJson(text);
    ASSERT_TRUE(back) << text;
    ASSERT_EQ(canonicalJson(*back), text);
    ASSERT_EQ(*back, tree) << text;
  }
}

TEST(ParseJson, SurvivesDamagedTexts) {
  std::mt19937_64 generator(4);
  const std::string good =
      canonicalJson(randomTree(generator, 6)) + R"({"a":[1,{"b":"c"}],"d":-1.5e3,"e":null})";
  const std::string text = R"({"a":[1,{"b":"c\u00e9"}],"d":-1.5e3,"e":null,"f":[[],{}]})";
  int accepted = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string damaged = text;
    damaged[generator() % damaged.size()] = static_cast<char>(generator());
    const auto json = parseJson(damaged);
    accepted += json ? 1 : 0;
    if (!json) {
      ASSERT_EQ(json.error().code, ErrorCode::kInvalidData);
      ASSERT_THAT(json.error().message, HasSubstr("invalid JSON"));
    }
  }
  EXPECT_GT(accepted, 0) << "a changed digit is still a number";
  EXPECT_LT(accepted, 1000);
  EXPECT_FALSE(parseJson(good)) << "two values";
}

}  // namespace
}  // namespace retort
