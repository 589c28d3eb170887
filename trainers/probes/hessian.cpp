#include "trainers/probes/hessian.h"

#include "trainers/analysis/hessian.h"
#include "trainers/analysis/lanczos.h"
#include "trainers/analysis/probed_loss.h"

#include <ATen/TensorOperators.h>

#include <string>

namespace retort::train {

namespace {

// K hessian.py: the factor of the norms and the tolerance of eigenvalues().
constexpr double kPublishedPenalty = 0.01;
constexpr double kPublishedTolerance = 1e-3;

struct HessianSettings {
  std::int64_t count = 3;
  std::int64_t rows = 0;
  std::string loss = "task";
  std::string method = "power_iteration";
  std::string product = "double_backward";
  std::int64_t iterations = 100;
  double tolerance = 1e-2;
  double step = 1e-3;
  std::int64_t seed = 42;
};

const SettingGroup<HessianSettings>& hessianSettings() {
  static const auto kGroup =
      SettingGroup<HessianSettings>()
          .add(&HessianSettings::count,
               {.key = "probe.hessian.count",
                .documentation = "how many of the largest eigenvalues (by magnitude)",
                .minimum = 1,
                .maximum = 100})
          .add(&HessianSettings::rows,
               {.key = "probe.hessian.rows",
                .documentation = "first rows of each batch to use; 0: all. The paper takes 1. An "
                                 "analysis measures every batch: its --rows bounds their number",
                .unit = "rows",
                .minimum = 0})
          .add(&HessianSettings::loss,
               {.key = "probe.hessian.loss",
                .documentation = "whose Hessian: the task loss on the labels, or what the run "
                                 "minimises",
                .choices = probedLossNames()})
          .add(&HessianSettings::method,
               {.key = "probe.hessian.method",
                .documentation = "power iteration, as in the paper: up to iterations x count "
                                 "products; or Lanczos: the same eigenvalues of far fewer "
                                 "products, with a copy of all parameters for each",
                .choices = {"power_iteration", "lanczos"},
                .when = {{.key = "probe.hessian.defects", .any_of = {"fixed"}}}})
          .add(&HessianSettings::product,
               {.key = "probe.hessian.product",
                .documentation = "Hessian-vector products by double backward passes (exact), or by "
                                 "central differences of gradients",
                .choices = {"double_backward", "finite_difference"}})
          .add(&HessianSettings::iterations,
               {.key = "probe.hessian.iterations",
                .documentation = "most iterations: of power iteration for each eigenvalue, of "
                                 "Lanczos for all together",
                .unit = "iterations",
                .minimum = 1,
                .maximum = 1e6})
          .add(&HessianSettings::tolerance,
               {.key = "probe.hessian.tolerance",
                .documentation = "an eigenvalue has converged when |Hv - lambda v| is at most this "
                                 "share of |lambda|",
                .minimum = 0})
          .add(&HessianSettings::step,
               {.key = "probe.hessian.step",
                .documentation = "step of the central differences, relative to 1 + |w|",
                .minimum = 0,
                .is_minimum_exclusive = true,
                .when = {{.key = "probe.hessian.product", .any_of = {"finite_difference"}}}})
          .add(&HessianSettings::seed,
               {.key = "probe.hessian.seed",
                .documentation = "seed of the start vectors",
                .minimum = 0});
  return kGroup;
}

LossFunction lossOf(const ProbeInput& input, const HessianSettings& settings) {
  LossFunction loss = probedLoss(input, settings.loss, firstRows(input.batch, settings.rows));
  if (!input.is_published) {
    return loss;
  }
  return [loss, all = tensorsOf(input.training.student->parameters())] {
    return loss() + sumOfNorms(all) * kPublishedPenalty;
  };
}

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  if (input.training.student == nullptr || input.parameters->empty()) {
    return;
  }
  const HessianSettings settings = optionsOf(hessianSettings(), input);
  const TensorList parameters = tensorsOf(*input.parameters);
  const LossFunction loss = lossOf(input, settings);
  const HessianProduct product = settings.product == "finite_difference"
                                     ? finiteDifferenceProduct(loss, parameters, settings.step)
                                     : doubleBackwardProduct(loss, parameters);
  const EigenvalueOptions options{
      .count = static_cast<std::size_t>(settings.count),
      .max_iterations = settings.iterations,
      .tolerance = input.is_published ? kPublishedTolerance : settings.tolerance,
      .seed = static_cast<std::uint64_t>(settings.seed)};
  const auto find = input.is_published             ? publishedEigenvalues
                    : settings.method == "lanczos" ? lanczosEigenvalues
                                                   : largestEigenvalues;
  const auto found = find(product, parameters, options, input.pulse);
  if (!found) {
    return;
  }
  for (std::size_t i = 0; i < found->size(); ++i) {
    const Eigenvalue& eigenvalue = (*found)[i];
    const std::string rank = std::to_string(i + 1);
    points.push_back(
        {.series = {.metric = "hessian_eigenvalue", .component = rank}, .value = eigenvalue.value});
    points.push_back({.series = {.metric = "hessian_residual", .component = rank},
                      .value = eigenvalue.residual});
    points.push_back({.series = {.metric = "hessian_converged", .component = rank},
                      .value = eigenvalue.is_converged ? 1.0 : 0.0});
  }
}

}  // namespace

const ProbeDefinition& hessianProbe() {
  static const ProbeDefinition kDefinition = {
      .spec = {.kind = "probe",
               .name = "hessian",
               .documentation =
                   "largest eigenvalues of the loss's Hessian, by power iteration or "
                   "the Lanczos method, through the straight-through gradients, without dropout",
               .formula = "H v_k = \\lambda_k v_k,\\ H = \\partial^2 L / \\partial w^2",
               .source = "arXiv 2211.11014, figure 3; its code, hessian.py (PyHessian, arXiv "
                         "1912.07145)"},
      .metrics = {{.name = "hessian_eigenvalue",
                   .dimensions = {"component"},
                   .documentation =
                       "eigenvalue of rank 1, 2, … by magnitude, in the order in which "
                       "they were found",
                   .formula = "\\lambda_k = v_k^\\top H v_k",
                   .source = "arXiv 2211.11014, figure 3"},
                  {.name = "hessian_residual",
                   .dimensions = {"component"},
                   .better = "min",
                   .documentation =
                       "an eigenvalue of H lies within this relative distance of the value",
                   .formula = "\\lVert H v - \\lambda v \\rVert_2 / |\\lambda|"},
                  {.name = "hessian_converged",
                   .dimensions = {"component"},
                   .better = "max",
                   .documentation = "1 when the iteration met its stopping rule, 0 when it ran out",
                   .formula = "[\\lVert H v - \\lambda v \\rVert_2 / |\\lambda| < \\epsilon]"}},
      .published =
          PublishedVariant{
              .documentation =
                  "adds 0.01 times the sum of all tensors' norms (not squared) to the loss, stops "
                  "when two values differ by less than 0.1 %, and gives the one before the last"},
      .settings = hessianSettings().specs(),
      .measure = measure};
  return kDefinition;
}

}  // namespace retort::train
