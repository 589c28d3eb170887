#include "trainers/models/bert.h"

#include "core/base/text.h"
#include "trainers/train_error.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/linear.h>

#include <fmt/ranges.h>

namespace retort::train {
namespace {

// The authors' bias for padded keys (encoder.md 2).
constexpr double kMaskBias = -10000.0;

/// The tensors of `given` in the model's order, or an error that lists what does not fit.
NamedTensors orderParameters(const BertConfig& config, const NamedTensors& given) {
  constexpr std::size_t kListed = 5;
  std::vector<std::string> problems;
  NamedTensors ordered;
  for (const ParameterShape& expected : bertParameterShapes(config)) {
    const at::Tensor* tensor = findTensor(given, expected.name);
    if (tensor == nullptr) {
      problems.push_back(fmt::format("'{}' is missing", expected.name));
    } else if (tensor->sizes() != at::IntArrayRef(expected.shape)) {
      problems.push_back(fmt::format("'{}' has shape [{}] instead of [{}]",
                                     expected.name,
                                     fmt::join(tensor->sizes(), ", "),
                                     fmt::join(expected.shape, ", ")));
    } else {
      ordered.push_back({expected.name, *tensor});
    }
  }
  for (const NamedTensor& entry : given) {
    if (problems.empty() && findTensor(ordered, entry.name) == nullptr) {
      problems.push_back(fmt::format("'{}' does not belong to this architecture", entry.name));
    }
  }
  if (problems.empty()) {
    return ordered;
  }
  const std::size_t more = problems.size() > kListed ? problems.size() - kListed : 0;
  problems.resize(problems.size() - more);
  throw TrainError(ExitCode::kBadData,
                   fmt::format("the model's weights do not fit its configuration: {}{}",
                               joinStrings(problems, "; "),
                               more > 0 ? fmt::format("; and {} more", more) : ""));
}

void checkTypes(const NamedTensors& parameters) {
  const at::Tensor& first = parameters.front().tensor;
  for (const NamedTensor& entry : parameters) {
    if (!at::isFloatingType(entry.tensor.scalar_type()) ||
        entry.tensor.options().type_equal(first.options()) == false ||
        entry.tensor.device() != first.device()) {
      throw TrainError(ExitCode::kBadData,
                       fmt::format("the model's weights must be of one floating point type and "
                                   "device, but '{}' is {} on "
                                   "{} and '{}' is {} on {}",
                                   parameters.front().name,
                                   c10::toString(first.scalar_type()),
                                   first.device().str(),
                                   entry.name,
                                   c10::toString(entry.tensor.scalar_type()),
                                   entry.tensor.device().str()));
    }
  }
}

/// "quantizers.bert.pooler.dense.weight.lsq_4.step"
std::string weightGridName(const std::string& parameter, const Quantizer& quantizer) {
  return fmt::format("quantizers.{}.{}_{}.{}",
                     parameter,
                     quantizer.heldGrid()->spec.name,
                     quantizer.options().bits,
                     quantizer.heldGrid()->parameters.front());
}

/// Finds parameters by their role, with the quantizers that their names call for.
class ParameterBinder {
 public:
  ParameterBinder(const NamedTensors& parameters,
                  const BertQuantization& quantization,
                  const NamedTensors& second_moments,
                  const NamedTensors& weight_grids)
      : parameters_(parameters),
        quantization_(quantization),
        second_moments_(second_moments),
        weight_grids_(weight_grids) {}

  [[nodiscard]] WeightMatrix matrix(const std::string& name) const {
    const at::Tensor* second_moment = findTensor(second_moments_, name);
    Quantizer quantizer = quantization_.forParameter(name);
    if (quantizer.heldGrid() != nullptr) {
      quantizer = quantizer.bound({*findTensor(weight_grids_, weightGridName(name, quantizer))});
    }
    return {.latent = tensor(name),
            .quantizer = quantizer,
            .second_moment = second_moment != nullptr ? *second_moment : at::Tensor()};
  }

  [[nodiscard]] Linear linear(const std::string& name) const {
    return {.weight = matrix(name + ".weight"), .bias = tensor(name + ".bias")};
  }

  [[nodiscard]] NormParameters norm(const std::string& name) const {
    return {.weight = tensor(name + ".weight"), .bias = tensor(name + ".bias")};
  }

  [[nodiscard]] EmbeddingParameters embeddings() const {
    const std::string prefix = "bert.embeddings.";
    return {.words = matrix(prefix + "word_embeddings.weight"),
            .positions = matrix(prefix + "position_embeddings.weight"),
            .segments = matrix(prefix + "token_type_embeddings.weight"),
            .norm = norm(prefix + "LayerNorm")};
  }

  [[nodiscard]] LayerParameters layer(std::int64_t index) const {
    const std::string prefix = fmt::format("bert.encoder.layer.{}.", index);
    return {.query = linear(prefix + "attention.self.query"),
            .key = linear(prefix + "attention.self.key"),
            .value = linear(prefix + "attention.self.value"),
            .attention_output = linear(prefix + "attention.output.dense"),
            .attention_norm = norm(prefix + "attention.output.LayerNorm"),
            .intermediate = linear(prefix + "intermediate.dense"),
            .output = linear(prefix + "output.dense"),
            .output_norm = norm(prefix + "output.LayerNorm")};
  }

 private:
  [[nodiscard]] const at::Tensor& tensor(const std::string& name) const {
    return *findTensor(parameters_, name);
  }

  const NamedTensors& parameters_;
  const BertQuantization& quantization_;
  const NamedTensors& second_moments_;
  const NamedTensors& weight_grids_;
};

void checkBatch(const EncoderBatch& batch, const BertConfig& config) {
  TORCH_CHECK(
      batch.input_ids.dim() == 2 && batch.input_ids.size(1) <= config.max_position_embeddings,
      "input_ids must be [B, N] with N at most ",
      config.max_position_embeddings,
      ", but has shape ",
      batch.input_ids.sizes());
  TORCH_CHECK(batch.attention_mask.sizes() == batch.input_ids.sizes() &&
                  batch.segment_ids.sizes() == batch.input_ids.sizes(),
              "attention_mask ",
              batch.attention_mask.sizes(),
              " and segment_ids ",
              batch.segment_ids.sizes(),
              " must have the shape of input_ids ",
              batch.input_ids.sizes());
}

void checkIntervention(const ForwardOptions& options, std::size_t layers) {
  if (options.intervention == Intervention::kNone) {
    return;
  }
  TORCH_CHECK(options.teacher != nullptr, "an intervention needs the teacher's trace");
  const auto need = [layers](const std::vector<at::Tensor>& part, const char* name) {
    TORCH_CHECK(part.size() == layers,
                "the intervention needs the teacher's ",
                name,
                " of ",
                layers,
                " layers, but the trace has ",
                part.size());
  };
  switch (options.intervention) {
    case Intervention::kNone:
      break;
    case Intervention::kMap:
      need(options.teacher->prob, "prob");
      break;
    case Intervention::kContext:
      need(options.teacher->context, "context");
      break;
    case Intervention::kOutput:
      need(options.teacher->dense, "dense");
      break;
  }
}

}  // namespace

BertModel::BertModel(const BertConfig& config,
                     const NamedTensors& parameters,
                     const BertQuantization& quantization)
    : config_(config),
      quantization_(quantization),
      parameters_(orderParameters(config, parameters)),
      activations_(quantization.activation, config, parameters_.front().tensor.options()) {
  checkTypes(parameters_);
  for (NamedTensor& entry : parameters_) {
    entry.tensor = entry.tensor.detach();
    uses_second_moments_ |= quantization_.forParameter(entry.name).options().uses_curvature;
  }
  makeWeightGrids();
  bindParameters();
}

void BertModel::makeWeightGrids() {
  for (const NamedTensor& parameter : parameters_) {
    const Quantizer quantizer = quantization_.forParameter(parameter.name);
    if (quantizer.heldGrid() != nullptr) {
      weight_grids_.push_back({weightGridName(parameter.name, quantizer),
                               quantizer.startParameters(parameter.tensor).front()});
    }
  }
}

NamedTensors BertModel::quantizerParameters() const {
  NamedTensors held = activations_.parameters();
  held.insert(held.end(), weight_grids_.begin(), weight_grids_.end());
  return held;
}

NamedTensors BertModel::learnable() const {
  NamedTensors all = parameters_;
  for (const NamedTensors& group : {activations_.learnedParameters(), weight_grids_}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

void BertModel::bindParameters() {
  const ParameterBinder binder(parameters_, quantization_, second_moments_, weight_grids_);
  embeddings_ = binder.embeddings();
  layers_.clear();
  for (std::int64_t layer = 0; layer < config_.num_hidden_layers; ++layer) {
    layers_.push_back(binder.layer(layer));
  }
  pooler_ = binder.linear("bert.pooler.dense");
  classifier_ = binder.linear("classifier");
}

void BertModel::setSecondMoments(const NamedTensors& second_moments) {
  second_moments_ = second_moments;
  bindParameters();
}

NamedTensors BertModel::quantizedWeights() const {
  NamedTensors quantized;
  for (const NamedTensor& parameter : parameters_) {
    if (!quantization_.forParameter(parameter.name).isIdentity()) {
      quantized.push_back({parameter.name, weightInUse(parameter.name)});
    }
  }
  return quantized;
}

NamedTensors BertModel::trainableParameters() const {
  NamedTensors trainable = learnable();
  std::erase_if(trainable, [](const NamedTensor& entry) { return !entry.tensor.requires_grad(); });
  return trainable;
}

at::Tensor BertModel::weightInUse(std::string_view name) const {
  TORCH_CHECK(findTensor(parameters_, name) != nullptr, "the model has no parameter ", name);
  const WeightMatrix weight =
      ParameterBinder(parameters_, quantization_, second_moments_, weight_grids_)
          .matrix(std::string(name));
  return weight.quantizer.quantized(weight.latent, weight.second_moment);
}

void BertModel::setTrainable(const std::set<std::string>& frozen) {
  for (const NamedTensor& entry : learnable()) {
    entry.tensor.requires_grad_(frozen.count(entry.name) == 0);
  }
}

void BertModel::clearGradients() {
  for (const NamedTensor& entry : learnable()) {
    entry.tensor.mutable_grad().reset();
  }
}

BertTrace BertModel::forward(const EncoderBatch& batch, const ForwardOptions& options) const {
  checkBatch(batch, config_);
  checkIntervention(options, layers_.size());
  BertTrace trace;
  const at::Tensor padding = 1 - batch.attention_mask.to(embeddings_.words.latent.scalar_type());
  const BertPass pass = {.config = config_,
                         .quantization = quantization_,
                         .activations = activations_,
                         .options = options,
                         .mask = padding.mul(kMaskBias).unsqueeze(1).unsqueeze(1),
                         .trace = trace};

  at::Tensor x = embed(embeddings_, batch, pass);
  const bool traces_hidden = options.trace.has(TracePart::kHidden);
  if (traces_hidden) {
    trace.hidden.push_back(x);
  }
  for (std::size_t index = 0; index < layers_.size(); ++index) {
    x = encoderLayer(layers_[index], x, index, pass);
    if (traces_hidden) {
      trace.hidden.push_back(x);
    }
  }
  const at::Tensor pooled = dropout(pool(pooler_, x, pass), config_.hidden_dropout_prob, pass);
  trace.logits = at::linear(pooled, classifier_.weight.quantized(), classifier_.bias);
  return trace;
}

}  // namespace retort::train
