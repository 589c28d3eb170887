#include "core/settings/catalogue.h"

#include "tests/core/settings/sample_catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace retort {
namespace {

using ::testing::HasSubstr;
using testing::sampleCatalogue;

TEST(Catalogue, ReadsBackWhatItWrote) {
  const Catalogue catalogue = sampleCatalogue();
  const auto text = parseJson(canonicalJson(toJson(catalogue)));
  ASSERT_TRUE(text);
  const auto back = catalogueFromJson(*text);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, catalogue);
}

TEST(Catalogue, FindsSettingsMetricsAndTheSeed) {
  const Catalogue catalogue = sampleCatalogue();
  ASSERT_NE(catalogue.findSetting("train.epochs"), nullptr);
  EXPECT_EQ(catalogue.findSetting("train.epochs")->default_value, Json(3));
  EXPECT_EQ(catalogue.findSetting("train"), nullptr);
  ASSERT_NE(catalogue.findMetric("grad_norm"), nullptr);
  EXPECT_EQ(catalogue.findMetric("nothing"), nullptr);
  ASSERT_NE(catalogue.seedSetting(), nullptr);
  EXPECT_EQ(catalogue.seedSetting()->key, "seed");
  EXPECT_EQ(Catalogue().seedSetting(), nullptr);
}

TEST(Catalogue, LeavesOutWhatIsDefault) {
  const Json json = toJson(sampleCatalogue());
  const Json& deterministic = json["settings"][3];
  EXPECT_EQ(canonicalJson(deterministic),
            R"({"default":true,"documentation":"documentation of deterministic",)"
            R"("key":"deterministic","type":"boolean"})");
}

TEST(Catalogue, AcceptsTheShortestHandWrittenOne) {
  const auto json = parseJson(R"({"version": 1, "trainer": "t.py", "release": "x",
                                  "settings": [{"key": "lr", "type": "real", "future": 1}]})");
  const auto catalogue = catalogueFromJson(*json);
  ASSERT_TRUE(catalogue) << catalogue.error().message;
  EXPECT_EQ(catalogue->settings[0].type, SettingType::kReal);
  EXPECT_TRUE(catalogue->settings[0].affects_result);
}

TEST(Catalogue, NamesTypesAsUsersReadThem) {
  EXPECT_EQ(settingTypeName(SettingType::kInteger), "integer");
  EXPECT_EQ(settingTypeName(SettingType::kStringList), "string list");
}

Json& settingIn(Json& catalogue, const std::string& key) {
  for (Json& setting : catalogue["settings"]) {
    if (setting["key"] == key) {
      return setting;
    }
  }
  return catalogue["settings"].back();
}

Json& paperPreset(Json& catalogue, std::size_t place) {
  return settingIn(catalogue, "recipe")["presets"]["paper"][place];
}

struct BadCatalogue {
  const char* name;
  std::function<void(Json&)> damage;
  const char* message;
};

class CatalogueRefuses : public ::testing::TestWithParam<BadCatalogue> {};

TEST_P(CatalogueRefuses, WithTheProtocolCodeAndThePlace) {
  Json json = toJson(sampleCatalogue());
  GetParam().damage(json);
  const auto catalogue = catalogueFromJson(json);
  ASSERT_FALSE(catalogue);
  EXPECT_EQ(catalogue.error().code, ErrorCode::kProtocol);
  EXPECT_THAT(catalogue.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Cases,
    CatalogueRefuses,
    ::testing::Values(
        BadCatalogue{"not_an_object", [](Json& j) { j = Json::array(); }, "is not an object"},
        BadCatalogue{"no_version", [](Json& j) { j.erase("version"); }, "'version' is missing"},
        BadCatalogue{"version", [](Json& j) { j["version"] = 999; }, "it has version 999"},
        BadCatalogue{"no_release", [](Json& j) { j.erase("release"); }, "'release' is missing"},
        BadCatalogue{"list", [](Json& j) { j["metrics"] = 1; }, "'metrics' is not a list"},
        BadCatalogue{"item", [](Json& j) { j["settings"][1] = 7; }, "settings[1]: is not"},
        BadCatalogue{"key", [](Json& j) { j["settings"][1]["key"] = "A b"; }, "lower-case words"},
        BadCatalogue{"dots", [](Json& j) { j["settings"][1]["key"] = "a..b"; }, "lower-case words"},
        BadCatalogue{
            "twice", [](Json& j) { j["settings"][1] = j["settings"][0]; }, "declared twice"},
        BadCatalogue{"group",
                     [](Json& j) { j["settings"][1]["key"] = "train"; },
                     "setting train cannot be a group with train."},
        BadCatalogue{"type", [](Json& j) { j["settings"][1]["type"] = "int"; }, "type 'int'"},
        BadCatalogue{"text_as_bool",
                     [](Json& j) { j["settings"][1]["required"] = 1; },
                     "settings[1]: 'required' has the wrong type"},
        BadCatalogue{"minimum",
                     [](Json& j) { j["settings"][1]["minimum"] = "0"; },
                     "'minimum' has the wrong type"},
        BadCatalogue{"default",
                     [](Json& j) { j["settings"][1]["default"] = "many"; },
                     "setting seed: bad default"},
        BadCatalogue{"no_choices", [](Json& j) { j["settings"][0].erase("choices"); }, "choices"},
        BadCatalogue{"range",
                     [](Json& j) {
                       j["settings"][1]["minimum"] = 9;
                       j["settings"][1]["maximum"] = 1;
                     },
                     "minimum is above"},
        BadCatalogue{"seeds", [](Json& j) { j["settings"][2]["seed"] = true; }, "more than one"},
        BadCatalogue{"condition",
                     [](Json& j) { j["settings"][4]["when"][0]["key"] = "phrase"; },
                     "unknown setting 'phrase'"},
        BadCatalogue{"condition_key",
                     [](Json& j) { j["settings"][4]["when"][0].erase("key"); },
                     "(model.init): when: 'key' is missing"},
        BadCatalogue{"cycle",
                     [](Json& j) {
                       j["settings"][0]["when"] = {{{"key", "model.init"}}};
                     },
                     "lead back to itself"},
        BadCatalogue{"preset",
                     [](Json& j) { settingIn(j, "freeze")["presets"]["ov"] = {1}; },
                     "preset 'ov' is not a list"},
        BadCatalogue{"preset_choice",
                     [](Json& j) { settingIn(j, "recipe")["presets"]["book"] = Json::array(); },
                     "setting recipe: preset 'book' is none of its choices"},
        BadCatalogue{"preset_list",
                     [](Json& j) { settingIn(j, "recipe")["presets"]["paper"] = 7; },
                     "setting recipe: preset 'paper' is not a list"},
        BadCatalogue{"preset_shape",
                     [](Json& j) { paperPreset(j, 1).erase("settings"); },
                     "setting recipe: preset 'paper' has an entry without settings"},
        BadCatalogue{"preset_condition_shape",
                     [](Json& j) { paperPreset(j, 1)["when"]["data.task"] = "cola"; },
                     "has conditions that are not {key: [values]}"},
        BadCatalogue{"preset_source",
                     [](Json& j) { paperPreset(j, 0)["source"] = 1; },
                     "has a source that is no text"},
        BadCatalogue{"preset_setting",
                     [](Json& j) { paperPreset(j, 0)["settings"]["train.batches"] = 3; },
                     "setting recipe: a preset sets the unknown setting 'train.batches'"},
        BadCatalogue{"preset_value",
                     [](Json& j) { paperPreset(j, 0)["settings"]["train.epochs"] = 0; },
                     "setting recipe: a preset is wrong: train.epochs is 0; it must be"},
        BadCatalogue{"preset_input",
                     [](Json& j) { paperPreset(j, 0)["settings"]["model.teacher"] = "/m"; },
                     "inputs and the seed have no presets"},
        BadCatalogue{"preset_condition",
                     [](Json& j) { paperPreset(j, 1)["when"]["task"] = {"cola"}; },
                     "setting recipe: a preset depends on the unknown setting 'task'"},
        BadCatalogue{"preset_cycle",
                     [](Json& j) { paperPreset(j, 1)["settings"]["data.task"] = "sst2"; },
                     "lead back to itself"},
        BadCatalogue{"dimension",
                     [](Json& j) { j["metrics"][0]["dimensions"] = {"depth"}; },
                     "metrics[0]: unknown dimension 'depth'"},
        BadCatalogue{"better", [](Json& j) { j["metrics"][0]["better"] = "up"; }, "'better' is"},
        BadCatalogue{"metric_twice",
                     [](Json& j) { j["metrics"][1] = j["metrics"][0]; },
                     "metric eval.accuracy is declared twice"},
        BadCatalogue{"technique",
                     [](Json& j) { j["techniques"][0]["settings"] = {"nope"}; },
                     "attention_map names the unknown setting 'nope'"}),
    [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace retort
