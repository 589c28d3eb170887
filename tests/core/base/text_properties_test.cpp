#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>
#include <string>
#include <vector>

/// Properties that must hold for any text and number, tried on many random ones.
namespace retort {
namespace {

std::string randomBytes(std::mt19937_64& random, std::size_t length) {
  std::string bytes(length, '\0');
  for (char& byte : bytes) {
    byte = static_cast<char>(random() & 0xFF);
  }
  return bytes;
}

/// One well-formed character, of one to four bytes.
std::string encode(char32_t point) {
  std::string text;
  const auto add = [&](char32_t byte) {
    text += static_cast<char>(byte);
  };
  if (point < 0x80) {
    add(point);
  } else if (point < 0x800) {
    add(0xC0 | (point >> 6));
    add(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    add(0xE0 | (point >> 12));
    add(0x80 | ((point >> 6) & 0x3F));
    add(0x80 | (point & 0x3F));
  } else {
    add(0xF0 | (point >> 18));
    add(0x80 | ((point >> 12) & 0x3F));
    add(0x80 | ((point >> 6) & 0x3F));
    add(0x80 | (point & 0x3F));
  }
  return text;
}

/// Edit distance with transpositions of neighbours (optimal string alignment), by its recurrence.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      d[i][j] = std::min(
          {d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

TEST(FormatDoubleProperty, ReadsBackToTheSameBits) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const auto value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) {
      continue;
    }
    const auto back = parseDouble(formatDouble(value));
    ASSERT_TRUE(back.has_value()) << formatDouble(value);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(*back), std::bit_cast<std::uint64_t>(value));
  }
}

TEST(ParseIntegerProperty, ReadsBackEveryInteger) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 20'000; ++i) {
    const auto value = static_cast<std::int64_t>(random()) >> (random() % 64);
    EXPECT_EQ(parseInteger(std::to_string(value)), value);
    EXPECT_FALSE(parseInteger(std::to_string(value) + " ").has_value());
  }
}

TEST(Utf8Property, AcceptsEveryCharacterAndNoSurrogate) {
  for (char32_t point = 1; point <= 0x10FFFF; point += point < 0x3000 ? 1 : 37) {
    const bool is_surrogate = point >= 0xD800 && point <= 0xDFFF;
    EXPECT_EQ(isValidUtf8(encode(point)), !is_surrogate) << static_cast<std::uint32_t>(point);
  }
}

TEST(Utf8Property, RefusesEveryCutCharacterAtItsFirstByte) {
  for (const char32_t point : {U'é', U'漢', U'😀'}) {
    const std::string whole = encode(point);
    for (std::size_t length = 1; length < whole.size(); ++length) {
      std::size_t bad = 99;
      EXPECT_FALSE(isValidUtf8("ab" + whole.substr(0, length), &bad));
      EXPECT_EQ(bad, 2U);
    }
  }
}

// E10: whatever a trainer prints, a terminal is not told to do anything.
TEST(EscapeForTerminalProperty, LeavesNoControlCharacterAndValidText) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 3000; ++i) {
    const std::string shown = escapeForTerminal(randomBytes(random, random() % 40));
    EXPECT_TRUE(isValidUtf8(shown));
    for (std::size_t at = 0; at < shown.size(); ++at) {
      const auto byte = static_cast<unsigned char>(shown[at]);
      EXPECT_GE(byte, 0x20);
      EXPECT_NE(byte, 0x7F);
      if (byte == 0xC2 && at + 1 < shown.size()) {
        EXPECT_GE(static_cast<unsigned char>(shown[at + 1]), 0xA0) << "a C1 control code";
      }
    }
  }
}

TEST(EscapeForTerminalProperty, KeepsPlainTextAsItIs) {
  for (const char* text : {"loss 0.25", "Größe", "漢字", "a/b:c [d]"}) {
    EXPECT_EQ(escapeForTerminal(text), text);
  }
}

TEST(SplitStringProperty, IsUndoneByJoining) {
  std::mt19937_64 random(4);
  for (int i = 0; i < 2000; ++i) {
    std::string text(random() % 12, 'x');
    for (char& letter : text) {
      letter = "ab,"[random() % 3];
    }
    const auto parts = splitString(text, ',');
    EXPECT_EQ(joinStrings(parts, ","), text);
    for (const std::string& part : parts) {
      EXPECT_EQ(part.find(','), std::string::npos);
    }
  }
}

TEST(NearestNameProperty, NamesNoneThatIsFartherThanAnother) {
  std::mt19937_64 random(5);
  const auto word = [&] {
    std::string text(3 + random() % 6, 'a');
    for (char& letter : text) {
      letter = static_cast<char>('a' + random() % 3);
    }
    return text;
  };
  for (int i = 0; i < 2000; ++i) {
    std::vector<std::string> candidates;
    for (int n = 0; n < 5; ++n) {
      candidates.push_back(word());
    }
    const std::string given = word();
    const auto nearest = nearestName(given, candidates);
    if (!nearest) {
      continue;
    }
    for (const std::string& other : candidates) {
      EXPECT_LE(distance(given, *nearest), distance(given, other)) << given << " -> " << *nearest;
    }
  }
}

/// A random tree of at most `depth` levels.
Json randomTree(std::mt19937_64& random, int depth) {
  switch (random() % (depth > 0 ? 7 : 5)) {
    case 0:
      return nullptr;
    case 1:
      return random() % 2 == 0;
    case 2:
      return static_cast<std::int64_t>(random());
    case 3:
      return std::ldexp(static_cast<double>(random() % 1000), static_cast<int>(random() % 40) - 20);
    case 4:
      return "t" + encode(0x20 + static_cast<char32_t>(random() % 0x500));
    case 5: {
      Json list = Json::array();
      for (std::size_t i = 0; i < random() % 4; ++i) {
        list.push_back(randomTree(random, depth - 1));
      }
      return list;
    }
    default: {
      Json map = Json::object();
      for (std::size_t i = 0; i < random() % 4; ++i) {
        map["k" + std::to_string(random() % 10)] = randomTree(random, depth - 1);
      }
      return map;
    }
  }
}

TEST(CanonicalJsonProperty, ReadsBackToTheSameTreeAndText) {
  std::mt19937_64 random(6);
  for (int i = 0; i < 3000; ++i) {
    const Json tree = randomTree(random, 4);
    const std::string text = canonicalJson(tree);
    const auto back = parseJson(text);
    ASSERT_TRUE(back.has_value()) << text;
    EXPECT_EQ(*back, tree) << text;
    EXPECT_EQ(canonicalJson(*back), text);
  }
}

TEST(ParseJsonProperty, NeverAcceptsATruncatedObject) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 300; ++i) {
    const std::string text = canonicalJson(Json{{"tree", randomTree(random, 3)}});
    for (std::size_t length = 0; length < text.size(); ++length) {
      EXPECT_FALSE(parseJson(text.substr(0, length)).has_value()) << text.substr(0, length);
    }
  }
}

}  // namespace
}  // namespace retort
