#pragma once

#include "experiments/experiment_document.h"
#include "experiments/yaml_edit.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

/// Changes of the grid's parts of an experiment text, as a form makes them.
namespace retort::experiments {

/// Where the axis stands: {"grid", KEY} or {"zip", N, KEY}; empty when there is none.
[[nodiscard]] YamlPath axisPath(const YamlNode& root, const std::string& key);

/// Adds an axis, or gives the one that is there other values.
Status setAxis(YamlEditor& editor, const std::string& key, const YamlNode& values);

/// Lets an axis vary another setting; everything that names it follows: conditions, exclude,
/// include (where it gives one of its labels), baseline, and the tables and figures of the report.
Status renameAxis(YamlEditor& editor, const std::string& key, const std::string& new_key);

/// Removes an axis with its conditions and its mentions in exclude, baseline and the report. The
/// last axis of a `grid` with a comment leaves `grid: {}`, so that the comment keeps its place.
Status removeAxis(YamlEditor& editor, const std::string& key);

/// Moves an axis of `grid` by so many places towards the front (negative) or the end. Nothing
/// happens where there is no such place.
Status moveAxis(YamlEditor& editor, const std::string& key, int by);

/// Makes axes of `grid` advance together.
Status zipAxes(YamlEditor& editor, const std::vector<std::string>& keys);

/// Puts the axes that advance together with this one back into `grid`.
Status unzipAxis(YamlEditor& editor, const std::string& key);

/// The axis exists only where `condition` ({other.key: value}) holds; an empty map: everywhere.
Status setWhen(YamlEditor& editor, const std::string& key, const YamlNode& condition);

/// One cell as `exclude:` names it: {axis: label, …}, "-" for an axis that it does not have.
using CellLabels = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] YamlNode cellNode(const CellLabels& labels);

/// Excludes a cell, or takes its exclusion back. Refused when it is excluded together with others.
Status toggleCell(YamlEditor& editor, const ExperimentDocument& document, const CellLabels& labels);

}  // namespace retort::experiments
