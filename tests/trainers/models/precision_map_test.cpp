#include "trainers/models/precision_map.h"

#include "tests/trainers/tensor_testing.h"
#include "trainers/models/bert_parameters.h"
#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr const char* kWords = "bert.embeddings.word_embeddings.weight";
constexpr const char* kPositions = "bert.embeddings.position_embeddings.weight";
constexpr const char* kClassifier = "classifier.weight";

std::string queryOf(int layer) {
  return "bert.encoder.layer." + std::to_string(layer) + ".attention.self.query.weight";
}

PrecisionMap mapOf(const std::vector<std::string>& rules, SettingValues settings = {}) {
  settings["quant.map"] = rules;
  return PrecisionMap(settings);
}

/// The rules of a preset.
PrecisionMap presetOf(const std::string& name) {
  SettingValues settings;
  settings["quant.map"] = precisionMapSettings().specs().front().presets.at(name);
  settings["quant.weight.scheme"] = "none";
  settings["quant.embedding.scheme"] = "none";
  return PrecisionMap(settings);
}

auto making(const std::string& rule) {
  return [rule] {
    mapOf({rule}).check(bertParameterShapes({.num_hidden_layers = 6}));
  };
}

TEST(PrecisionMap, QuantizesNothingByDefault) {
  EXPECT_TRUE(PrecisionMap().quantizer(kWords).isIdentity());
  EXPECT_TRUE(PrecisionMap().quantizer(queryOf(0)).isIdentity());
}

TEST(PrecisionMap, FollowsTheSettingsWithoutRules) {
  const PrecisionMap map = mapOf({}, {{"quant.weight.scheme", "int4"}});

  EXPECT_EQ(map.precision(queryOf(2)), (WeightPrecision{.scheme = "int4"}));
  EXPECT_EQ(map.precision(kWords), (WeightPrecision{.scheme = "ternary", .granularity = "row"}));
  for (const char* name : {kClassifier, kPositions, "bert.encoder.layer.0.output.dense.bias"}) {
    EXPECT_TRUE(map.quantizer(name).isIdentity()) << name;
  }
}

TEST(PrecisionMap, ChangesWhatARuleSelects) {
  const PrecisionMap map = mapOf({"encoder.layer.[0-3].attention.* = int4",
                                  "embeddings.word = clip_uniform bits=3",
                                  "classifier = scheme=symmetric bits=8 granularity=row"});

  EXPECT_EQ(map.precision(queryOf(3)).scheme, "int4");
  EXPECT_EQ(map.precision(queryOf(4)).scheme, "ternary");
  EXPECT_EQ(map.precision("bert.encoder.layer.0.output.dense.weight").scheme, "ternary");
  EXPECT_EQ(map.precision(kWords),
            (WeightPrecision{.scheme = "clip_uniform", .bits = 3, .granularity = "row"}));
  EXPECT_EQ(map.quantizer(kClassifier).options(),
            (QuantizerOptions{.bits = 8, .granularity = Granularity::kRow}));
}

TEST(PrecisionMap, LetsTheLastRuleWin) {
  const PrecisionMap map = mapOf(
      {"encoder.layer = clip_uniform bits=4", "layer:5 = bits=8", "q = fp", "layer:1/q = int8"});

  EXPECT_EQ(map.precision("bert.encoder.layer.5.output.dense.weight").bits, 8);
  EXPECT_EQ(map.precision("bert.encoder.layer.5.output.dense.weight").scheme, "clip_uniform");
  EXPECT_EQ(map.precision(queryOf(5)).scheme, "none");
  EXPECT_EQ(map.precision(queryOf(1)).scheme, "int8");
}

TEST(PrecisionMap, NeverQuantizesBiasesAndNorms) {
  const PrecisionMap map = mapOf({"* = int8"});

  EXPECT_FALSE(map.quantizer(kPositions).isIdentity());
  EXPECT_TRUE(map.quantizer("bert.encoder.layer.0.output.dense.bias").isIdentity());
  EXPECT_TRUE(map.quantizer("bert.encoder.layer.0.output.LayerNorm.weight").isIdentity());
}

TEST(PrecisionMap, PassesTheClipOn) {
  EXPECT_EQ(mapOf({}, {{"quant.clip", 3.0}}).quantizer(queryOf(0)).options().clip, 3.0);
}

TEST(PrecisionMap, RefusesRulesThatItCannotRead) {
  EXPECT_THAT(making("encoder.layer"), ThrowsMessage<TrainError>(HasSubstr("a rule is SELECTOR")));
  EXPECT_THAT(making("encoder.layer ="), ThrowsMessage<TrainError>(HasSubstr("no scheme")));
  EXPECT_THAT(making("encoder.layer = int5"),
              ThrowsMessage<TrainError>(HasSubstr("quant.weight.scheme is \"int5\"")));
  EXPECT_THAT(making("encoder.layer = bits=99"),
              ThrowsMessage<TrainError>(HasSubstr("quant.weight.bits is 99")));
  EXPECT_THAT(making("encoder.layer = bits=three"),
              ThrowsMessage<TrainError>(HasSubstr("quant.weight.bits is \"three\"")));
  EXPECT_THAT(making("encoder.layer = width=3"),
              ThrowsMessage<TrainError>(HasSubstr("unknown key 'width'")));
  EXPECT_THAT(making("encoder.layer = int4 scheme=int8"),
              ThrowsMessage<TrainError>(HasSubstr("is given twice")));
  EXPECT_THAT(making("enocder = int4"),
              ThrowsMessage<TrainError>(HasSubstr("quant.map: unknown selector 'enocder'")));
}

TEST(PrecisionMap, RefusesWhatDoesNotFitTheModel) {
  EXPECT_THAT(making("encoder.layer.[6-9] = int4"),
              ThrowsMessage<TrainError>(HasSubstr("selects no weight of this model")));
  EXPECT_THAT(making("norms = int4"),
              ThrowsMessage<TrainError>(HasSubstr("selects no weight of this model")));
  EXPECT_THAT(making("q = symmetric bits=1"),
              ThrowsMessage<TrainError>(HasSubstr("attention.self.query.weight: the scheme "
                                                  "symmetric has no grid of 1 bits")));
  EXPECT_THAT(making("q = ternary granularity=group group_size=100"),
              ThrowsMessage<TrainError>(HasSubstr("quant.weight.group_size is 100")));
}

TEST(PrecisionMap, HasThePapersMaps) {
  // A decoder with a tied head, as far as rules look at it.
  const std::vector<ParameterShape> decoder = {{"model.embed_tokens.weight", {30, 16}},
                                               {"model.layers.0.mlp.up_proj.weight", {24, 16}},
                                               {"lm_head.weight", {30, 16}}};
  for (const auto& [name, rules] : precisionMapSettings().specs().front().presets) {
    const bool is_of_decoders = name == "aimet" || name == "llm_qat";
    EXPECT_NO_THROW(presetOf(name).check(is_of_decoders ? decoder : bertParameterShapes({})))
        << name;
  }
  EXPECT_EQ(presetOf("ternarybert").precision(queryOf(0)), WeightPrecision{});
  EXPECT_EQ(presetOf("ternarybert").precision(kWords), (WeightPrecision{.granularity = "row"}));
  EXPECT_EQ(presetOf("binarybert").precision("bert.pooler.dense.weight").scheme, "binary");
  EXPECT_EQ(presetOf("bit").precision(kWords),
            (WeightPrecision{.scheme = "binary_centered", .granularity = "row"}));
  EXPECT_TRUE(presetOf("ternarybert_lat").quantizer(queryOf(0)).options().uses_curvature);
  EXPECT_TRUE(presetOf("bit").quantizer(kClassifier).isIdentity());
}

TEST(PrecisionMap, DocumentsEachPreset) {
  const auto& presets = precisionMapSettings().specs().front().presets;
  EXPECT_EQ(precisionMapSpecs().size(), presets.size());
  for (const TechniqueSpec& spec : precisionMapSpecs()) {
    EXPECT_TRUE(presets.contains(spec.name)) << spec.name;
    EXPECT_FALSE(spec.documentation.empty()) << spec.name;
  }
}

TEST(PrecisionMap, ShrinksBertBaseAsTernaryBertSays) {
  // BERT-base with two labels: arXiv 2009.12812, abstract: "14.9x smaller".
  const BertConfig bert_base = {.vocab_size = 30522,
                                .hidden_size = 768,
                                .num_hidden_layers = 12,
                                .num_attention_heads = 12,
                                .intermediate_size = 3072,
                                .max_position_embeddings = 512,
                                .type_vocab_size = 2};

  const StoredSize size = presetOf("ternarybert").storedSize(bertParameterShapes(bert_base));

  EXPECT_NEAR(size.full_precision / size.quantized, 14.9, 0.1);
}

TEST(PrecisionMap, CountsBitsAndScales) {
  const std::vector<ParameterShape> shapes = {{queryOf(0), {4, 64}}, {kClassifier, {2, 64}}};
  const auto bytes = [&shapes](const std::string& rule) {
    return mapOf({rule}).storedSize(shapes).quantized;
  };

  EXPECT_EQ(bytes("q = ternary"), 64 + 4 + 512);
  EXPECT_EQ(bytes("q = int4 granularity=row"), 128 + 16 + 512);
  EXPECT_EQ(bytes("q = asymmetric bits=8 granularity=group group_size=32"), 256 + 64 + 512);
  EXPECT_EQ(bytes("classifier = binary granularity=row"), 64 + 4 + 16 + 8);
  EXPECT_EQ(mapOf({}).storedSize(shapes).full_precision, 4 * (256 + 128));
}

TEST(PrecisionMap, SaysWhatIsQuantizedHow) {
  const Json summary = mapOf({"q = int4 granularity=group group_size=32"})
                           .summary({{queryOf(0), {4, 64}},
                                     {queryOf(1), {4, 64}},
                                     {kWords, {8, 64}},
                                     {kClassifier, {2, 64}},
                                     {"classifier.bias", {2}}});

  EXPECT_EQ(summary.at("weights"),
            (Json{{"int4, 4 bits, per group of 32", 2},
                  {"ternary, 2 bits, per row", 1},
                  {"full precision", 1}}));
}

const std::string kUp = "model.layers.1.mlp.up_proj.weight";
const std::string kTable = "model.embed_tokens.weight";
const std::string kHead = "lm_head.weight";

TEST(PrecisionMap, ADecodersHeadHasEightBitsAndItsTableIsWhole) {
  const PrecisionMap map = mapOf({},
                                 {{"quant.weight.scheme", "symmetric_full"},
                                  {"quant.weight.bits", 4},
                                  {"quant.embedding.scheme", "int8"}});

  EXPECT_EQ(map.precision(kHead),
            (WeightPrecision{.scheme = "symmetric", .bits = 8, .granularity = "row"}));
  EXPECT_EQ(map.precision(kUp).bits, 4);
  for (const std::string& name : {kTable,
                                  std::string("model.norm.weight"),
                                  std::string("model.layers.0.input_layernorm.weight"),
                                  std::string("model.layers.0.self_attn.q_norm.weight"),
                                  std::string("model.layers.0.self_attn.q_proj.bias")}) {
    EXPECT_TRUE(map.quantizer(name).isIdentity()) << name;
  }
}

TEST(PrecisionMap, AHeadFollowsItsOwnSettingsAndRules) {
  const SettingValues settings = {{"quant.head.scheme", "affine"},
                                  {"quant.head.bits", 6},
                                  {"quant.head.granularity", "group"},
                                  {"quant.weight.group_size", 32}};

  EXPECT_EQ(
      mapOf({}, settings).precision(kHead),
      (WeightPrecision{.scheme = "affine", .bits = 6, .granularity = "group", .group_size = 32}));
  EXPECT_EQ(mapOf({"head = bits=3"}, settings).precision(kHead).bits, 3);
  EXPECT_EQ(mapOf({"head = fp"}, settings).precision(kHead).scheme, "none");
}

TEST(PrecisionMap, KnowsTheDecodersPapers) {
  const PrecisionMap aimet = presetOf("aimet");
  EXPECT_EQ(aimet.precision(kUp),
            (WeightPrecision{.scheme = "lsq", .bits = 4, .granularity = "row", .start = "range"}));
  EXPECT_EQ(aimet.precision(kHead).bits, 8);
  EXPECT_EQ(aimet.precision(kTable).scheme, "none");

  const PrecisionMap llm_qat = presetOf("llm_qat");
  EXPECT_EQ(llm_qat.precision(kUp),
            (WeightPrecision{.scheme = "llm_qat", .bits = 4, .granularity = "row"}));
  EXPECT_EQ(llm_qat.precision(kHead).scheme, "none");
  EXPECT_EQ(llm_qat.precision(kTable).scheme, "none");
}

TEST(PrecisionMap, AimetsStepsStartAtTheLargestMagnitudeOverSeven) {
  const Quantizer quantizer = presetOf("aimet").quantizer(kUp);
  const at::Tensor w = tensorOf({{0.7, -0.3, 0.1}, {0.2, -1.4, 0.0}});

  const std::vector<at::Tensor> start = quantizer.startParameters(w);

  ASSERT_EQ(start.size(), 1U);
  EXPECT_LT(largestDifference(start[0], tensorOf({{0.1}, {0.2}})), 1e-15);
}

TEST(PrecisionMap, CountsWhatADecoderTakes) {
  const PrecisionMap map = mapOf({},
                                 {{"quant.weight.scheme", "affine"},
                                  {"quant.weight.bits", 4},
                                  {"quant.weight.granularity", "row"}});

  // 64 x 32: half a byte an element, a scale and a zero point a row; the head: a byte and a scale.
  EXPECT_EQ(map.storedSize({{kUp, {64, 32}}}).quantized, 64 * 32 / 2 + 64 * 2 * 4);
  EXPECT_EQ(map.storedSize({{kHead, {64, 32}}}).quantized, 64 * 32 + 64 * 4);
  EXPECT_EQ(map.storedSize({{kTable, {64, 32}}}).quantized, 64 * 32 * 4);
}

}  // namespace
}  // namespace retort::train
