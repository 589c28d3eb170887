#include "core/base/file_name.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <unistd.h>

namespace retort {
namespace {

/// What bash makes of a word: its bytes, followed by an end mark.
std::string readByBash(const std::string& word) {
  // The word goes through a here-document's file, not through this test's own quoting.
  const std::filesystem::path script =
      std::filesystem::temp_directory_path() / ("retort-quote-" + std::to_string(getpid()));
  std::FILE* file = std::fopen(script.c_str(), "w");
  const std::string text = "printf '%s|' " + word + "\n";
  std::fwrite(text.data(), 1, text.size(), file);
  std::fclose(file);
  std::FILE* bash = popen(("bash " + script.string()).c_str(), "r");
  std::string output;
  std::array<char, 4096> buffer{};
  for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), bash)) > 0;) {
    output.append(buffer.data(), n);
  }
  EXPECT_EQ(pclose(bash), 0);
  std::filesystem::remove(script);
  return output;
}

TEST(SafeFileName, KeepsPlainNames) {
  EXPECT_EQ(safeFileName("losses", ".tex"), "losses.tex");
  EXPECT_EQ(safeFileName("ternary_v1.2-a", ".pdf"), "ternary_v1.2-a.pdf");
}

TEST(SafeFileName, StaysInItsFolder) {
  for (const std::string& name :
       std::vector<std::string>{"a/b", "../../etc/passwd", "..", ".", "/", "a\\b", "C:\\x", "~"}) {
    const std::string file = safeFileName(name, ".pdf");
    EXPECT_EQ(std::filesystem::path(file).filename().string(), file) << name;
    EXPECT_NE(file.front(), '.') << name;
  }
}

TEST(SafeFileName, AvoidsDevicesOfOtherSystems) {
  for (const std::string& name : std::vector<std::string>{"CON", "nul", "com1", "LPT9", "aux.x"}) {
    EXPECT_EQ(safeFileName(name, ".pdf").front(), '_') << name;
  }
  EXPECT_EQ(safeFileName("console", ".pdf"), "console.pdf");
}

TEST(SafeFileName, IsShortAndNeverEmpty) {
  EXPECT_LE(safeFileName(std::string(300, 'x'), ".pdf").size(), 64U);
  EXPECT_EQ(safeFileName("", "").size(), 8U);  // the hash alone
  EXPECT_EQ(safeFileName("注意力", ".svg").size(), 12U);
  EXPECT_EQ(safeFileName("name.", ".svg").substr(0, 5), "name-");
}

TEST(SafeFileName, TellsChangedNamesApart) {
  std::set<std::string> files;
  for (const std::string& name : std::vector<std::string>{
           "a/b", "a:b", "a b", "a-b", "a\nb", "a\tb", "a..b/", std::string(300, 'x')}) {
    EXPECT_TRUE(files.insert(safeFileName(name, ".pdf")).second) << name;
  }
}

TEST(QuoteForShell, LeavesPlainWords) {
  EXPECT_EQ(quoteForShell("eval.accuracy"), "eval.accuracy");
  EXPECT_EQ(quoteForShell("distill=map"), "distill=map");
  EXPECT_EQ(quoteForShell(""), "''");
}

TEST(QuoteForShell, MakesOneWordThatBashReadsBack) {
  for (const std::string& text : std::vector<std::string>{"$(id)",
                                                          "`id`",
                                                          "two\nlines",
                                                          "it's",
                                                          "'",
                                                          "''",
                                                          "a b",
                                                          "\\",
                                                          "!!",
                                                          "*",
                                                          "~",
                                                          "-rf",
                                                          ";rm x",
                                                          "a\"b",
                                                          "grad_norm[layer=3,projection=q]",
                                                          "\x1b[31m",
                                                          "größer 🔥",
                                                          ""}) {
    EXPECT_EQ(readByBash(quoteForShell(text)), text + "|");
  }
}

}  // namespace
}  // namespace retort
