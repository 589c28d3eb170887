#pragma once

#include "tests/trainers/models/tiny_encoder.h"
#include "trainers/probes/probe.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace retort::train {

/// A step of the tiny encoder with map and output losses, as probes see it.
class ProbedEncoder : public testing::Test {
 protected:
  ProbedEncoder() : student_(tiny_.student()), teacher_(tiny_.teacher()) {
    student_.setTrainable({});
    parameters_ = student_.parameters();
  }

  [[nodiscard]] ProbeInput input() {
    ProbeInput input{.batch = tiny_.batch, .parameters = &parameters_, .settings = &settings_};
    input.training.student = &student_;
    input.training.teacher = &teacher_;
    input.training.objective = [this](const Model& model, const TokenBatch& batch) {
      const Distillation distillation = distillationOf("unified");
      const ForwardOptions options{.trace = distillation.needs()};
      const ModelTrace teacher = teacher_.forward(batch, options);
      const ModelTrace student = model.forward(batch, options);
      return distillation.evaluate({student, teacher, batch});
    };
    return input;
  }

  /// The values by "metric" or "metric component" (and "layer N" in between).
  [[nodiscard]] std::map<std::string, double> measured(const ProbeDefinition& probe,
                                                       const ProbeInput& input) const {
    std::vector<MetricPoint> points;
    probe.measure(input, points);
    std::map<std::string, double> values;
    for (const MetricPoint& point : points) {
      std::string name = point.series.metric;
      if (point.series.layer) {
        name += " layer " + std::to_string(*point.series.layer);
      }
      if (!point.series.component.empty()) {
        name += " " + point.series.component;
      }
      values[name] = point.value;
    }
    return values;
  }

  /// Checks that the weights are those of the second implementation's file, and without gradients.
  void expectUntouched() const {
    const BertModel fresh = tiny_.student();
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      EXPECT_EQ(largestDifference(parameters_[i].tensor.detach(), fresh.parameters()[i].tensor), 0)
          << parameters_[i].name;
      EXPECT_FALSE(parameters_[i].tensor.grad().defined()) << parameters_[i].name;
    }
  }

  TinyEncoder tiny_;
  BertModel student_;
  BertModel teacher_;
  NamedTensors parameters_;
  SettingValues settings_;
  Json golden_ = testData("analysis_golden.json");
};

}  // namespace retort::train
