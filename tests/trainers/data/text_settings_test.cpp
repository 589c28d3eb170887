#include "trainers/data/text_settings.h"

#include <gtest/gtest.h>

#include <set>

namespace retort::train {

namespace {

template <class Group>
void expectDeclared(const Group& group, const std::string& prefix) {
  std::set<std::string> keys;
  for (const SettingSpec& spec : group.specs()) {
    EXPECT_TRUE(spec.key.starts_with(prefix)) << spec.key;
    EXPECT_EQ(spec.when.at(0).key, "data.task") << spec.key;
    EXPECT_FALSE(spec.documentation.empty()) << spec.key;
    EXPECT_EQ(spec.default_value.is_null(), spec.type == SettingType::kPath) << spec.key;
    EXPECT_TRUE(keys.insert(spec.key).second) << spec.key;
    if (spec.minimum && spec.default_value.is_number()) {
      EXPECT_GE(spec.default_value.template get<double>(), *spec.minimum) << spec.key;
    }
    if (spec.maximum) {
      EXPECT_LE(spec.default_value.template get<double>(), *spec.maximum) << spec.key;
    }
    if (!spec.choices.empty()) {
      EXPECT_NE(std::find(spec.choices.begin(), spec.choices.end(), spec.default_value),
                spec.choices.end())
          << spec.key;
    }
  }
}

}  // namespace

TEST(TextSettings, EachIsDeclaredOnceWithItsDefault) {
  expectDeclared(textSettings(), "data.text.");
  expectDeclared(grammarSettings(), "data.grammar.");
}

TEST(TextSettings, AreReadFromTheRunsSettings) {
  const TextSettings text = textSettings().read({{"data.text.template", "llama3"},
                                                 {"data.text.add_eos", false},
                                                 {"data.text.validation_share", 0.25}});
  const GrammarSettings grammar =
      grammarSettings().read({{"data.grammar.copied", 9}, {"data.grammar.seed", 4}});

  EXPECT_EQ(text.chat_template, "llama3");
  EXPECT_FALSE(text.add_eos);
  EXPECT_EQ(text.validation_share, 0.25);
  EXPECT_EQ(text.packing, "packed");
  EXPECT_EQ(grammar.copied, 9);
  EXPECT_EQ(grammar.seed, 4);
  EXPECT_EQ(grammar.phrases, 3);
}

}  // namespace retort::train
