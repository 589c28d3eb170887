#include "trainers/evaluation/metrics.h"

#include "trainers/train_error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

namespace retort::train {

namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

void checkSizes(std::size_t predictions, std::size_t labels) {
  if (predictions != labels) {
    throw TrainError(
        ExitCode::kBadSpec,
        fmt::format("{} predictions cannot be compared with {} labels", predictions, labels));
  }
}

/// Counts of the four cases of two classes; everything but 1 is the negative class.
struct Confusion {
  double true_positive = 0;
  double true_negative = 0;
  double false_positive = 0;
  double false_negative = 0;
};

Confusion confusionOf(std::span<const std::int64_t> predictions,
                      std::span<const std::int64_t> labels) {
  checkSizes(predictions.size(), labels.size());
  Confusion counts;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const bool is_positive = labels[i] == 1;
    const bool is_predicted = predictions[i] == 1;
    double& count = is_predicted ? (is_positive ? counts.true_positive : counts.false_positive)
                                 : (is_positive ? counts.false_negative : counts.true_negative);
    ++count;
  }
  return counts;
}

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

bool isConstant(std::span<const double> values) {
  return std::all_of(
      values.begin(), values.end(), [&](double value) { return value == values[0]; });
}

bool isFinite(std::span<const double> values) {
  return std::all_of(
      values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

/// Ranks from 1; equal values share the mean of theirs.
std::vector<double> ranksOf(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return values[a] < values[b];
  });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) {
      ++end;
    }
    const double shared = (static_cast<double>(begin + 1) + static_cast<double>(end)) / 2;
    for (; begin < end; ++begin) {
      ranks[order[begin]] = shared;
    }
  }
  return ranks;
}

std::vector<std::int64_t> toClasses(std::span<const double> values) {
  std::vector<std::int64_t> classes;
  classes.reserve(values.size());
  for (const double value : values) {
    classes.push_back(std::llround(value));
  }
  return classes;
}

using Values = std::span<const double>;

double accuracyOf(Values predictions, Values labels) {
  return accuracy(toClasses(predictions), toClasses(labels));
}

double matthewsOf(Values predictions, Values labels) {
  return matthewsCorrelation(toClasses(predictions), toClasses(labels));
}

double f1Of(Values predictions, Values labels) {
  return f1Score(toClasses(predictions), toClasses(labels));
}

double accuracyAndF1(Values predictions, Values labels) {
  return (accuracyOf(predictions, labels) + f1Of(predictions, labels)) / 2;
}

double pearsonAndSpearman(Values predictions, Values labels) {
  return (pearsonCorrelation(predictions, labels) + spearmanCorrelation(predictions, labels)) / 2;
}

struct Row {
  MetricSpec spec;
  double (*compute)(Values, Values);
};

const std::vector<Row>& rows() {
  static const std::vector<Row> kRows = {
      {{.name = "eval.accuracy",
        .better = "max",
        .documentation = "share of the evaluation rows that are classified right",
        .formula = "\\frac{1}{n} \\sum_i [\\hat y_i = y_i]",
        .source = "GLUE, arXiv 1804.07461"},
       accuracyOf},
      {{.name = "eval.matthews",
        .better = "max",
        .documentation = "Matthews correlation of two classes; undefined when all labels are equal",
        .formula = "\\frac{TP\\,TN - FP\\,FN}{\\sqrt{(TP+FP)(TP+FN)(TN+FP)(TN+FN)}}",
        .source = "GLUE: CoLA"},
       matthewsOf},
      {{.name = "eval.f1",
        .better = "max",
        .documentation = "F1 of class 1; undefined when neither labels nor predictions hold it",
        .formula = "\\frac{2\\,TP}{2\\,TP + FP + FN}",
        .source = "GLUE: MRPC, QQP"},
       f1Of},
      {{.name = "eval.pearson",
        .better = "max",
        .documentation = "Pearson correlation; undefined when one side is constant",
        .formula = "\\frac{\\sum_i (\\hat y_i - \\bar{\\hat y})(y_i - \\bar y)}"
                   "{\\sqrt{\\sum_i (\\hat y_i - \\bar{\\hat y})^2 \\sum_i (y_i - \\bar y)^2}}",
        .source = "GLUE: STS-B"},
       pearsonCorrelation},
      {{.name = "eval.spearman",
        .better = "max",
        .documentation = "Pearson correlation of the ranks; equal values share their mean rank",
        .formula = "r(\\mathrm{rank}(\\hat y), \\mathrm{rank}(y))",
        .source = "GLUE: STS-B"},
       spearmanCorrelation},
      {{.name = "eval.accuracy_f1",
        .better = "max",
        .documentation = "mean of accuracy and F1",
        .formula = "(\\mathrm{accuracy} + F_1) / 2",
        .source = "GLUE: MRPC, QQP"},
       accuracyAndF1},
      {{.name = "eval.pearson_spearman",
        .better = "max",
        .documentation = "mean of the Pearson and Spearman correlations",
        .formula = "(r_{\\mathrm{Pearson}} + r_{\\mathrm{Spearman}}) / 2",
        .source = "GLUE: STS-B"},
       pearsonAndSpearman},
  };
  return kRows;
}

}  // namespace

double accuracy(std::span<const std::int64_t> predictions, std::span<const std::int64_t> labels) {
  checkSizes(predictions.size(), labels.size());
  if (labels.empty()) {
    return kUndefined;
  }
  std::int64_t right = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    right += predictions[i] == labels[i] ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(labels.size());
}

double matthewsCorrelation(std::span<const std::int64_t> predictions,
                           std::span<const std::int64_t> labels) {
  const auto [tp, tn, fp, fn] = confusionOf(predictions, labels);
  if (tp + fn == 0 || tn + fp == 0) {
    return kUndefined;
  }
  if (tp + fp == 0 || tn + fn == 0) {
    return 0;
  }
  return (tp * tn - fp * fn) /
         (std::sqrt((tp + fp) * (tp + fn)) * std::sqrt((tn + fp) * (tn + fn)));
}

double f1Score(std::span<const std::int64_t> predictions, std::span<const std::int64_t> labels) {
  const auto [tp, tn, fp, fn] = confusionOf(predictions, labels);
  const double denominator = 2 * tp + fp + fn;
  return denominator == 0 ? kUndefined : 2 * tp / denominator;
}

double pearsonCorrelation(std::span<const double> predictions, std::span<const double> labels) {
  checkSizes(predictions.size(), labels.size());
  const bool is_defined = labels.size() >= 2 && isFinite(predictions) && isFinite(labels) &&
                          !isConstant(predictions) && !isConstant(labels);
  if (!is_defined) {
    return kUndefined;
  }
  const double prediction_mean = mean(predictions);
  const double label_mean = mean(labels);
  double covariance = 0;
  double prediction_variance = 0;
  double label_variance = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double prediction = predictions[i] - prediction_mean;
    const double label = labels[i] - label_mean;
    covariance += prediction * label;
    prediction_variance += prediction * prediction;
    label_variance += label * label;
  }
  const double correlation =
      covariance / (std::sqrt(prediction_variance) * std::sqrt(label_variance));
  return std::clamp(correlation, -1.0, 1.0);
}

double spearmanCorrelation(std::span<const double> predictions, std::span<const double> labels) {
  checkSizes(predictions.size(), labels.size());
  if (!isFinite(predictions) || !isFinite(labels)) {
    return kUndefined;
  }
  return pearsonCorrelation(ranksOf(predictions), ranksOf(labels));
}

std::map<std::string, double> evaluateMetrics(const std::vector<std::string>& names,
                                              std::span<const double> predictions,
                                              std::span<const double> labels) {
  std::map<std::string, double> values;
  for (const std::string& name : names) {
    const auto row = std::find_if(
        rows().begin(), rows().end(), [&](const Row& known) { return known.spec.name == name; });
    if (row == rows().end()) {
      throw TrainError(ExitCode::kBadSpec, fmt::format("there is no metric \"{}\"", name));
    }
    values[name] = row->compute(predictions, labels);
  }
  return values;
}

const std::vector<MetricSpec>& evaluationMetrics() {
  static const std::vector<MetricSpec> kSpecs = [] {
    std::vector<MetricSpec> specs;
    for (const Row& row : rows()) {
      specs.push_back(row.spec);
    }
    return specs;
  }();
  return kSpecs;
}

}  // namespace retort::train
