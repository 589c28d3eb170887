#pragma once

#include "trainers/training/training_phase.h"

#include <ATen/ATen.h>

#include <cmath>
#include <fstream>
#include <limits>

#include <fmt/format.h>

namespace retort::train {

/// A phase that fits y = a x to rows with slope 2, with noise from the default generator as
/// dropout has it: small enough to be followed by hand, real enough to be resumed.
class LinePhase : public TrainingPhase {
 public:
  explicit LinePhase(std::int64_t rows) : rows_(rows), slope_(at::zeros({1}, at::kDouble)) {
    slope_.set_requires_grad(true);
  }

  std::int64_t bad_from =
      std::numeric_limits<std::int64_t>::max();  ///< calls of `step` from here give NaN
  std::int64_t bad_until = std::numeric_limits<std::int64_t>::max();
  std::int64_t steps = 0;
  std::int64_t evaluations = 0;
  bool uses_second_moments = false;
  std::vector<double> second_moments;    ///< of the slope, as they were handed over
  std::vector<double> scores;            ///< what evaluations give, in order; then the slope
  std::string metric = "eval.accuracy";  ///< of what they give

  [[nodiscard]] std::int64_t trainingRows() const override { return rows_; }

  [[nodiscard]] bool hasTeacher() const override { return false; }

  [[nodiscard]] NamedTensors parameters() const override { return {{"slope", slope_}}; }

  [[nodiscard]] NamedTensors trainableParameters() const override { return parameters(); }

  [[nodiscard]] bool usesSecondMoments() const override { return uses_second_moments; }

  void takeSecondMoments(const NamedTensors& moments) override {
    second_moments.push_back(moments.at(0).tensor.item<double>());
  }

  StepOutcome step(const StepRequest& request, const Pulse&) override {
    ++steps;
    slope_.mutable_grad() = at::Tensor();
    at::Tensor loss = at::zeros({}, at::kDouble);
    for (const std::int64_t row : request.rows) {
      const double x = 1 + static_cast<double>(row % 5);
      const double noise = at::rand({1}, at::kDouble).item<double>();
      loss = loss + (slope_[0] * x - 2 * x - 0.01 * noise).square();
    }
    if (steps >= bad_from && steps < bad_until) {
      loss = loss * std::numeric_limits<double>::quiet_NaN();
    }
    loss.backward();
    StepOutcome outcome;
    outcome.loss = loss.item<double>();
    outcome.losses = {{.name = "task", .value = loss.detach()}};
    outcome.tokens = static_cast<double>(request.rows.size());
    return outcome;
  }

  [[nodiscard]] std::optional<std::vector<MetricPoint>> evaluate(std::int64_t,
                                                                 std::int64_t,
                                                                 const Pulse& pulse) override {
    if (!pulse()) {
      return std::nullopt;
    }
    const auto index = static_cast<std::size_t>(evaluations++);
    const double score =
        index < scores.size() ? scores[index] : -std::abs(slope_.item<double>() - 2);
    return std::vector<MetricPoint>{{.series = {.metric = metric}, .value = score}};
  }

  [[nodiscard]] std::optional<std::vector<MetricPoint>> evaluateTeacher(const Pulse&) override {
    return std::vector<MetricPoint>();
  }

  [[nodiscard]] std::string firstNonFinite(std::span<const std::int64_t>) override {
    return "the line";
  }

  [[nodiscard]] MemoryEstimate memory() const override { return {}; }

  [[nodiscard]] Json summary() const override { return Json::object(); }

  [[nodiscard]] std::optional<std::vector<TextSample>> samples(const Pulse& pulse) override {
    if (!pulse()) {
      return std::nullopt;
    }
    return std::vector<TextSample>{{.prompt = "y =", .text = fmt::format(" {} x", evaluations)}};
  }

  [[nodiscard]] std::string mainMetric() const override { return metric; }

  using TrainingPhase::writeModel;

  void writeModel(const std::filesystem::path& folder,
                  const std::map<std::string, double>& evaluation) const override {
    std::filesystem::create_directories(folder);
    for (const auto& [name, value] : evaluation) {
      std::ofstream(folder / name) << value;
    }
    std::ofstream(folder / "slope") << slope_.item<double>();
  }

 private:
  std::int64_t rows_;
  at::Tensor slope_;
};

}  // namespace retort::train
