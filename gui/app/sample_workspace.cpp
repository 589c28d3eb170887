#include "gui/app/sample_workspace.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/run/workspace_layout.h"
#include "storage/workspace_store.h"

#include <array>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace retort::gui {
namespace {

constexpr std::int64_t kSteps = 400;
constexpr std::int64_t kStepInterval = 10;
constexpr std::int64_t kMsPerStep = 450;
constexpr int kLayers = 6;
constexpr int kHeads = 4;
constexpr int kSeeds = 3;
constexpr std::array kProjections = {"q", "k", "v", "o", "ffn1", "ffn2"};
constexpr std::array kLosses = {"score", "map", "output", "map+output"};
constexpr std::array kFreezes = {"none", "ov"};

constexpr const char* kText =
    R"(# Which distillation loss brings a ternary student's attention back?
experiment: ternary-attention-losses
base:
  model: {teacher: models/minilm-l6-sst2, student: teacher}
  quant: {weight: {scheme: ternary}, activation: {bits: 8}}
  train: {steps: 400, batch: 32, learning_rate: 2e-5}
grid:
  distill: [score, map, output, map+output]
  freeze: [none, ov]
seeds: 3
baseline: {distill: score, freeze: none}
report: {metric: eval.accuracy, better: max, at: last, by: [distill, freeze]}
)";

/// One cell of the grid with one seed, and how it ends.
struct Sample {
  std::size_t loss = 0;
  std::size_t freeze = 0;
  int seed = 1;
  RunState state = RunState::kFinished;
  std::int64_t step = kSteps;  ///< how far it is

  [[nodiscard]] std::string runId() const {
    return sha256Hex(fmt::format("sample {} {} {}", loss, freeze, seed)).substr(0, 16);
  }
};

std::vector<Sample> makeSamples() {
  std::vector<Sample> samples;
  for (std::size_t loss = 0; loss < kLosses.size(); ++loss) {
    for (std::size_t freeze = 0; freeze < kFreezes.size(); ++freeze) {
      for (int seed = 1; seed <= kSeeds; ++seed) {
        samples.push_back({loss, freeze, seed});
      }
    }
  }
  samples[8].state = RunState::kDiverged;
  samples[8].step = 180;
  samples[13].state = RunState::kFailed;
  samples[13].step = 60;
  samples[20].state = RunState::kRunning;
  samples[20].step = 310;
  samples[21].state = RunState::kRunning;
  samples[21].step = 140;
  samples[22].state = RunState::kQueued;
  samples[22].step = 0;
  samples[23].state = RunState::kQueued;
  samples[23].step = 0;
  return samples;
}

SubmittedRun toSubmitted(const Sample& sample, int position) {
  SubmittedRun run;
  run.spec.run_id = sample.runId();
  run.spec.trainer = "retort-train";
  run.spec.release = "1";
  run.spec.settings = {{"model.teacher", "models/minilm-l6-sst2"},
                       {"data.task", "sst2"},
                       {"quant.weight.scheme", "ternary"},
                       {"quant.activation.bits", 8},
                       {"distill", kLosses[sample.loss]},
                       {"freeze", kFreezes[sample.freeze]},
                       {"train.steps", kSteps},
                       {"train.batch", 32},
                       {"train.learning_rate", 2e-5},
                       {"train.seed", sample.seed}};
  run.name = fmt::format(
      "distill={} freeze={} seed={}", kLosses[sample.loss], kFreezes[sample.freeze], sample.seed);
  run.membership = {run.spec.run_id,
                    position,
                    {{"distill", kLosses[sample.loss]}, {"freeze", kFreezes[sample.freeze]}},
                    sample.seed,
                    false};
  return run;
}

/// Numbers that look like those of a training, the same at every call.
class Curves {
 public:
  explicit Curves(const Sample& sample)
      : sample_(sample),
        random_(static_cast<unsigned>(31 * sample.loss + 7 * sample.freeze) * 100 +
                static_cast<unsigned>(sample.seed)) {}

  [[nodiscard]] double accuracy(std::int64_t step) {
    const double best = 0.842 + 0.014 * static_cast<double>(sample_.loss) +
                        (sample_.freeze == 1 ? 0.009 : 0.0) + 0.0025 * noise();
    return best - 0.3 * decay(step);
  }

  Event at(std::int64_t step) {
    Event event;
    event.kind = "metrics";
    event.step = step;
    const double spike = sample_.state == RunState::kDiverged && step > 150 ? 40.0 : 1.0;
    const double loss = spike * (0.35 + 1.9 * decay(step) + 0.04 * noise());
    event.points = {{{"train.loss", {}, {}, "", ""}, loss},
                    {{"train.loss_component", {}, {}, "", "logits"}, 0.4 * loss},
                    {{"train.loss_component", {}, {}, "", kLosses[sample_.loss]}, 0.6 * loss},
                    {{"learning_rate", {}, {}, "", ""},
                     2e-5 * (1.0 - static_cast<double>(step) / (kSteps + 1))},
                    {{"tokens_per_second", {}, {}, "", ""}, 5200 + 90 * noise()},
                    {{"memory", {}, {}, "", "peak"}, 1.4e9 + 1e6 * static_cast<double>(step)}};
    double total = 0;
    for (int layer = 0; layer < kLayers; ++layer) {
      total += addLayer(event, layer, step, spike);
    }
    event.points.push_back({{"grad_norm_total", {}, {}, "", ""}, std::sqrt(total)});
    return event;
  }

 private:
  double noise() { return std::normal_distribution<double>()(random_); }

  static double decay(std::int64_t step) { return std::exp(-static_cast<double>(step) / 90.0); }

  /// Returns the square of the layer's gradient norm.
  double addLayer(Event& event, int layer, std::int64_t step, double spike) {
    double square = 0;
    for (std::size_t i = 0; i < kProjections.size(); ++i) {
      const bool is_frozen = sample_.freeze == 1 && (i == 2 || i == 3);
      const double depth = std::exp(0.35 * (kLayers - layer));
      const double size = (i == 2 || i == 3 ? 3.0 : 1.0) * depth * (0.05 + 0.4 * decay(step));
      const double norm = is_frozen ? 0.0 : spike * size * std::exp(0.15 * noise());
      event.points.push_back({{"grad_norm", layer, {}, kProjections[i], ""}, norm});
      square += norm * norm;
    }
    for (int head = 0; head < kHeads; ++head) {
      const double kl = (0.05 + 0.5 * decay(step)) * (1.0 + 0.2 * layer) * std::exp(0.2 * noise());
      event.points.push_back({{"attention_map_kl", layer, head, "", ""}, kl});
    }
    const double ratio = 1.0 + (0.08 * layer + 0.02 * noise()) * (sample_.freeze == 1 ? 0.4 : 1.0);
    event.points.push_back({{"activation_variance_ratio", layer, {}, "", ""}, ratio});
    event.points.push_back({{"hidden_sqnr", layer, {}, "", ""},
                            22.0 - 2.1 * layer - 8.0 * decay(step) + 0.2 * noise()});
    return square;
  }

  Sample sample_;
  std::mt19937 random_;
};

Event makeEvent(const char* kind, std::int64_t time_ms, Json fields) {
  Event event;
  event.kind = kind;
  event.time_ms = time_ms;
  event.fields = std::move(fields);
  return event;
}

std::vector<Event> makeEvents(const Sample& sample, std::int64_t begin_ms) {
  Curves curves(sample);
  std::vector<Event> events = {
      makeEvent("open", begin_ms, {{"protocol", 1}, {"run", sample.runId()}, {"from_step", -1}}),
      makeEvent(
          "environment",
          begin_ms,
          {{"facts",
            {{"device", "cpu"}, {"threads", 2}, {"torch", "2.11.0"}, {"host", "workstation"}}}}),
      makeEvent("phase", begin_ms, {{"name", "kd_qat"}, {"total_steps", kSteps}})};
  double accuracy = 0;
  for (std::int64_t step = 0; step <= sample.step; step += kStepInterval) {
    Event event = curves.at(step);
    event.time_ms = begin_ms + step * kMsPerStep;
    if (step % (5 * kStepInterval) == 0) {
      accuracy = curves.accuracy(step);
      event.points.push_back({{"eval.accuracy", {}, {}, "", ""}, accuracy});
    }
    events.push_back(std::move(event));
  }
  const std::int64_t end_ms = begin_ms + sample.step * kMsPerStep;
  if (sample.state == RunState::kFinished) {
    events.push_back(makeEvent("checkpoint", end_ms, {{"path", "checkpoint/400"}}));
    events.push_back(makeEvent("result", end_ms, {{"metrics", {{"eval.accuracy", accuracy}}}}));
    events.push_back(makeEvent("end", end_ms, {{"status", "finished"}, {"exit_code", 0}}));
  }
  return events;
}

std::string makeLog(const Sample& sample) {
  std::string log = "retort-train 1: kd_qat on cpu with 2 threads\n";
  Curves curves(sample);
  for (std::int64_t step = 0; step <= sample.step; step += kStepInterval) {
    log += fmt::format("step {:4}  loss {:.4f}\n", step, curves.at(step).points.front().value);
  }
  return log;
}

std::string messageOf(RunState state) {
  switch (state) {
    case RunState::kDiverged:
      return "the loss was not finite at step 181";
    case RunState::kFailed:
      return "killed by signal 9 (SIGKILL) at step 60; attempts: 3 of 3";
    default:
      return "";
  }
}

Status addRun(storage::WorkspaceStore& store, const Sample& sample, std::int64_t begin_ms) {
  const std::string run_id = sample.runId();
  if (sample.state == RunState::kQueued) {
    return {};
  }
  if (Status status = store.runs().setState(run_id, RunState::kRunning, "", begin_ms); !status) {
    return status;
  }
  AttemptRecord attempt;
  attempt.started_ms = begin_ms;
  if (Status status = store.runs().startAttempt(run_id, attempt); !status) {
    return status;
  }
  const auto before = store.ingest().state(run_id);
  if (!before) {
    return failWith(before.error());
  }
  storage::IngestState after = *before;
  after.offset += 1;
  after.attempt = 1;
  after.first_line_sha256 = "sample";
  if (Status status = store.ingest().append({run_id, *before, after, makeEvents(sample, begin_ms)});
      !status) {
    return status;
  }
  const RunPaths paths = store.paths().run(run_id);
  std::error_code error;
  std::filesystem::create_directories(paths.folder, error);
  if (Status status = writeFileAtomically(paths.log(), makeLog(sample)); !status) {
    return status;
  }
  if (sample.state == RunState::kRunning) {
    return {};
  }
  attempt.ended_ms = begin_ms + sample.step * kMsPerStep;
  attempt.exit_code = sample.state == RunState::kDiverged ? 2 : 0;
  if (Status status = store.runs().endAttempt(run_id, attempt); !status) {
    return status;
  }
  return store.runs().setState(run_id, sample.state, messageOf(sample.state), *attempt.ended_ms);
}

}  // namespace

Status makeSampleWorkspace(const std::filesystem::path& folder) {
  auto store = storage::WorkspaceStore::open(folder, storage::Access::kCreate);
  if (!store) {
    return failWith(store.error());
  }
  const std::vector<Sample> samples = makeSamples();
  Submission submission;
  submission.experiment = "ternary-attention-losses";
  submission.file = "ternary-attention-losses.yaml";
  submission.text = kText;
  submission.report = {{"metric", "eval.accuracy"},
                       {"better", "max"},
                       {"at", "last"},
                       {"by", {"distill", "freeze"}},
                       {"baseline", {{"distill", "score"}, {"freeze", "none"}}}};
  for (const Sample& sample : samples) {
    submission.runs.push_back(toSubmitted(sample, static_cast<int>(submission.runs.size())));
  }
  const std::int64_t begin_ms = wallClockMs() - 3'600'000;
  return store->write([&]() -> Status {
    if (const auto added = store->experiments().add(submission, begin_ms); !added) {
      return failWith(added.error());
    }
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const auto start_ms = begin_ms + static_cast<std::int64_t>(i) * 90'000;
      if (Status status = addRun(*store, samples[i], start_ms); !status) {
        return status;
      }
    }
    return {};
  });
}

}  // namespace retort::gui
