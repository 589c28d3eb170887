#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace retort::train {

/// Which layers a loss looks at. Layers count from 0.
class LayerSelection {
 public:
  /// All layers, however many.
  LayerSelection() = default;

  /// `items` as users write them: "all", "last", "3", "0-2". `count`: how many layers there are.
  /// Throws TrainError (bad spec) that names `key` for anything else, for layers that do not exist,
  /// and when nothing is selected.
  LayerSelection(const std::vector<std::string>& items, std::size_t count, const std::string& key);

  [[nodiscard]] bool has(std::size_t layer) const {
    return is_all_ || (layer < selected_.size() && selected_[layer]);
  }

 private:
  bool is_all_ = true;
  std::vector<bool> selected_;
};

}  // namespace retort::train
