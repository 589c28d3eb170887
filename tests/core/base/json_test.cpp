#include "core/base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

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

}  // namespace
}  // namespace retort
