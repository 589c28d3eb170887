#include "trainers/models/output_error.h"

#include "trainers/models/activation_point.h"
#include "trainers/models/parameter_place.h"
#include "trainers/quantizers/held_grid.h"
#include "trainers/train_error.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <map>
#include <optional>
#include <tuple>

#include <fmt/format.h>

namespace retort::train {
namespace {

constexpr const char* kWord = "output_mse";  // of quant.weight.start
constexpr int kSteps = 20;
constexpr int kTried = 10;

/// The place whose values that projection reads.
std::optional<ActivationPoint> inputOf(const std::string& projection) {
  static const std::map<std::string, ActivationPoint> kInputs = {
      {"q", ActivationPoint::kQkvInput},
      {"k", ActivationPoint::kQkvInput},
      {"v", ActivationPoint::kQkvInput},
      {"o", ActivationPoint::kOInput},
      {"ffn1", ActivationPoint::kFfn1Input},
      {"gate", ActivationPoint::kFfn1Input},
      {"up", ActivationPoint::kFfn1Input},
      {"ffn2", ActivationPoint::kFfn2Input},
      {"down", ActivationPoint::kFfn2Input},
      {"pooler", ActivationPoint::kPoolerInput}};
  const auto found = kInputs.find(projection);
  return found == kInputs.end() ? std::nullopt : std::optional(found->second);
}

/// Inputs of one place: the point, the layer (0 of the pooler's) and the block size of their
/// products, 0 for whole rows.
using Place = std::tuple<ActivationPoint, std::size_t, std::int64_t>;

Place placeOf(const Model& model, const std::string& weight) {
  const ParameterPlace place = parameterPlace(weight);
  const QuantizerOptions& options = model.quantization().forParameter(weight).options();
  const bool has_groups = options.granularity == Granularity::kGroup;
  return {inputOf(place.projection).value(),
          static_cast<std::size_t>(std::max(place.layer, 0)),
          has_groups ? options.group_size : 0};
}

/// Adds up x^T x of real tokens.
class InputProducts : public ActivationObserver {
 public:
  explicit InputProducts(const std::vector<Place>& places) {
    for (const Place& place : places) {
      products_[place];
    }
  }

  bool takes(ActivationPoint point,
             std::size_t layer,
             const at::Tensor& x,
             const at::Tensor& is_real) override {
    const std::size_t index = point == ActivationPoint::kPoolerInput ? 0 : layer;
    at::Tensor rows;
    for (auto& [place, product] : products_) {
      if (std::get<0>(place) != point || std::get<1>(place) != index) {
        continue;
      }
      if (!rows.defined()) {
        rows = realRows(x, realElements(point, is_real));
      }
      const std::int64_t block = std::get<2>(place) > 0 ? std::get<2>(place) : rows.size(1);
      const at::Tensor blocks = rows.view({rows.size(0), -1, block}).transpose(0, 1);
      const at::Tensor added = blocks.transpose(1, 2).matmul(blocks);
      product = product.defined() ? product.add_(added) : added;
    }
    return false;
  }

  [[nodiscard]] const at::Tensor& at(const Place& place) const { return products_.at(place); }

 private:
  /// [tokens, I], in float32 or wider.
  static at::Tensor realRows(const at::Tensor& x, const at::Tensor& is_real) {
    const at::Tensor chosen = is_real.expand_as(x).select(-1, 0).reshape(-1);
    const at::Tensor rows = x.detach().reshape({-1, x.size(-1)}).index({chosen});
    return rows.scalar_type() == at::kDouble ? rows : rows.to(at::kFloat);
  }

  std::map<Place, at::Tensor> products_;
};

/// What the shares of the extremes are tried on.
struct Search {
  const HeldGrid& grid;
  const QuantizerOptions& options;
  at::Tensor weight;  // [R, I]
  at::Tensor gram;    // [I / n, n, n]
  at::Tensor rows;    // one for each grid

  /// The extremes with `low` and `high` of them as parameters. A grid's first parameter is its low
  /// end, its second the high one; a single one reaches to both.
  [[nodiscard]] std::vector<at::Tensor> parameters(double low, double high) const {
    std::vector<at::Tensor> chosen = at(low);
    if (chosen.size() > 1 && high != low) {
      chosen[1] = at(high)[1];
    }
    return chosen;
  }

  /// d G d^T of each grid: the parameters' shape.
  [[nodiscard]] at::Tensor error(const std::vector<at::Tensor>& tried) const {
    const at::Tensor blocks = (grid.quantize(rows, tried, gridOptions()).view_as(weight) - weight)
                                  .to(gram.scalar_type())
                                  .view({weight.size(0), gram.size(0), gram.size(1)})
                                  .transpose(0, 1);
    const at::Tensor errors = blocks.matmul(gram).mul_(blocks).sum(-1);  // [I / n, R]
    return options.granularity == Granularity::kTensor ? errors.sum().view({1, 1})
                                                       : errors.t().reshape({-1, 1});
  }

 private:
  [[nodiscard]] GridOptions gridOptions() const {
    return {.bits = options.bits, .clip = options.clip};
  }

  [[nodiscard]] std::vector<at::Tensor> at(double share) const {
    const RangeStatistics shrunk = {.low = rows.amin(-1, /*keepdim=*/true) * share,
                                    .high = rows.amax(-1, /*keepdim=*/true) * share,
                                    .mean_magnitude = rows.abs().mean(-1, /*keepdim=*/true),
                                    .share = share};
    return grid.start(shrunk, gridOptions(), /*uses_range=*/true);
  }
};

/// How many neighbours in the flattened weight share a grid.
std::int64_t gridWidth(const at::Tensor& weight, const QuantizerOptions& options) {
  if (options.granularity == Granularity::kTensor) {
    return weight.numel();
  }
  return options.granularity == Granularity::kGroup ? options.group_size : weight.size(1);
}

void checkFinite(const std::string& weight, const at::Tensor& gram) {
  if (!at::isfinite(gram).all().item<bool>()) {
    throw TrainError(ExitCode::kBadData,
                     fmt::format("quant.weight.start output_mse: what comes to '{}' is not finite; "
                                 "look at the weights that the run starts from",
                                 weight));
  }
}

/// What the weight's grid holds, shared.
std::vector<at::Tensor> heldBy(const NamedTensors& quantizers, const std::string& weight) {
  std::vector<at::Tensor> held;
  for (const NamedTensor& entry : quantizers) {
    if (entry.name.starts_with(fmt::format("quantizers.{}.", weight))) {
      held.push_back(entry.tensor);
    }
  }
  return held;
}

}  // namespace

TechniqueSpec outputErrorTechnique() {
  return {
      .kind = "calibration",
      .name = kWord,
      .documentation =
          "clip search for weights on held grids: the share of their extremes, from 1 to 0.55, "
          "with the least squared error of the layer's output on calibration inputs of the "
          "full-precision model, low and high end apart; by row, group or tensor as the grid "
          "is. A head, which is not seen, starts as with mse. The authors leave q and k out: "
          "quant.map with start=range does",
      .formula =
          "\\arg\\min_{\\alpha,\\beta \\in \\{1, 0.95, \\dots, 0.55\\}} "
          "\\|X W^T - X Q_{\\alpha\\min W,\\,\\beta\\max W}(W)^T\\|^2",
      .source = "arXiv 2402.10631 (BitDistiller), auto_clip_2clip_layer; arXiv 2306.00978 (AWQ)",
      .settings = {"quant.weight.start", "quant.calibration.batches", "quant.map"}};
}

std::vector<at::Tensor> leastOutputError(const Quantizer& quantizer,
                                         const at::Tensor& weight,
                                         const at::Tensor& gram) {
  const at::NoGradGuard no_grad;
  // Weights may be held in fewer bits than the sums over inputs.
  const at::Tensor latent = weight.detach().to(gram.scalar_type());
  const Search search = {.grid = *quantizer.heldGrid(),
                         .options = quantizer.options(),
                         .weight = latent,
                         .gram = gram,
                         .rows = latent.reshape({-1, gridWidth(latent, quantizer.options())})};
  std::vector<at::Tensor> best = search.parameters(1, 1);
  at::Tensor least = search.error(best);
  const bool has_two_ends = best.size() > 1;
  for (int i = 0; i < kTried; ++i) {
    const double high = 1 - static_cast<double>(i) / kSteps;
    for (int k = has_two_ends ? 0 : i; k < (has_two_ends ? kTried : i + 1); ++k) {
      const std::vector<at::Tensor> tried =
          search.parameters(1 - static_cast<double>(k) / kSteps, high);
      const at::Tensor error = search.error(tried);
      const at::Tensor is_better = error < least;
      least = least.minimum(error);
      for (std::size_t p = 0; p < best.size(); ++p) {
        best[p] = at::where(is_better, tried[p], best[p]);
      }
    }
  }
  if (quantizer.options().granularity == Granularity::kTensor) {
    for (at::Tensor& parameter : best) {
      parameter = parameter.flatten();
    }
  }
  return best;
}

std::vector<std::string> outputErrorWeights(const Model& model) {
  std::vector<std::string> names;
  for (const NamedTensor& parameter : model.parameters()) {
    const ParameterPlace place = parameterPlace(parameter.name);
    if (!place.is_bias && inputOf(place.projection) &&
        model.quantization().weights.precision(parameter.name).start == kWord &&
        model.quantization().forParameter(parameter.name).heldGrid() != nullptr) {
      names.push_back(parameter.name);
    }
  }
  return names;
}

bool searchOutputError(Model& model,
                       const Model& reference,
                       const std::vector<std::string>& weights,
                       const std::vector<TokenBatch>& batches,
                       const std::function<bool()>& goes_on) {
  const at::NoGradGuard no_grad;
  std::vector<Place> places;
  for (const std::string& weight : weights) {
    places.push_back(placeOf(model, weight));
  }
  InputProducts products(places);
  for (const TokenBatch& batch : batches) {
    static_cast<void>(reference.forward(batch, {.stops_before_head = true, .observer = &products}));
    if (!goes_on()) {
      return false;
    }
  }
  const NamedTensors quantizers = model.quantizerParameters();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const at::Tensor& gram = products.at(places[i]);
    checkFinite(weights[i], gram);
    const std::vector<at::Tensor> found =
        leastOutputError(model.quantization().forParameter(weights[i]),
                         *findTensor(model.parameters(), weights[i]),
                         gram);
    const std::vector<at::Tensor> held = heldBy(quantizers, weights[i]);
    for (std::size_t p = 0; p < held.size(); ++p) {
      at::Tensor(held[p]).copy_(found.at(p));
    }
    if (!goes_on()) {
      return false;
    }
  }
  return true;
}

}  // namespace retort::train
