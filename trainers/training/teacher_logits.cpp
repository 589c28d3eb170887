#include "trainers/training/teacher_logits.h"

#include "core/base/hash.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace retort::train {

namespace {

// How much is computed at once. Other numbers would be other roundings, so they are in no setting.
constexpr std::int64_t kTokens = 1024;
constexpr std::int64_t kLogitRows = 256;

void add(Sha256& hash, const at::Tensor& tensor) {
  if (!tensor.defined()) {
    return;
  }
  if (tensor.is_quantized()) {
    add(hash, tensor.int_repr());
    add(hash, tensor.q_per_channel_scales());
    return;
  }
  const at::Tensor values = tensor.detach().cpu().contiguous();
  hash.update(values.const_data_ptr(), values.nbytes());
}

std::string hashOfWeights(const Model& model) {
  Sha256 hash;
  for (const NamedTensor& parameter : model.parameters()) {
    hash.update(parameter.name);
    hash.update(c10::str(parameter.tensor.scalar_type(), parameter.tensor.sizes()));
    add(hash, parameter.tensor);
  }
  return hash.finishHex();
}

/// Calls `visit` with the batches of all rows in their order; false when `pulse` gave it up.
bool forBatches(const TeacherLogits::Request& request,
                const Pulse& pulse,
                const std::function<void(const TokenBatch&)>& visit) {
  const TrainingTask& task = request.task;
  const std::int64_t at_once = std::max<std::int64_t>(1, kTokens / request.length);
  for (std::int64_t first = 0; first < task.trainingRows(); first += at_once) {
    std::vector<std::int64_t> rows(
        static_cast<std::size_t>(std::min(at_once, task.trainingRows() - first)));
    std::iota(rows.begin(), rows.end(), first);
    if (!pulse()) {
      return false;
    }
    visit(task.batch(rows));
  }
  return true;
}

/// Judged positions of each row.
std::vector<std::int64_t> judgedOf(const TokenBatch& batch) {
  const at::Tensor counts = batch.labels.ne(kIgnoredLabel).sum(1).cpu().contiguous();
  const auto* data = counts.const_data_ptr<std::int64_t>();
  return {data, data + counts.numel()};
}

/// What the teacher is asked: the hash of all it reads, and where it is judged.
struct Questions {
  std::string hash;
  std::vector<std::uint64_t> starts = {0};
};

std::optional<Questions> questionsOf(const TeacherLogits::Request& request, const Pulse& pulse) {
  Questions questions;
  Sha256 hash;
  const bool is_done = forBatches(request, pulse, [&](const TokenBatch& batch) {
    hash.update(c10::str(batch.input_ids.sizes(), batch.segment_ids.defined()));
    for (const at::Tensor* tensor :
         {&batch.input_ids, &batch.attention_mask, &batch.segment_ids, &batch.labels}) {
      add(hash, *tensor);
    }
    for (const std::int64_t judged : judgedOf(batch)) {
      questions.starts.push_back(questions.starts.back() + static_cast<std::uint64_t>(judged));
    }
  });
  if (!is_done) {
    return std::nullopt;
  }
  questions.hash = hash.finishHex();
  return questions;
}

/// Where the head can be taken apart from the model, not all logits are there at once.
TopLogits answersOf(const Model& teacher, const TokenBatch& batch, const TopLogitsRequest& top) {
  const at::Tensor head = teacher.headWeight();
  if (!head.defined()) {
    return topLogits(teacher.forward(batch, {}).logits, top);
  }
  const at::Tensor input = teacher.forward(batch, {.stops_before_head = true}).logits;
  std::vector<at::Tensor> values;
  std::vector<at::Tensor> ids;
  std::vector<at::Tensor> log_sums;
  for (std::int64_t first = 0; first < input.size(0); first += kLogitRows) {
    const std::int64_t count = std::min(kLogitRows, input.size(0) - first);
    const TopLogits part = topLogits(at::linear(input.narrow(0, first, count), head), top);
    values.push_back(part.values);
    ids.push_back(part.ids);
    log_sums.push_back(part.log_sum);
  }
  return {.values = at::cat(values), .ids = at::cat(ids), .log_sum = at::cat(log_sums)};
}

void appendBytes(const at::Tensor& tensor, std::string& bytes) {
  const at::Tensor values = tensor.contiguous();
  bytes.append(static_cast<const char*>(values.const_data_ptr()), values.nbytes());
}

/// The rows of a batch as LogitRow has them.
void appendRows(const TopLogits& answers,
                const TokenBatch& batch,
                const LogitCache::Append& append) {
  const at::Tensor values = answers.values.cpu();
  const at::Tensor ids = answers.ids.to(at::kCPU, at::kInt);
  const at::Tensor log_sums = answers.log_sum.cpu();
  std::int64_t first = 0;
  for (const std::int64_t judged : judgedOf(batch)) {
    std::string bytes;
    for (const at::Tensor* tensor : {&log_sums, &values, &ids}) {
      appendBytes(tensor->narrow(0, first, judged), bytes);
    }
    append(bytes);
    first += judged;
  }
}

void copyInto(std::string_view bytes, const at::Tensor& target, std::int64_t first) {
  if (!bytes.empty()) {
    std::memcpy(target.select(0, first).mutable_data_ptr(), bytes.data(), bytes.size());
  }
}

}  // namespace

std::optional<TeacherLogits> TeacherLogits::open(const Request& request, const Pulse& pulse) {
  const at::NoGradGuard no_grad;
  const auto questions = questionsOf(request, pulse);
  if (!questions) {
    return std::nullopt;
  }
  const std::int64_t vocabulary = request.teacher.shape().outputs;
  const LogitTableShape shape = {
      .starts = questions->starts,
      .count = static_cast<std::uint64_t>(std::min(request.top.count, vocabulary)),
      .element_bytes = c10::elementSize(request.dtype)};
  const Json key = {
      {"cache", 1},
      {"teacher", hashOfWeights(request.teacher)},
      {"rows", questions->hash},
      {"length", request.length},
      {"count", shape.count},
      {"temperature", request.top.temperature},
      {"device", c10::str(request.teacher.parameters().front().tensor.device().type())},
      {"facts", request.facts}};
  const auto make = [&](const LogitCache::Append& append) {
    return forBatches(request, pulse, [&](const TokenBatch& batch) {
      appendRows(answersOf(request.teacher, batch, request.top), batch, append);
    });
  };
  auto table = LogitCache(request.folder).get(sha256Hex(canonicalJson(key)), shape, make, pulse);
  return table ? std::optional(TeacherLogits(*std::move(table))) : std::nullopt;
}

TopLogits TeacherLogits::at(std::span<const std::int64_t> rows, at::Device device) const {
  const LogitTableShape& shape = table_.shape();
  std::int64_t positions = 0;
  for (const std::int64_t row : rows) {
    const auto index = static_cast<std::size_t>(row);
    positions += static_cast<std::int64_t>(shape.starts.at(index + 1) - shape.starts.at(index));
  }
  const auto count = static_cast<std::int64_t>(shape.count);
  const auto dtype = shape.element_bytes == sizeof(double) ? at::kDouble : at::kFloat;
  const TopLogits top = {.values = at::empty({positions, count}, dtype),
                         .ids = at::empty({positions, count}, at::kInt),
                         .log_sum = at::empty({positions}, dtype)};
  std::int64_t first = 0;
  for (const std::int64_t number : rows) {
    const LogitRow row = table_.row(number);
    copyInto(row.log_sums, top.log_sum, first);
    copyInto(row.values, top.values, first);
    copyInto(row.ids, top.ids, first);
    first += static_cast<std::int64_t>(row.log_sums.size() / shape.element_bytes);
  }
  return {.values = top.values.to(device),
          .ids = top.ids.to(device, at::kLong),
          .log_sum = top.log_sum.to(device)};
}

}  // namespace retort::train
