#include "trainers/catalog.h"

#include "trainers/data/data_settings.h"
#include "trainers/data/task.h"
#include "trainers/data/text_settings.h"
#include "trainers/evaluation/choice_evaluation.h"
#include "trainers/evaluation/text_samples.h"
#include "trainers/freezing/freezing.h"
#include "trainers/freezing/signal_freezing.h"
#include "trainers/losses/registry.h"
#include "trainers/models/activation_settings.h"
#include "trainers/models/calibration.h"
#include "trainers/models/output_error.h"
#include "trainers/models/precision_map.h"
#include "trainers/optimizers/registry.h"
#include "trainers/probes/registry.h"
#include "trainers/quantizers/held_grid.h"
#include "trainers/quantizers/quantization_settings.h"
#include "trainers/quantizers/registry.h"
#include "trainers/quantizers/weight_precision.h"
#include "trainers/schedules/schedule.h"
#include "trainers/settings/loop_settings.h"
#include "trainers/settings/recipes.h"
#include "trainers/settings/run_settings.h"
#include "trainers/training/decoder_source.h"
#include "trainers/training/encoder_task.h"
#include "trainers/training/generate_phase.h"
#include "trainers/training/intervention.h"
#include "trainers/training/kd_qat_phase.h"
#include "trainers/training/language_task.h"
#include "trainers/training/phase_registry.h"
#include "trainers/training/updater.h"

#include <utility>

namespace retort::train {

namespace {

constexpr const char* kTrainer = "retort-train";
constexpr const char* kOwn = "Retort's own bookkeeping";

template <class T>
void append(std::vector<T>& target, const std::vector<T>& added) {
  target.insert(target.end(), added.begin(), added.end());
}

std::vector<SettingSpec> allSettings() {
  std::vector<SettingSpec> settings = runSettings().specs();
  append(settings, recipeSettings().specs());
  append(settings, modelSettings().specs());
  append(settings, generateSettings().specs());
  append(settings, architectureSettings().specs());
  append(settings, decoderArchitectureSettings().specs());
  append(settings, dataSettings().specs());
  append(settings, tableTaskSettings().specs());
  append(settings, agreementSettings().specs());
  append(settings, textSettings().specs());
  append(settings, grammarSettings().specs());
  append(settings, languageEvaluationSettings().specs());
  append(settings, choiceEvaluationSettings().specs());
  append(settings, sampleSettings().specs());
  append(settings, loopSettings().specs());
  append(settings, stepMemorySettings().specs());
  append(settings, scheduleSettings().specs());
  append(settings, optimizerSettings().specs());
  append(settings, weightSettings().specs());
  append(settings, embeddingSettings().specs());
  append(settings, headSettings().specs());
  append(settings, precisionMapSettings().specs());
  append(settings, quantizationSettings().specs());
  append(settings, activationSettingSpecs());
  append(settings, learnedQuantizerSettings().specs());
  append(settings, calibrationSettings().specs());
  append(settings, Distillation::settingSpecs());
  append(settings, layerMapSettings().specs());
  append(settings, interventionSettings().specs());
  append(settings, freezeSettings().specs());
  append(settings, signalFreezeSettings().specs());
  append(settings, probeSettingSpecs());
  append(settings, checkpointSettings().specs());
  return settings;
}

std::vector<TechniqueSpec> allTechniques() {
  std::vector<TechniqueSpec> techniques;
  for (const PhaseDefinition& phase : phaseRegistry()) {
    techniques.push_back(phase.spec);
  }
  append(techniques, recipeTechniques());
  append(techniques, taskTechniques());
  for (const QuantizerDefinition& quantizer : quantizerRegistry()) {
    techniques.push_back(quantizer.spec);
  }
  for (const HeldGrid* grid : heldGrids()) {
    techniques.push_back(grid->spec);
  }
  append(techniques, calibrationTechniques());
  techniques.push_back(outputErrorTechnique());
  for (const LossDefinition* loss : lossRegistry()) {
    techniques.push_back(lossTechnique(*loss));
  }
  append(techniques, interventionTechniques());
  for (const OptimizerDefinition* optimizer : optimizerRegistry()) {
    techniques.push_back(optimizer->spec);
  }
  append(techniques, scheduleSpecs());
  append(techniques, freezeSpecs());
  append(techniques, signalFreezeSpecs());
  append(techniques, precisionMapSpecs());
  for (const ProbeDefinition* probe : probeRegistry()) {
    TechniqueSpec spec = probe->spec;
    spec.settings = probeSettingKeys(*probe);
    techniques.push_back(std::move(spec));
  }
  return techniques;
}

std::vector<MetricSpec> allMetrics() {
  std::vector<MetricSpec> metrics = {
      {.name = "train.loss",
       .better = "min",
       .documentation = "total training loss, mean over the steps since the last point, each "
                        "before its update",
       .formula = "\\sum_i c_i L_i",
       .source = kOwn}};
  append(metrics, encoderTaskMetrics());
  append(metrics, languageTaskMetrics());
  append(metrics, generateMetrics());
  append(metrics, signalFreezeMetrics());
  for (const ProbeDefinition* probe : probeRegistry()) {
    for (MetricSpec metric : probe->metrics) {
      metric.source = metric.source.empty() ? probe->spec.source : metric.source;
      metrics.push_back(std::move(metric));
    }
  }
  return metrics;
}

}  // namespace

const Catalogue& trainerCatalogue() {
  static const Catalogue kCatalogue = {.trainer = kTrainer,
                                       .release = RETORT_RELEASE,
                                       .settings = allSettings(),
                                       .metrics = allMetrics(),
                                       .techniques = allTechniques()};
  return kCatalogue;
}

}  // namespace retort::train
