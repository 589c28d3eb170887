#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace retort::train {

/// MSE(student_l, teacher_l) for each l: the mean over all elements of squared differences.
/// Teachers are detached. Throws c10::Error when the numbers of tensors or their shapes differ.
[[nodiscard]] std::vector<at::Tensor> meanSquaredErrors(const std::vector<at::Tensor>& student,
                                                        const std::vector<at::Tensor>& teacher);

}  // namespace retort::train
