#include "experiments/spec_file.h"

#include "tests/core/base/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace retort::experiments {
namespace {

using retort::testing::contentsOf;
using retort::testing::TempFolder;
using ::testing::HasSubstr;

RunSpec sampleSpec() {
  RunSpec spec;
  spec.run_id = "00e1234567890123";  // without quotes it would be a number
  spec.trainer = "retort-train";
  spec.release = "1.0";
  spec.settings = {{"train.epochs", 3},
                   {"train.learning_rate", 2e-5},
                   {"train.clip", 1.0},
                   {"deterministic", true},
                   {"freeze", {"o", "layer:3/q", "no"}},
                   {"data.path", "/data/a b/ünï"},
                   {"probe.none", Json::array()}};
  spec.inputs = {{"data.path", "/data/a b/ünï", std::string(64, '0'), ""},
                 {"model.teacher", "../0123456789abcdef/model", "", "0123456789abcdef"}};
  spec.settings["model.teacher"] = "run:0123456789abcdef/model";
  return spec;
}

TEST(SpecFile, ReadsBackWhatItWrote) {
  const TempFolder folder;
  ASSERT_TRUE(writeSpecFile(folder / "spec.yaml", sampleSpec()));
  const auto back = readSpecFile(folder / "spec.yaml");
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, sampleSpec());
}

TEST(SpecFile, IsWrittenForPeople) {
  const std::string text = formatSpec(sampleSpec());
  EXPECT_THAT(text,
              HasSubstr("\nrun: \"00e1234567890123\"\ntrainer: retort-train\nrelease: \"1.0\"\n"));
  EXPECT_THAT(text,
              HasSubstr("\n  train:\n    clip: 1.0\n    epochs: 3\n    learning_rate: 2e-05\n"));
  EXPECT_THAT(text, HasSubstr("\n  freeze: [o, layer:3/q, \"no\"]\n"));
  EXPECT_THAT(text, HasSubstr("\ninputs:\n  - key: data.path\n    path: \"/data/a b/ünï\"\n"));
}

TEST(SpecFile, KeepsEveryTextExactly) {
  const std::vector<std::string> texts = {"",
                                          " ",
                                          "no",
                                          "yes",
                                          "0123",
                                          "1e5",
                                          "12",
                                          "-3",
                                          ".5",
                                          "true",
                                          "null",
                                          "~",
                                          "a: b",
                                          "a #b",
                                          "# c",
                                          "- d",
                                          "[e]",
                                          "{f}",
                                          "'g'",
                                          "\"h\"",
                                          "back\\slash",
                                          "tab\there",
                                          "two\nlines\n",
                                          "\n",
                                          "trailing ",
                                          " leading",
                                          "ü 中 😀",
                                          "*i",
                                          "&j",
                                          "!k",
                                          "%l",
                                          "@m",
                                          "`n",
                                          "|",
                                          ">",
                                          "?",
                                          "...",
                                          "---",
                                          "<<",
                                          "1:30",
                                          "0x1F",
                                          ".nan",
                                          "a,b",
                                          "0,5",
                                          "\u2028",
                                          "\x7f",
                                          "\u0085",
                                          "\uFEFF",
                                          "C:\\x",
                                          "key:",
                                          "null ",
                                          "2026-11-22",
                                          "\x01",
                                          "${x}",
                                          "=",
                                          "run:id/model"};
  RunSpec spec = sampleSpec();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    spec.settings["text.t" + std::to_string(i)] = texts[i];
  }
  spec.settings["text.all"] = texts;
  const auto back = parseSpec(formatSpec(spec), "spec.yaml");
  ASSERT_TRUE(back) << back.error().message;
  for (const auto& [key, value] : spec.settings) {
    EXPECT_EQ(canonicalJson(back->settings.at(key)), canonicalJson(value)) << key;
  }
  EXPECT_EQ(*back, spec);
}

TEST(SpecFile, KeepsRandomTextsAndNumbers) {
  std::mt19937_64 generator(3);
  const std::string alphabet = "ab01 .:-#[]{}\"'\\\n\t,&*!|>%@`~=eEx_+$";
  RunSpec spec = sampleSpec();
  for (int i = 0; i < 500; ++i) {
    std::string text;
    for (std::size_t length = generator() % 12; length > 0; --length) {
      text += alphabet[generator() % alphabet.size()];
    }
    spec.settings["text.t" + std::to_string(i)] = text;
    spec.settings["real.r" + std::to_string(i)] =
        std::ldexp(static_cast<double>(generator()), static_cast<int>(generator() % 600) - 300);
    spec.settings["integer.i" + std::to_string(i)] = static_cast<std::int64_t>(generator());
  }
  const auto back = parseSpec(formatSpec(spec), "spec.yaml");
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, spec);
}

TEST(SpecFile, RefusesWithPlaces) {
  const auto message = [](const std::string& text) {
    const auto spec = parseSpec(text, "d/spec.yaml");
    EXPECT_TRUE(!spec && spec.error().code == ErrorCode::kInvalidConfig);
    return spec ? "" : spec.error().message;
  };
  EXPECT_THAT(message(""), HasSubstr("expected a map at the top"));
  EXPECT_THAT(message("retort: 1\nretort: 1\n"),
              HasSubstr("d/spec.yaml:2:1: retort is given twice"));
  EXPECT_THAT(message("retort: 999\nsettings: {}\n"),
              HasSubstr("d/spec.yaml: the spec is of version 999"));
  EXPECT_THAT(message("a: [\n"), HasSubstr("d/spec.yaml:"));
  EXPECT_THAT(message("a: \xFF"), HasSubstr("d/spec.yaml: not UTF-8 at byte 4"));
  EXPECT_EQ(readSpecFile("/nowhere/spec.yaml").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace retort::experiments
