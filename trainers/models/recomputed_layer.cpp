#include "trainers/models/recomputed_layer.h"

#include <ATen/Context.h>
#include <ATen/core/grad_mode.h>
#include <ATen/core/ivalue.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <memory>
#include <utility>

namespace retort::train {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

at::Generator generatorOf(const at::Tensor& x) {
  return at::globalContext().defaultGenerator(x.device());
}

/// How to compute the layer as it was computed first.
struct Recipe : torch::CustomClassHolder {
  Recipe(LayerPass pass, at::Tensor state)
      : compute(std::move(pass)),
        generator_state(std::move(state)) {}

  LayerPass compute;
  at::Tensor generator_state;
};

/// Puts the generator back to where it was.
class GeneratorDetour {
 public:
  GeneratorDetour(at::Generator generator, const at::Tensor& state)
      : generator_(std::move(generator)),
        before_(generator_.get_state()) {
    generator_.set_state(state);
  }

  ~GeneratorDetour() { generator_.set_state(before_); }

  GeneratorDetour(const GeneratorDetour&) = delete;
  GeneratorDetour& operator=(const GeneratorDetour&) = delete;

 private:
  at::Generator generator_;
  at::Tensor before_;
};

/// Inputs: x, then the leaves.
struct RecomputedLayer : torch::autograd::Function<RecomputedLayer> {
  static variable_list forward(AutogradContext* context,
                               at::TensorList inputs,
                               const c10::intrusive_ptr<Recipe>& recipe) {
    context->save_for_backward(inputs.vec());
    context->saved_data["recipe"] = c10::IValue::make_capsule(recipe);
    return recipe->compute(inputs[0]);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(),
                "layers that are computed again have no gradients of gradients");
    const auto capsule = context->saved_data["recipe"].toCapsule();
    const auto& recipe = static_cast<const Recipe&>(*capsule);
    variable_list inputs = context->get_saved_variables();
    const at::AutoGradMode records(true);
    inputs[0] = inputs[0].detach().requires_grad_(context->needs_input_grad(0));
    variable_list results;
    {
      const GeneratorDetour detour(generatorOf(inputs[0]), recipe.generator_state);
      results = recipe.compute(inputs[0]);
    }
    return gradientsOf(results, gradients, inputs);
  }

 private:
  /// Undefined for inputs that need none; and one for the recipe.
  static variable_list gradientsOf(const variable_list& results,
                                   const variable_list& gradients,
                                   const variable_list& inputs) {
    variable_list roots;
    variable_list root_gradients;
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (gradients[i].defined() && results[i].requires_grad()) {
        roots.push_back(results[i]);
        root_gradients.push_back(gradients[i]);
      }
    }
    variable_list wanted;
    for (const at::Tensor& input : inputs) {
      if (input.requires_grad()) {
        wanted.push_back(input);
      }
    }
    variable_list result(inputs.size() + 1);
    if (roots.empty()) {
      return result;
    }
    const variable_list found = torch::autograd::grad(roots,
                                                      wanted,
                                                      root_gradients,
                                                      /*retain_graph=*/std::nullopt,
                                                      /*create_graph=*/false,
                                                      /*allow_unused=*/true);
    std::size_t next = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i].requires_grad()) {
        result[i] = found[next++];
      }
    }
    return result;
  }
};

/// Visits the tensors of a trace that carry gradients, but the logits, in a fixed order.
template <typename Visitor>
void visitLayerTensors(ModelTrace& trace, const Visitor& visit) {
  for (auto* layers : {&trace.score,
                       &trace.prob,
                       &trace.context,
                       &trace.dense,
                       &trace.output,
                       &trace.value,
                       &trace.sum,
                       &trace.normed_dense}) {
    for (at::Tensor& tensor : *layers) {
      visit(tensor);
    }
  }
  for (ProjectionOutputs& outputs : trace.projection) {
    for (auto& [name, tensor] : outputs) {
      visit(tensor);
    }
  }
}

/// Appends what one layer left behind.
void append(ModelTrace& trace, const ModelTrace& layer) {
  const auto add = [](auto& target, const auto& added) {
    target.insert(target.end(), added.begin(), added.end());
  };
  add(trace.score, layer.score);
  add(trace.prob, layer.prob);
  add(trace.context, layer.context);
  add(trace.dense, layer.dense);
  add(trace.output, layer.output);
  add(trace.value, layer.value);
  add(trace.sum, layer.sum);
  add(trace.normed_dense, layer.normed_dense);
  add(trace.clipped, layer.clipped);
  add(trace.projection, layer.projection);
}

}  // namespace

std::vector<at::Tensor> recomputed(const LayerPass& compute,
                                   const at::Tensor& x,
                                   const std::vector<at::Tensor>& leaves) {
  std::vector<at::Tensor> inputs = {x};
  inputs.insert(inputs.end(), leaves.begin(), leaves.end());
  return RecomputedLayer::apply(at::TensorList(inputs),
                                c10::make_intrusive<Recipe>(compute, generatorOf(x).get_state()));
}

at::Tensor recomputedInTrace(const TracedLayer& layer,
                             const at::Tensor& x,
                             const NamedTensors& trainable,
                             ModelTrace& trace) {
  // The second time nobody wants the layer's trace.
  const auto first = std::make_shared<ModelTrace>();
  const auto compute = [layer, wanted = std::weak_ptr(first)](const at::Tensor& input) {
    ModelTrace own;
    std::vector<at::Tensor> results = {layer(input, own)};
    visitLayerTensors(own, [&](const at::Tensor& tensor) { results.push_back(tensor); });
    if (const auto target = wanted.lock()) {
      *target = std::move(own);
    }
    return results;
  };
  std::vector<at::Tensor> leaves;
  for (const NamedTensor& parameter : trainable) {
    leaves.push_back(parameter.tensor);
  }
  const std::vector<at::Tensor> results = recomputed(compute, x, leaves);
  std::size_t next = 1;
  visitLayerTensors(*first, [&](at::Tensor& tensor) { tensor = results[next++]; });
  append(trace, *first);
  return results.front();
}

}  // namespace retort::train
