#pragma once

#include "trainers/quantizers/quantizer.h"
#include "trainers/settings/setting_group.h"

#include <cstdint>
#include <string>
#include <vector>

namespace retort::train {

/// How one weight matrix is quantized, in the words of the settings.
struct WeightPrecision {
  std::string scheme = "ternary";
  std::int64_t bits = 8;  ///< of schemes without a number of bits of their own
  std::string granularity = "tensor";
  std::int64_t group_size = 64;
  double threshold_factor = 0.7;
  std::string curvature = "identity";
  std::string scale = "released";
  std::string start = "scheme";  ///< of learned grids

  bool operator==(const WeightPrecision&) const = default;
};

/// quant.weight.*: the precision of linear layers.
[[nodiscard]] const SettingGroup<WeightPrecision>& weightSettings();

/// The values that weightSettings() reads as that precision.
[[nodiscard]] SettingValues toSettings(const WeightPrecision& precision);

/// Where the word embedding differs from the linear layers.
struct EmbeddingSettings {
  std::string scheme = "ternary";
  std::int64_t bits = 8;
  std::string granularity = "row";

  /// `linear` with these.
  [[nodiscard]] WeightPrecision over(WeightPrecision linear) const;
};

/// quant.embedding.*.
[[nodiscard]] const SettingGroup<EmbeddingSettings>& embeddingSettings();

/// How a language model's head differs from its linear layers.
struct HeadSettings {
  std::string scheme = "symmetric";
  std::int64_t bits = 8;
  std::string granularity = "row";

  /// `linear` with these.
  [[nodiscard]] WeightPrecision over(WeightPrecision linear) const;
};

/// quant.head.*.
[[nodiscard]] const SettingGroup<HeadSettings>& headSettings();

/// A word of quant.weight.scheme and quant.embedding.scheme: a quantizer, with its bits where the
/// word says them. "none" has no quantizer.
struct WeightScheme {
  std::string name;
  std::string weight_quantizer;     ///< of linear layers
  std::string embedding_quantizer;  ///< of the word embedding; another one where the authors' code
                                    ///< has another
  int bits = 0;                     ///< 0: as the settings say
  std::string
      grid;  ///< a learned grid (held_grid.h), which the model holds, instead of a quantizer
  GridStart start = GridStart::kScheme;  ///< of a learned grid, unless the settings say otherwise
};

/// The only list of schemes.
[[nodiscard]] const std::vector<WeightScheme>& weightSchemes();

/// The quantizer of linear weights that a precision stands for; the identity for "none". Throws
/// TrainError (bad spec) when the scheme is unknown or has no grid of that many bits.
[[nodiscard]] Quantizer makeWeightQuantizer(const WeightPrecision& precision, double clip);

/// The same for embedding tables.
[[nodiscard]] Quantizer makeEmbeddingQuantizer(const WeightPrecision& precision, double clip);

}  // namespace retort::train
