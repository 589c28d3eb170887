#include "trainers/losses/loss.h"

namespace retort::train {

std::vector<at::Tensor> overLayers(
    const std::vector<at::Tensor>& student,
    const std::vector<at::Tensor>& teacher,
    const std::function<at::Tensor(const at::Tensor&, const at::Tensor&)>& term) {
  TORCH_CHECK(student.size() == teacher.size(),
              "the student has ",
              student.size(),
              " layers, the teacher ",
              teacher.size(),
              ": they must have the same depth");
  std::vector<at::Tensor> terms;
  terms.reserve(student.size());
  for (std::size_t layer = 0; layer < student.size(); ++layer) {
    TORCH_CHECK(student[layer].sizes() == teacher[layer].sizes(),
                "student and teacher differ in shape at ",
                layer,
                ": ",
                student[layer].sizes(),
                " and ",
                teacher[layer].sizes());
    terms.push_back(term(student[layer], teacher[layer].detach()));
  }
  return terms;
}

}  // namespace retort::train
