#include "trainers/training/teacher_model.h"

#include "trainers/data/data_settings.h"
#include "trainers/models/converted_model.h"
#include "trainers/models/held_weights.h"
#include "trainers/train_error.h"
#include "trainers/training/device.h"

#include <utility>

#include <fmt/format.h>

namespace retort::train {
namespace {

at::Device deviceOf(const TeacherRequest& request) {
  if (!request.settings.device) {
    return request.device;
  }
  try {
    return selectDevice(*request.settings.device, request.warn);
  } catch (const TrainError& error) {
    throw TrainError(error.exitCode(), fmt::format("teacher.{}", error.what()));
  }
}

}  // namespace

const SettingGroup<TeacherSettings>& teacherSettings() {
  static const std::vector<SettingCondition> kWhen = {{.key = "phase", .any_of = {"kd_qat"}},
                                                      taskIsForLanguageModels()};
  static const auto kGroup =
      SettingGroup<TeacherSettings>()
          .add(&TeacherSettings::dtype,
               {.key = "teacher.dtype",
                .documentation =
                    "how the teacher is held: float32 or bfloat16 (it then computes in it), or "
                    "int8, its linear layers' weights in 8 bits with a scale for each output; when "
                    "not given, as the student",
                .choices = {"float32", "bfloat16", "int8"},
                .when = kWhen})
          .add(&TeacherSettings::device,
               {.key = "teacher.device",
                .documentation = "where the teacher computes: auto, cpu, cuda or cuda:N; when not "
                                 "given, where the student does",
                .when = kWhen,
                .affects_result = false});
  return kGroup;
}

std::unique_ptr<Model> makeTeacher(const ModelSource& source, const TeacherRequest& request) {
  const at::Device device = deviceOf(request);
  if (!request.settings.dtype && device == request.device) {
    return source.blueprint->build(source.parameters, {}, {});
  }
  NamedTensors parameters = source.parameters;
  for (NamedTensor& parameter : parameters) {
    parameter.tensor = parameter.tensor.to(device);
  }
  if (request.settings.dtype) {
    parameters = heldAs(*request.settings.dtype, std::move(parameters));
  }
  return std::make_unique<ConvertedModel>(
      source.blueprint->build(parameters, {}, {}), request.device, request.dtype);
}

}  // namespace retort::train
