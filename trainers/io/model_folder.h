#pragma once

#include "core/base/json.h"
#include "trainers/io/safetensors.h"

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace retort::train {

/// A tensor that a model wants from a folder.
struct ExpectedTensor {
  std::string name;  ///< the name of Hugging Face's BertForSequenceClassification:
                     ///< "bert.encoder.layer.0…", "classifier.weight"
  std::vector<std::int64_t> shape;
  bool is_optional =
      false;  ///< a head that a pre-trained folder may lack: the caller makes it anew
};

struct LoadedWeights {
  TensorMap tensors;                ///< by the expected names; on the CPU, in the file's type
  std::vector<std::string> absent;  ///< expected, optional, and not in the folder
  std::vector<std::string>
      unused;  ///< in the folder and wanted by nobody (heads of other tasks), as named there
};

/// A Hugging Face model folder, opened for reading: config.json and one or several safetensors
/// files.
///
/// Names are matched across the prefixes that the BERT family and GPT-2 use ("bert.", "electra.",
/// "transformer.", none) and across the old LayerNorm names (gamma, beta). Nothing is ever
/// unpickled: a folder that has only pytorch_model.bin is refused with the way to convert it.
class ModelFolder {
 public:
  /// Reads config.json and the headers of all weight files. Throws TrainError: kMissingInput when
  /// the folder, config.json, the weights or a shard are missing, kBadData when they are malformed
  /// or a shard's name leaves the folder.
  explicit ModelFolder(const std::filesystem::path& folder);

  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }

  [[nodiscard]] const Json& config() const { return config_; }

  /// All tensors of the folder as the files name them, sorted.
  [[nodiscard]] std::vector<TensorEntry> entries() const;

  /// What quantizers hold (quantizers.safetensors), which other programs do not look at; empty when
  /// there is none. Throws TrainError (kBadData) for a malformed file, NaN and infinities.
  [[nodiscard]] TensorMap quantizers() const;

  /// Reads the expected tensors one by one. Throws TrainError (kBadData) with a table of expected
  /// and found for the first ten tensors that are missing, of another shape, or unexpected in the
  /// body of the model; and for tensors with NaN or infinities, their counts.
  [[nodiscard]] LoadedWeights load(const std::vector<ExpectedTensor>& expected) const;

  /// What a caller makes of a tensor in the file's type: another type, another device.
  using Conversion = std::function<at::Tensor(const at::Tensor&)>;

  /// The same, and each tensor is converted before the next is read: at no time does memory hold
  /// more than the converted model and one tensor of the file.
  [[nodiscard]] LoadedWeights load(const std::vector<ExpectedTensor>& expected,
                                   const Conversion& convert) const;

 private:
  void openShards();

  std::filesystem::path folder_;
  Json config_;
  std::vector<SafetensorsFile> files_;
  std::map<std::string, std::size_t> file_of_tensor_;
};

/// A name without what differs between the folders of a family: no "bert.", "electra." or
/// "transformer." in front, LayerNorm's gamma and beta as weight and bias.
[[nodiscard]] std::string canonicalTensorName(const std::string& name);

/// Everything that a model folder consists of.
struct ModelFiles {
  Json config;                                      ///< config.json
  TensorMap tensors;                                ///< model.safetensors
  TensorMap quantizers;                             ///< quantizers.safetensors; no file when empty
  std::map<std::string, std::string> tokenizer;     ///< contents by file name: "vocab.txt", …
  std::map<std::string, std::string> results = {};  ///< the same: how the model was judged
};

/// Writes a folder that other tools load. All files are written and synced beside the target first;
/// then the folder is put in place, or exchanged with the one that is there, in one step. Throws
/// std::system_error.
void writeModelFolder(const std::filesystem::path& folder, const ModelFiles& files);

}  // namespace retort::train
