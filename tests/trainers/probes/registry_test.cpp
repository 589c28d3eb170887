#include "trainers/probes/registry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace retort::train {

namespace {

std::set<std::string> registeredNames() {
  std::set<std::string> names;
  for (const ProbeDefinition* probe : probeRegistry()) {
    names.insert(probe->spec.name);
  }
  return names;
}

TEST(ProbeRegistry, ListsEveryFileOfTheFolder) {
  const std::filesystem::path folder =
      std::filesystem::path(TEST_DATA_DIR) / ".." / ".." / "trainers" / "probes";
  std::set<std::string> stems;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".cpp" && entry.path().stem() != "registry") {
      stems.insert(entry.path().stem().string());
    }
  }

  EXPECT_EQ(registeredNames(), stems);
}

TEST(ProbeRegistry, IsSortedAndComplete) {
  const auto& probes = probeRegistry();
  EXPECT_EQ(registeredNames().size(), probes.size());
  for (std::size_t i = 0; i < probes.size(); ++i) {
    EXPECT_NE(probes[i]->measure, nullptr);
    EXPECT_EQ(probes[i]->spec.kind, "probe");
    EXPECT_FALSE(probes[i]->spec.documentation.empty());
    EXPECT_FALSE(probes[i]->metrics.empty());
    EXPECT_TRUE(i == 0 || probes[i - 1]->spec.name < probes[i]->spec.name);
  }
}

TEST(ProbeSettings, AreOffWithZeroAndApplyWhereThereIsATeacher) {
  const std::vector<SettingSpec> specs = probeSettingSpecs();

  const auto kl = std::find_if(specs.begin(), specs.end(), [](const SettingSpec& spec) {
    return spec.key == "probe.attention_map_kl.every";
  });
  ASSERT_NE(kl, specs.end());
  EXPECT_EQ(kl->minimum, 0);
  ASSERT_EQ(kl->when.size(), 1U);
  EXPECT_EQ(kl->when[0].key, "phase");
}

TEST(ProbeSettings, OfOneProbeBeginWithItsInterval) {
  for (const ProbeDefinition* probe : probeRegistry()) {
    const std::vector<std::string> keys = probeSettingKeys(*probe);
    ASSERT_FALSE(keys.empty());
    EXPECT_EQ(keys[0], "probe." + probe->spec.name + ".every");
    for (const std::string& key : keys) {
      EXPECT_EQ(key.find("probe." + probe->spec.name + "."), 0U) << key;
    }
    EXPECT_EQ(keys.size(), 1 + probe->settings.size() + (probe->published ? 1 : 0));
  }
}

}  // namespace

}  // namespace retort::train
