#include "trainers/io/safetensors_header.h"

#include "tests/trainers/io/expect_train_error.h"
#include "tests/trainers/io/safetensors_bytes.h"

#include <gtest/gtest.h>

#include <random>

namespace retort::train {

namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string lengthError(std::string_view bytes, std::uint64_t file_size) {
  return testing::errorOf(ExitCode::kBadData, [&] {
    static_cast<void>(safetensorsHeaderLength("m.safetensors", bytes, file_size));
  });
}

std::string lengthError(std::string_view bytes) {
  return lengthError(bytes, bytes.size());
}

std::string headerError(std::string_view text, std::uint64_t data_size = 16) {
  return testing::errorOf(ExitCode::kBadData, [&] {
    static_cast<void>(parseSafetensorsHeader("m.safetensors", text, data_size));
  });
}

/// The error for one tensor `w` with these members.
std::string entryError(const std::string& members, std::uint64_t data_size = 16) {
  return headerError(R"({"w":{)" + members + "}}", data_size);
}

std::string entryJson(const std::string& name, const std::string& offsets) {
  return "\"" + name + R"(":{"dtype":"F32","shape":[2],"data_offsets":)" + offsets + "}";
}

}  // namespace

TEST(SafetensorsHeaderLength, ReadsEightBytesLittleEndian) {
  const std::string bytes = testing::safetensorsBytes(R"({"a":1})" + std::string(633, ' '), 0);

  // 640 is 0x280: its bytes are those a pickle begins with.
  EXPECT_EQ(safetensorsHeaderLength("m", bytes, bytes.size()), 640U);
}

TEST(SafetensorsHeaderLength, RefusesLengthsThatTheFileCannotHold) {
  EXPECT_EQ(lengthError(testing::littleEndian(1ULL << 63U) + "{}"),
            "m.safetensors: header length 9223372036854775808 is larger than the file (10 bytes)");
  EXPECT_THAT(lengthError(std::string(8, '\xFF') + "{}"), HasSubstr("18446744073709551615"));
  EXPECT_THAT(lengthError(testing::littleEndian(3) + "{}"), HasSubstr("larger than the file"));
  EXPECT_THAT(lengthError(testing::littleEndian(100'000'001) + "{}", 200'000'000),
              HasSubstr("100000001 is larger than the 100000000 bytes allowed"));
}

TEST(SafetensorsHeaderLength, RefusesFilesThatAreTooShort) {
  EXPECT_THAT(lengthError(""), HasSubstr("0 bytes, at least 8"));
  EXPECT_THAT(lengthError("seven b"), HasSubstr("7 bytes"));
}

TEST(SafetensorsHeaderLength, NamesWhatTheFileReallyIs) {
  EXPECT_THAT(lengthError("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 4\n"),
              HasSubstr("this is a git-LFS pointer"));
  EXPECT_THAT(lengthError("<!DOCTYPE html><html><body>Not found</body></html>"),
              HasSubstr("this is a web page"));
  EXPECT_THAT(lengthError("\n  <HTML lang=\"en\">"), HasSubstr("this is a web page"));
  EXPECT_THAT(lengthError("\xEF\xBB\xBF<?xml version=\"1.0\"?>"), HasSubstr("a web page"));
  EXPECT_THAT(lengthError(std::string("PK\x03\x04\x00\x00\x00\x00\x00\x00", 10)),
              HasSubstr("this is a zip archive"));
  EXPECT_THAT(lengthError(std::string("\x80\x02}q\x00X\x01\x00\x00\x00", 10)),
              HasSubstr("this is a pickle"));
  EXPECT_THAT(lengthError("<!doctype html>"), HasSubstr("this is a web page"));
}

TEST(SafetensorsHeader, ReadsTensorsInTheOrderOfTheirData) {
  const std::string text =
      R"({"__metadata__":{"format":"pt"},"a":{"dtype":"I64","shape":[],"data_offsets":[12,20]},)"
      R"("b":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12],"note":{"ignored":[1]}}}  )";

  const SafetensorsHeader header = parseSafetensorsHeader("m", text, 20);

  const std::vector<TensorEntry> expected = {
      {.name = "b", .type = TensorType::kBFloat16, .shape = {2, 3}, .begin = 0, .end = 12},
      {.name = "a", .type = TensorType::kInt64, .shape = {}, .begin = 12, .end = 20}};
  EXPECT_EQ(header.entries, expected);
  EXPECT_EQ(header.metadata.at("format"), "pt");
}

TEST(SafetensorsHeader, AcceptsEmptyTensorsAtASharedOffset) {
  const std::string text = R"({"a":{"dtype":"F32","shape":[0,5],"data_offsets":[4,4]},)"
                           R"("b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                           R"("c":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}})";

  EXPECT_EQ(parseSafetensorsHeader("m", text, 4).entries.size(), 3U);
  EXPECT_TRUE(parseSafetensorsHeader("m", "{}", 0).entries.empty());
}

TEST(SafetensorsHeader, RefusesWhatIsNotOneJsonObject) {
  EXPECT_THAT(headerError("not json"), HasSubstr("header is not valid JSON at byte 1"));
  EXPECT_THAT(headerError(""), HasSubstr("it is empty"));
  EXPECT_THAT(headerError("[1]"), HasSubstr("not valid JSON"));
  EXPECT_THAT(headerError(" {}"), HasSubstr("not valid JSON"));
  EXPECT_THAT(headerError("{}\n"), HasSubstr("not valid JSON"));
  EXPECT_THAT(headerError("{} x {}"), HasSubstr("not valid JSON"));
  EXPECT_THAT(headerError("{\"a\":\xFF\xFE}"), HasSubstr("not valid JSON"));
  EXPECT_THAT(headerError(R"({"a":{"dtype":"F32",}})"), HasSubstr("at byte"));
}

TEST(SafetensorsHeader, RefusesDeepNestingWithoutRecursion) {
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');

  EXPECT_THAT(headerError("{\"a\":" + deep + "}"), HasSubstr("nested deeper than 128"));
}

TEST(SafetensorsHeader, RefusesRepeatedKeys) {
  EXPECT_THAT(headerError("{" + entryJson("w", "[0,8]") + "," + entryJson("w", "[0,8]") + "}", 8),
              HasSubstr("\"w\" is given twice"));
  EXPECT_THAT(headerError(R"({"__metadata__":{},"__metadata__":{}})", 0), HasSubstr("given twice"));
}

TEST(SafetensorsHeader, RefusesOverlapAndHoles) {
  const auto two = [](const std::string& first, const std::string& second) {
    return "{" + entryJson("a", first) + "," + entryJson("b", second) + "}";
  };

  EXPECT_EQ(headerError(two("[0,8]", "[4,12]"), 12),
            "m.safetensors: tensors \"a\" [0, 8] and \"b\" [4, 12] overlap");
  EXPECT_THAT(headerError(two("[0,8]", "[0,8]"), 8), HasSubstr("\"a\" [0, 8] and \"b\" [0, 8]"));
  EXPECT_THAT(headerError(two("[0,8]", "[12,20]"), 20), HasSubstr("leave a hole"));
  EXPECT_THAT(headerError(two("[4,12]", "[12,20]"), 20), HasSubstr("does not begin at 0"));
  EXPECT_THAT(headerError(two("[0,8]", "[8,16]"), 20),
              HasSubstr("4 bytes after the last tensor \"b\" [8, 16]"));
  EXPECT_THAT(headerError("{}", 3), HasSubstr("3 bytes after no tensor"));
}

TEST(SafetensorsHeader, RefusesBadOffsets) {
  const std::string start = R"("dtype":"F32","shape":[4],"data_offsets":)";

  EXPECT_THAT(entryError(start + "[0,16]", 8),
              AllOf(HasSubstr("\"w\" [0, 16]"), HasSubstr("the file is cut off")));
  EXPECT_THAT(entryError(start + "[16,0]"), HasSubstr("[16, 0] end before they begin"));
  EXPECT_THAT(entryError(start + "[-16,0]"), HasSubstr("found [-16,0]"));
  EXPECT_THAT(entryError(start + "[0,18446744073709551616]"), HasSubstr("non-negative integers"));
  EXPECT_THAT(entryError(start + "[0.0,16.0]"), HasSubstr("non-negative integers"));
  EXPECT_THAT(entryError(start + "[0]"), HasSubstr("two non-negative integers"));
  EXPECT_THAT(entryError(start + "[0,8,16]"), HasSubstr("two non-negative integers"));
  EXPECT_THAT(entryError(start + "\"0\""), HasSubstr("two non-negative integers"));
  EXPECT_THAT(entryError(R"("dtype":"F32","shape":[4])"), HasSubstr("data_offsets is missing"));
}

TEST(SafetensorsHeader, RefusesShapesThatDoNotFit) {
  const auto shaped = [](const std::string& shape) {
    return entryError(R"("dtype":"F32","data_offsets":[0,16],"shape":)" + shape);
  };

  EXPECT_EQ(shaped("[5]"),
            "m.safetensors: tensor \"w\": data_offsets [0, 16] hold 16 bytes, but shape [5] of F32 "
            "needs 20");
  // The product of the first wraps to 4 elements in 64 bits, that of the second to none.
  EXPECT_THAT(shaped("[4194305,4194305,211106198978564]"), HasSubstr("does not fit 64 bits"));
  EXPECT_THAT(shaped("[4294967296,4294967296]"), HasSubstr("does not fit 64 bits"));
  EXPECT_THAT(shaped("[0,4294967296,4294967296]"), HasSubstr("does not fit 64 bits"));
  EXPECT_THAT(shaped("[18446744073709551615]"), HasSubstr("does not fit 64 bits"));
  EXPECT_THAT(shaped("[-4]"), HasSubstr("[-4] is not made of non-negative integers"));
  EXPECT_THAT(shaped("[4.0]"), HasSubstr("not made of non-negative integers"));
  EXPECT_THAT(shaped("4"), HasSubstr("shape must be an array"));
  EXPECT_THAT(shaped("[]"), HasSubstr("needs 4"));
}

TEST(SafetensorsHeader, RefusesUnknownTypes) {
  const std::string rest = R"(,"shape":[4],"data_offsets":[0,16])";

  EXPECT_EQ(entryError(R"("dtype":"F8_E4M3")" + rest),
            "m.safetensors: tensor \"w\": unknown dtype \"F8_E4M3\"; supported: F64, F32, F16, "
            "BF16, I64, I32, I16, I8, U8, BOOL");
  EXPECT_THAT(entryError(R"("dtype":"f32")" + rest), HasSubstr("unknown dtype \"f32\""));
  EXPECT_THAT(entryError(R"("dtype":7)" + rest), HasSubstr("dtype is not a string"));
  EXPECT_THAT(entryError(R"("shape":[4],"data_offsets":[0,16])"), HasSubstr("dtype is missing"));
  EXPECT_THAT(entryError(R"("dtype":"BF16","shape":[8],"data_offsets":[0,15])", 15),
              HasSubstr("hold 15 bytes"));
}

TEST(SafetensorsHeader, RefusesOtherMetadataThanStrings) {
  EXPECT_THAT(headerError(R"({"__metadata__":{"step":3}})", 0), HasSubstr("\"step\""));
  EXPECT_THAT(headerError(R"({"__metadata__":[]})", 0), HasSubstr("not an object"));
  EXPECT_THAT(headerError(R"({"w":[]})", 0), HasSubstr("its entry is not an object"));
}

TEST(SafetensorsHeader, ShortensHostileNamesInMessages) {
  const std::string message =
      headerError("{\"" + std::string(1'000'000, 'x') + "\\u001b[31m\":{}}", 0);

  EXPECT_LT(message.size(), 400U);
  EXPECT_THAT(message, StartsWith("m.safetensors: tensor \"xxx"));
  EXPECT_THAT(headerError("{\"\\u001b[31m\":{}}", 0), HasSubstr("\\u001b[31m"));
}

TEST(SafetensorsHeader, IsFormattedAsHuggingFaceDoes) {
  // Written by safetensors 0.5: python3 -c "safetensors.numpy.save({'w': zeros(3, float32)},
  // metadata={'format': 'pt'})"
  const SafetensorsHeader header = {
      .metadata = {{"format", "pt"}},
      .entries = {
          {.name = "w", .type = TensorType::kFloat32, .shape = {3}, .begin = 0, .end = 12}}};

  const std::string bytes = formatSafetensorsHeader(header);

  EXPECT_EQ(bytes.substr(0, 8), testing::littleEndian(bytes.size() - 8));
  EXPECT_EQ(
      bytes.substr(8),
      R"({"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}})"
      "  ");
  EXPECT_EQ(parseSafetensorsHeader("m", bytes.substr(8), 12), header);
}

TEST(SafetensorsHeader, SurvivesTenThousandMutations) {
  const std::string sound =
      R"({"__metadata__":{"format":"pt"},"a.weight":{"dtype":"F32","shape":[2,3],)"
      R"("data_offsets":[0,24]},"b":{"dtype":"BOOL","shape":[8],"data_offsets":[24,32]}})";
  const std::string replacements = "{}[]\",:0123456789-.eE \\u\xFF\x00";
  std::mt19937_64 random(7);
  const auto below = [&](std::size_t bound) {
    return static_cast<std::size_t>(random() % bound);
  };
  int accepted = 0;

  for (int round = 0; round < 10'000; ++round) {
    std::string text = sound;
    for (std::size_t edits = 1 + below(4); edits > 0; --edits) {
      const std::size_t place = below(text.size());
      switch (below(4)) {
        case 0:
          text[place] = replacements[below(replacements.size())];
          break;
        case 1:
          text.erase(place, 1 + below(8));
          break;
        case 2:
          text.insert(place, text.substr(below(text.size()), below(20)));
          break;
        default:
          text[place] = static_cast<char>(text[place] ^ static_cast<char>(1U << below(8)));
      }
      text += text.empty() ? "{" : "";
    }
    try {
      const SafetensorsHeader header = parseSafetensorsHeader("fuzz", text, 32);
      ++accepted;
      // What is accepted covers the data exactly.
      EXPECT_EQ(header.entries.empty() ? 0U : header.entries.back().end, 32U);
    } catch (const TrainError& error) {
      EXPECT_THAT(error.what(), StartsWith("fuzz: "));
    }
  }
  EXPECT_GT(accepted, 0);
  EXPECT_LT(accepted, 5'000);
}

}  // namespace retort::train
