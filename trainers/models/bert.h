#pragma once

#include "trainers/models/bert_config.h"
#include "trainers/models/bert_layers.h"
#include "trainers/models/bert_parameters.h"
#include "trainers/models/model.h"

#include <vector>

namespace retort::train {

[[nodiscard]] ModelShape bertShape(const BertConfig& config);

/// A BERT encoder with a sequence classifier. In full precision it is the network of Hugging Face's
/// BertForSequenceClassification; with quantizers it is the student of arXiv 2211.11014 (encoder.md
/// 1 and 2). Movable; one thread at a time.
class BertModel : public Model {
 public:
  /// `parameters`: exactly those of bertParameterShapes; see ModelWeights.
  BertModel(const BertConfig& config,
            const NamedTensors& parameters,
            const ModelQuantization& quantization = {});

  [[nodiscard]] const BertConfig& config() const { return config_; }

  [[nodiscard]] ModelTrace forward(const TokenBatch& batch,
                                   const ForwardOptions& options) const override;

 private:
  void bind() override;

  BertConfig config_;
  // The same tensors as the weights, by their role.
  EmbeddingParameters embeddings_;
  std::vector<LayerParameters> layers_;
  Linear pooler_;
  Linear classifier_;
};

}  // namespace retort::train
