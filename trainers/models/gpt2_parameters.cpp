#include "trainers/models/gpt2_parameters.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace retort::train {
namespace {

constexpr std::array<const char*, 3> kInputs = {"q_proj", "k_proj", "v_proj"};

std::string layerPrefix(std::int64_t index) {
  return fmt::format("transformer.h.{}.", index);
}

void addNorm(std::vector<ParameterShape>& shapes, const std::string& module, std::int64_t width) {
  shapes.push_back({module + ".weight", {width}});
  shapes.push_back({module + ".bias", {width}});
}

void addLinear(std::vector<ParameterShape>& shapes,
               const std::string& module,
               std::int64_t outputs,
               std::int64_t inputs) {
  shapes.push_back({module + ".weight", {outputs, inputs}});
  shapes.push_back({module + ".bias", {outputs}});
}

void addLayer(std::vector<ParameterShape>& shapes, const Gpt2Config& config, std::int64_t index) {
  const std::string layer = layerPrefix(index);
  const std::int64_t width = config.n_embd;
  addNorm(shapes, layer + "ln_1", width);
  for (const char* input : kInputs) {
    addLinear(shapes, layer + "attn." + input, width, width);
  }
  addLinear(shapes, layer + "attn.c_proj", width, width);
  addNorm(shapes, layer + "ln_2", width);
  addLinear(shapes, layer + "mlp.c_fc", config.n_inner, width);
  addLinear(shapes, layer + "mlp.c_proj", width, config.n_inner);
}

/// True for the linears of layers, which the files hold transposed.
bool isTransposed(const ParameterShape& parameter) {
  return parameter.name.starts_with("transformer.h.") && parameter.shape.size() == 2;
}

/// "transformer.h.0.attn.c_attn.weight" for query, key and value of that layer; else empty.
std::string fusedName(const std::string& name) {
  for (const char* input : kInputs) {
    const std::size_t at = name.find(input);
    if (at != std::string::npos) {
      return name.substr(0, at) + "c_attn" + name.substr(at + std::string_view(input).size());
    }
  }
  return "";
}

/// Which third of the fused tensor.
std::int64_t thirdOf(const std::string& name) {
  for (std::size_t i = 0; i < kInputs.size(); ++i) {
    if (name.find(kInputs.at(i)) != std::string::npos) {
      return static_cast<std::int64_t>(i);
    }
  }
  return 0;
}

double startDeviation(const Gpt2Config& config, const ParameterShape& parameter) {
  const bool is_residual = parameter.name.ends_with("c_proj.weight");
  return is_residual ? config.initializer_range / std::sqrt(2 * static_cast<double>(config.n_layer))
                     : config.initializer_range;
}

at::Tensor randomParameter(const Gpt2Config& config,
                           const ParameterShape& parameter,
                           at::ScalarType dtype) {
  if (parameter.name.ends_with(".bias")) {
    return at::zeros(parameter.shape, dtype);
  }
  if (parameter.shape.size() == 1) {
    return at::ones(parameter.shape, dtype);
  }
  return at::empty(parameter.shape, dtype).normal_(0, startDeviation(config, parameter));
}

}  // namespace

std::vector<ParameterShape> gpt2ParameterShapes(const Gpt2Config& config) {
  std::vector<ParameterShape> shapes = {{kGpt2TokenTable, {config.vocab_size, config.n_embd}},
                                        {kGpt2PositionTable, {config.n_positions, config.n_embd}}};
  for (std::int64_t layer = 0; layer < config.n_layer; ++layer) {
    addLayer(shapes, config, layer);
  }
  addNorm(shapes, "transformer.ln_f", config.n_embd);
  if (!config.tie_word_embeddings) {
    shapes.push_back({kGpt2Head, {config.vocab_size, config.n_embd}});
  }
  return shapes;
}

std::vector<ParameterShape> gpt2WeightShapes(const Gpt2Config& config) {
  std::vector<ParameterShape> shapes = gpt2ParameterShapes(config);
  if (config.tie_word_embeddings) {
    shapes.push_back({kGpt2Head, {config.vocab_size, config.n_embd}});
  }
  return shapes;
}

std::vector<ParameterShape> gpt2FileShapes(const Gpt2Config& config) {
  std::vector<ParameterShape> shapes;
  for (ParameterShape parameter : gpt2ParameterShapes(config)) {
    const std::string fused = fusedName(parameter.name);
    if (isTransposed(parameter)) {
      std::swap(parameter.shape.front(), parameter.shape.back());
    }
    if (fused.empty()) {
      shapes.push_back(std::move(parameter));
    } else if (thirdOf(parameter.name) == 0) {
      parameter.name = fused;
      parameter.shape.back() *= static_cast<std::int64_t>(kInputs.size());
      shapes.push_back(std::move(parameter));
    }
  }
  return shapes;
}

NamedTensors gpt2FromFiles(const Gpt2Config& config, std::map<std::string, at::Tensor> files) {
  const at::NoGradGuard no_grad;
  const auto last = static_cast<std::int64_t>(kInputs.size()) - 1;
  NamedTensors parameters;
  for (const ParameterShape& parameter : gpt2ParameterShapes(config)) {
    const std::string fused = fusedName(parameter.name);
    const std::string& source = fused.empty() ? parameter.name : fused;
    const bool is_done = fused.empty() || thirdOf(parameter.name) == last;
    at::Tensor tensor = files.at(source);
    if (!fused.empty()) {
      tensor = tensor.chunk(last + 1, -1)[static_cast<std::size_t>(thirdOf(parameter.name))];
    }
    tensor = isTransposed(parameter) ? tensor.t() : tensor;
    // A third must not keep the whole alive.
    parameters.push_back(
        {parameter.name,
         fused.empty() ? tensor.contiguous() : tensor.clone(at::MemoryFormat::Contiguous)});
    if (is_done) {
      files.erase(source);
    }
  }
  return parameters;
}

std::map<std::string, at::Tensor> gpt2ToFiles(const Gpt2Config& config,
                                              const NamedTensors& parameters) {
  const at::NoGradGuard no_grad;
  std::map<std::string, at::Tensor> files;
  std::map<std::string, std::vector<at::Tensor>> fused_parts;
  const std::vector<ParameterShape> shapes = gpt2ParameterShapes(config);
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const at::Tensor& tensor = parameters.at(i).tensor;
    const at::Tensor turned = isTransposed(shapes[i]) ? tensor.t() : tensor;
    const std::string fused = fusedName(shapes[i].name);
    if (fused.empty()) {
      files[shapes[i].name] = turned.detach().contiguous();
    } else {
      fused_parts[fused].push_back(turned.detach());
    }
  }
  for (const auto& [name, parts] : fused_parts) {
    files[name] = at::cat(parts, -1);
  }
  return files;
}

NamedTensors randomGpt2Parameters(const Gpt2Config& config, at::ScalarType dtype) {
  const at::NoGradGuard no_grad;
  NamedTensors parameters;
  for (const ParameterShape& parameter : gpt2ParameterShapes(config)) {
    parameters.push_back({parameter.name, randomParameter(config, parameter, dtype)});
  }
  return parameters;
}

}  // namespace retort::train
