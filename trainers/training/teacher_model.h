#pragma once

#include "trainers/models/model.h"
#include "trainers/settings/setting_group.h"
#include "trainers/training/model_source.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace retort::train {

/// How a language model's teacher is held and where, when not as its student.
struct TeacherSettings {
  std::optional<std::string> dtype;
  std::optional<std::string> device;
};

/// teacher.dtype, teacher.device
[[nodiscard]] const SettingGroup<TeacherSettings>& teacherSettings();

/// What makeTeacher needs to know of the run.
struct TeacherRequest {
  TeacherSettings settings;
  at::ScalarType dtype = at::kFloat;  ///< of the student's computing, and its device
  at::Device device = at::kCPU;
  std::function<void(const std::string&)> warn;
};

/// The full-precision model of a source. With settings of its own it holds converted weights, and
/// answers in the student's type on the student's device (ConvertedModel); else it shares the
/// source's. Throws TrainError (bad spec) for a device that is not there.
[[nodiscard]] std::unique_ptr<Model> makeTeacher(const ModelSource& source,
                                                 const TeacherRequest& request);

}  // namespace retort::train
