#include "trainers/io/model_folder.h"

#include "tests/core/base/temp_folder.h"
#include "tests/trainers/io/expect_train_error.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <limits>

namespace retort::train {

namespace {

namespace fs = std::filesystem;

using ::retort::testing::contentsOf;
using ::retort::testing::TempFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::vector<ExpectedTensor> kExpected = {
    {"bert.embeddings.word_embeddings.weight", {4, 2}},
    {"bert.embeddings.LayerNorm.weight", {2}},
    {"bert.encoder.layer.0.intermediate.dense.weight", {3, 2}},
    {"classifier.weight", {2, 2}, true}};

/// Tensors of the expected shapes under other names.
TensorMap tensorsNamed(const std::string& prefix, const std::string& norm = "weight") {
  return {{prefix + "embeddings.word_embeddings.weight", at::ones({4, 2}, at::kHalf)},
          {prefix + "embeddings.LayerNorm." + norm, at::full({2}, 3, at::kHalf)},
          {prefix + "encoder.layer.0.intermediate.dense.weight", at::zeros({3, 2}, at::kHalf)}};
}

/// A model folder with these weights.
class ModelFolderTest : public ::testing::Test {
 protected:
  ModelFolderTest() { folder_.write("config.json", R"({"model_type":"bert"})"); }

  void writeWeights(const TensorMap& tensors) const {
    writeSafetensors(folder_ / "model.safetensors", tensors);
  }

  [[nodiscard]] LoadedWeights load() const { return ModelFolder(folder_.path()).load(kExpected); }

  [[nodiscard]] std::string openError(ExitCode exit_code) const {
    return testing::errorOf(exit_code, [&] { static_cast<void>(ModelFolder(folder_.path())); });
  }

  [[nodiscard]] std::string loadError() const {
    return testing::errorOf(ExitCode::kBadData, [&] { static_cast<void>(load()); });
  }

  TempFolder folder_;
};

}  // namespace

TEST_F(ModelFolderTest, LoadsTensorsByName) {
  TensorMap tensors = tensorsNamed("bert.");
  tensors["classifier.weight"] = at::ones({2, 2}, at::kHalf);
  writeWeights(tensors);

  const LoadedWeights weights = load();

  EXPECT_EQ(weights.tensors.size(), 4U);
  EXPECT_EQ(weights.tensors.at("bert.embeddings.LayerNorm.weight").sum().item<double>(), 6);
  EXPECT_EQ(weights.tensors.at("classifier.weight").scalar_type(), at::kHalf);
  EXPECT_THAT(weights.absent, IsEmpty());
  EXPECT_EQ(ModelFolder(folder_.path()).config().at("model_type"), "bert");
  EXPECT_EQ(ModelFolder(folder_.path()).entries().size(), 4U);
}

TEST_F(ModelFolderTest, FindsTensorsUnderTheFamilysPrefixes) {
  for (const char* prefix : {"bert.", "electra.", ""}) {
    writeWeights(tensorsNamed(prefix, "gamma"));

    const LoadedWeights weights = load();

    EXPECT_EQ(weights.tensors.size(), 3U) << prefix;
    EXPECT_TRUE(weights.tensors.contains("bert.embeddings.LayerNorm.weight")) << prefix;
    EXPECT_THAT(weights.absent, ElementsAre("classifier.weight"));
  }
}

TEST_F(ModelFolderTest, LeavesHeadsOfOtherTasks) {
  TensorMap tensors = tensorsNamed("bert.");
  tensors["cls.predictions.bias"] = at::zeros({4});
  tensors["bert.embeddings.position_ids"] = at::arange(8, at::kLong);
  writeWeights(tensors);

  EXPECT_THAT(
      load().unused,
      ::testing::UnorderedElementsAre("cls.predictions.bias", "bert.embeddings.position_ids"));
}

TEST_F(ModelFolderTest, TabulatesWhatDoesNotFit) {
  TensorMap tensors = tensorsNamed("bert.");
  tensors["bert.embeddings.word_embeddings.weight"] = at::ones({4, 312});
  tensors["bert.encoder.layer.0.intermediate.dense.weight"] = at::zeros({2, 3});
  tensors["bert.encoder.layer.1.intermediate.dense.weight"] = at::zeros({3, 2});
  tensors.erase("bert.embeddings.LayerNorm.weight");
  writeWeights(tensors);

  const std::string message = loadError();

  EXPECT_THAT(message, HasSubstr("4 tensors do not fit the model that config.json describes"));
  EXPECT_THAT(message, HasSubstr("word_embeddings.weight          [4, 2]    [4, 312]"));
  EXPECT_THAT(message,
              HasSubstr("layer.0.intermediate.dense.weight  [3, 2]    [2, 3] (transposed?)"));
  EXPECT_THAT(message, HasSubstr("layer.1.intermediate.dense.weight  -         [3, 2]"));
  EXPECT_THAT(message,
              HasSubstr("bert.embeddings.LayerNorm.weight                [2]       missing"));
}

TEST_F(ModelFolderTest, TabulatesTenAndCountsTheRest) {
  TensorMap tensors = tensorsNamed("bert.");
  for (int layer = 1; layer <= 14; ++layer) {
    tensors["bert.encoder.layer." + std::to_string(layer) + ".x"] = at::zeros({1});
  }
  writeWeights(tensors);

  EXPECT_THAT(loadError(), AllOf(HasSubstr("14 tensors"), HasSubstr("and 4 more")));
}

TEST_F(ModelFolderTest, NamesAnUnknownPrefix) {
  writeWeights(tensorsNamed("roberta."));

  EXPECT_THAT(loadError(), HasSubstr("the names differ by the prefix \"roberta.\""));
}

TEST_F(ModelFolderTest, RefusesTwoNamesForOneTensor) {
  TensorMap tensors = tensorsNamed("bert.");
  tensors["embeddings.LayerNorm.gamma"] = at::ones({2});
  writeWeights(tensors);

  EXPECT_THAT(loadError(), HasSubstr("have the same meaning"));
}

TEST_F(ModelFolderTest, RefusesValuesThatAreNotFinite) {
  TensorMap tensors = tensorsNamed("bert.");
  const float infinity = std::numeric_limits<float>::infinity();
  tensors["bert.embeddings.LayerNorm.weight"] = at::tensor({NAN, infinity});
  writeWeights(tensors);

  EXPECT_THAT(loadError(),
              HasSubstr("tensor bert.embeddings.LayerNorm.weight: 1 NaN, 1 Inf of 2 values"));
}

TEST_F(ModelFolderTest, NeverOpensPickles) {
  folder_.write("pytorch_model.bin", "cos\nsystem\n(S'touch /tmp/pwned_by_pickle'\ntR.");

  EXPECT_THAT(openError(ExitCode::kMissingInput),
              AllOf(HasSubstr("only pytorch_model.bin, a pickle"), HasSubstr("save_pretrained")));
  EXPECT_FALSE(fs::exists("/tmp/pwned_by_pickle"));
  fs::rename(folder_ / "pytorch_model.bin", folder_ / "model.safetensors");
  EXPECT_THAT(openError(ExitCode::kBadData), HasSubstr("model.safetensors"));
}

TEST_F(ModelFolderTest, SaysWhatIsMissingOrBroken) {
  EXPECT_THAT(openError(ExitCode::kMissingInput), HasSubstr("neither model.safetensors nor"));
  folder_.write("config.json", "{oops");
  EXPECT_THAT(openError(ExitCode::kBadData),
              AllOf(HasSubstr("config.json"), HasSubstr("at byte 2")));
  folder_.write("config.json", "[]");
  EXPECT_THAT(openError(ExitCode::kBadData), HasSubstr("expected a JSON object"));
  fs::remove(folder_ / "config.json");
  EXPECT_THAT(openError(ExitCode::kMissingInput), HasSubstr("config.json"));
  EXPECT_THAT(testing::errorOf(ExitCode::kMissingInput,
                               [&] { static_cast<void>(ModelFolder(folder_ / "none")); }),
              HasSubstr("there is no such model folder"));
}

TEST_F(ModelFolderTest, JoinsShards) {
  TensorMap tensors = tensorsNamed("bert.");
  TensorMap second = {*tensors.begin()};
  tensors.erase(tensors.begin());
  Json map = Json::object();
  for (const auto& [name, tensor] : tensors) {
    map[name] = "model-00001-of-00002.safetensors";
  }
  map[second.begin()->first] = "model-00002-of-00002.safetensors";
  folder_.write("model.safetensors.index.json", Json{{"weight_map", map}}.dump());
  writeSafetensors(folder_ / "model-00001-of-00002.safetensors", tensors);
  EXPECT_THAT(openError(ExitCode::kMissingInput),
              HasSubstr("1 of 2 shards are missing: model-00002-of-00002.safetensors"));
  writeSafetensors(folder_ / "model-00002-of-00002.safetensors", second);

  EXPECT_EQ(load().tensors.size(), 3U);

  writeSafetensors(folder_ / "model-00002-of-00002.safetensors", {});
  EXPECT_THAT(openError(ExitCode::kBadData),
              HasSubstr("is not in model-00002-of-00002.safetensors"));
}

TEST_F(ModelFolderTest, HoldsOneTensorOfTheFilesAtATime) {
  writeSafetensors(folder_ / "a.safetensors",
                   {{"embeddings.word_embeddings.weight", at::ones({4, 2}, at::kBFloat16)},
                    {"embeddings.LayerNorm.weight", at::full({2}, 3, at::kBFloat16)}});
  writeSafetensors(folder_ / "b.safetensors",
                   {{"encoder.layer.0.intermediate.dense.weight", at::ones({3, 2}, at::kHalf)}});
  folder_.write("model.safetensors.index.json",
                R"({"weight_map":{"embeddings.word_embeddings.weight":"a.safetensors",
                    "embeddings.LayerNorm.weight":"a.safetensors",
                    "encoder.layer.0.intermediate.dense.weight":"b.safetensors"}})");
  using WeakTensor = c10::weak_intrusive_ptr<at::TensorImpl>;
  std::vector<WeakTensor> of_the_files;

  const LoadedWeights weights =
      ModelFolder(folder_.path()).load(kExpected, [&](const at::Tensor& tensor) {
        for (const WeakTensor& earlier : of_the_files) {
          EXPECT_TRUE(earlier.expired());
        }
        of_the_files.emplace_back(tensor.getIntrusivePtr());
        return tensor.to(at::kFloat);
      });

  EXPECT_EQ(of_the_files.size(), 3U);
  EXPECT_EQ(weights.tensors.at("bert.embeddings.LayerNorm.weight").scalar_type(), at::kFloat);
  EXPECT_EQ(weights.tensors.at("bert.embeddings.LayerNorm.weight").sum().item<float>(), 6);
}

TEST_F(ModelFolderTest, ADecodersBodyHoldsNothingUnexpected) {
  const std::vector<ExpectedTensor> expected = {{"model.norm.weight", {2}}};
  TensorMap tensors = {{"model.norm.weight", at::ones({2})},
                       {"model.layers.0.self_attn.rotary_emb.inv_freq", at::ones({4})},
                       {"lm_head.weight", at::ones({3, 2})}};
  writeWeights(tensors);
  EXPECT_EQ(ModelFolder(folder_.path()).load(expected).unused.size(), 2U);

  tensors["model.layers.0.self_attn.q_proj.bias"] = at::ones({4});
  writeWeights(tensors);
  EXPECT_THAT(
      testing::errorOf(ExitCode::kBadData,
                       [&] { static_cast<void>(ModelFolder(folder_.path()).load(expected)); }),
      HasSubstr("model.layers.0.self_attn.q_proj.bias"));
}

TEST_F(ModelFolderTest, ShardsStayInTheFolder) {
  for (const char* name : {"../outside.safetensors",
                           "/etc/outside.safetensors",
                           "sub/inside.safetensors",
                           ".hidden.safetensors",
                           "weights.bin",
                           ""}) {
    folder_.write("model.safetensors.index.json", Json{{"weight_map", {{"w", name}}}}.dump());
    EXPECT_THAT(openError(ExitCode::kBadData),
                HasSubstr("is not the name of a safetensors file of this folder"))
        << name;
  }
  folder_.write("model.safetensors.index.json", R"({"weight_map":{"w":7}})");
  EXPECT_THAT(openError(ExitCode::kBadData), HasSubstr("tensor w is in 7"));
  folder_.write("model.safetensors.index.json", R"({"weight_map":{}})");
  EXPECT_THAT(openError(ExitCode::kBadData), HasSubstr("weight_map is missing or empty"));
}

TEST_F(ModelFolderTest, WritesAFolderThatItReads) {
  const TensorMap tensors = tensorsNamed("bert.");
  const fs::path target = folder_ / "model";
  const ModelFiles files = {
      .config = {{"model_type", "bert"}, {"hidden_size", 2}},
      .tensors = tensors,
      .tokenizer = {{"vocab.txt", "[PAD]\n[UNK]\n"}, {"tokenizer_config.json", "{}\n"}}};

  writeModelFolder(target, files);
  writeModelFolder(target, files);

  const ModelFolder written(target);
  EXPECT_EQ(written.config(), files.config);
  EXPECT_EQ(written.load(kExpected).tensors.size(), 3U);
  EXPECT_EQ(contentsOf(target / "vocab.txt"), "[PAD]\n[UNK]\n");
  EXPECT_EQ(contentsOf(target / "tokenizer_config.json"), "{}\n");
  EXPECT_EQ(std::distance(fs::directory_iterator(target), {}), 4);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 2);
}

TEST_F(ModelFolderTest, KeepsTheOldModelWhenWritingFails) {
  const fs::path target = folder_ / "model";
  writeModelFolder(target, {.config = {{"version", 1}}, .tensors = tensorsNamed("")});

  EXPECT_THROW(writeModelFolder(target, {.tensors = {{"w", at::ones({1}, at::kComplexFloat)}}}),
               TrainError);

  EXPECT_EQ(ModelFolder(target).config().at("version"), 1);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 2);
}

TEST(CanonicalTensorName, DropsPrefixesAndOldNames) {
  EXPECT_EQ(canonicalTensorName("bert.encoder.x"), "encoder.x");
  EXPECT_EQ(canonicalTensorName("electra.encoder.x"), "encoder.x");
  EXPECT_EQ(canonicalTensorName("encoder.x"), "encoder.x");
  EXPECT_EQ(canonicalTensorName("transformer.h.0.ln_1.bias"), "h.0.ln_1.bias");
  EXPECT_EQ(canonicalTensorName("bert.a.LayerNorm.gamma"), "a.LayerNorm.weight");
  EXPECT_EQ(canonicalTensorName("a.LayerNorm.beta"), "a.LayerNorm.bias");
  EXPECT_EQ(canonicalTensorName("a.gamma"), "a.gamma");
  EXPECT_THAT(canonicalTensorName("classifier.weight"), Not(IsEmpty()));
}

}  // namespace retort::train
