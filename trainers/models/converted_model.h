#pragma once

#include "trainers/models/model.h"

#include <ATen/core/Tensor.h>

#include <memory>

namespace retort::train {

/// All tensors of a trace in that type and on that device; those that are there are shared.
[[nodiscard]] ModelTrace convertedTrace(const ModelTrace& trace,
                                        at::Device device,
                                        at::ScalarType dtype);

/// A model that is not trained, asked by those who compute in another type or on another device:
/// batches go to where its weights are, and what it answers comes back. Its parameters are the
/// inner model's, as that holds them.
class ConvertedModel : public Model {
 public:
  /// `device`, `dtype`: of those who ask.
  ConvertedModel(std::unique_ptr<Model> inner, at::Device device, at::ScalarType dtype);

  [[nodiscard]] at::Tensor headWeight() const override;

  [[nodiscard]] bool canRecomputeLayers() const override { return inner_->canRecomputeLayers(); }

  /// Throws c10::Error for an intervention: nothing is taken over here.
  [[nodiscard]] ModelTrace forward(const TokenBatch& batch,
                                   const ForwardOptions& options) const override;

 private:
  void bind() override {}

  std::unique_ptr<Model> inner_;
  at::Device own_device_;
  at::Device device_;
  at::ScalarType dtype_;
};

}  // namespace retort::train
