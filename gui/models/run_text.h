#pragma once

#include "core/settings/catalogue.h"
#include "experiments/yaml_tree.h"

#include <QString>

#include <string>
#include <vector>

/// Parts of an experiment that are lists, as people read and type their items.
namespace retort::gui {

/// The settings of a run besides the grid, one a line.
[[nodiscard]] QString runText(const experiments::YamlNode& settings);

/// Reads them and checks each against its declaration, but for those of `axes`, which may be given
/// by label. `catalogue` may be null: nothing is checked then. The error is one sentence.
[[nodiscard]] Result<experiments::YamlNode, QString> readRunText(
    const QString& text, const Catalogue* catalogue, const std::vector<std::string>& axes);

/// "grad_norm above 100, 3 points in a row: stop"; what is missing or wrong stands as it is.
[[nodiscard]] QString alarmText(const experiments::YamlNode& alarm);

}  // namespace retort::gui
