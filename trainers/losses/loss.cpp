#include "trainers/losses/loss.h"

#include <utility>

namespace retort::train {

std::vector<LossTerm> overLayers(const LayerSelection& layers,
                                 const TraceLayers& student,
                                 const TraceLayers& teacher,
                                 const LayerTerm& term) {
  TORCH_CHECK(student.size() == teacher.size(),
              "the student has ",
              student.size(),
              " layers, the teacher ",
              teacher.size(),
              ": they must have the same depth");
  TORCH_CHECK(!student.empty(), "a loss has no layers: the traces lack what it needs");
  std::vector<LossTerm> terms;
  for (std::size_t layer = 0; layer < student.size(); ++layer) {
    if (!layers.has(layer)) {
      continue;
    }
    TORCH_CHECK(student[layer].sizes() == teacher[layer].sizes(),
                "student and teacher differ in shape at ",
                layer,
                ": ",
                student[layer].sizes(),
                " and ",
                teacher[layer].sizes());
    terms.push_back(
        {.layer = static_cast<int>(layer), .value = term(student[layer], teacher[layer].detach())});
  }
  return terms;
}

Loss layerLoss(TracePart part, TraceLayers ModelTrace::*tensors, LayerTerm term) {
  return {.needs = part,
          .terms = [tensors, term = std::move(term)](const LossInput& input,
                                                     const LayerSelection& layers) {
            return overLayers(layers, input.student.*tensors, input.teacher.*tensors, term);
          }};
}

Loss wholeLoss(TraceSet needs, std::function<at::Tensor(const LossInput&)> term, LossMean mean) {
  return {.needs = needs,
          .terms = [term = std::move(term), mean](const LossInput& input, const LayerSelection&) {
            return std::vector<LossTerm>{{.value = term(input), .mean = mean}};
          }};
}

}  // namespace retort::train
