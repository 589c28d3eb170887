#include "trainers/data/data_settings.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace retort::train {

TEST(DataSettings, AreDeclaredWithDefaultsAndDocumentation) {
  std::set<std::string> keys;
  for (const auto* specs :
       {&dataSettings().specs(), &tableTaskSettings().specs(), &agreementSettings().specs()}) {
    for (const SettingSpec& spec : *specs) {
      EXPECT_TRUE(keys.insert(spec.key).second) << spec.key;
      EXPECT_TRUE(spec.key.starts_with("data.")) << spec.key;
      EXPECT_FALSE(spec.documentation.empty()) << spec.key;
      EXPECT_TRUE(spec.is_required || !spec.default_value.is_null()) << spec.key;
    }
  }
  EXPECT_TRUE(keys.contains("data.task"));
}

TEST(DataSettings, ReadTheirValues) {
  const DataSettings data = dataSettings().read(
      {{"data.task", "cola"}, {"data.max_length", 32}, {"data.shuffle", false}});
  const TableTaskSettings table = tableTaskSettings().read(
      {{"data.table.labels", Json::array({"no", "yes"})}, {"data.table.regression", true}});
  const AgreementSettings agreement =
      agreementSettings().read({{"data.agreement.nesting", 2}, {"data.agreement.object", true}});

  EXPECT_EQ(data.task, "cola");
  EXPECT_EQ(data.max_length, 32);
  EXPECT_EQ(data.padding, "fixed");
  EXPECT_FALSE(data.shuffle);
  EXPECT_EQ(table.labels, (std::vector<std::string>{"no", "yes"}));
  EXPECT_TRUE(table.is_regression);
  EXPECT_EQ(agreement.nesting, 2);
  EXPECT_TRUE(agreement.has_object);
}

TEST(DataSettings, ThePathIsAnInputThatOnlyFilesNeed) {
  for (const SettingSpec& spec : dataSettings().specs()) {
    if (spec.key == "data.path") {
      EXPECT_EQ(spec.type, SettingType::kPath);
      EXPECT_TRUE(spec.is_required);
      EXPECT_EQ(spec.when.at(0).none_of, (std::vector<Json>{"agreement", "grammar"}));
    }
  }
}

}  // namespace retort::train
