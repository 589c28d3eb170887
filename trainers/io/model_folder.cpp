#include "trainers/io/model_folder.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "trainers/io/or_throw.h"
#include "trainers/io/output_file.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace retort::train {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMaxConfig = 4'000'000;
constexpr std::uint64_t kMaxIndex = 100'000'000;
constexpr std::size_t kTableRows = 10;
constexpr const char* kQuantizers = "quantizers.safetensors";
constexpr std::array<std::string_view, 3> kPrefixes = {"bert.", "electra.", "transformer."};
constexpr std::array<std::string_view, 7> kBodies = {
    "encoder.", "embeddings.", "model.", "h.", "wte.", "wpe.", "ln_f."};
// Buffers that some versions of other programs write beside the weights: GPT-2's causal mask is
// called a bias.
constexpr std::array<std::string_view, 5> kBuffers = {
    "position_ids", "token_type_ids", "rotary_emb.inv_freq", ".attn.bias", ".attn.masked_bias"};

Json readJsonFile(const fs::path& file, std::uint64_t limit) {
  Result<Json> json = parseJson(readOrThrow(readFile(file, limit)));
  if (!json) {
    throw inputError(withContext(json.error(), file.string()));
  }
  if (!json->is_object()) {
    throw TrainError(ExitCode::kBadData, file.string() + ": expected a JSON object at the top");
  }
  return std::move(*json);
}

[[noreturn]] void refuseFolderWithoutWeights(const fs::path& folder) {
  if (fs::exists(folder / "pytorch_model.bin") ||
      fs::exists(folder / "pytorch_model.bin.index.json")) {
    throw TrainError(
        ExitCode::kMissingInput,
        fmt::format("{}: has only pytorch_model.bin, a pickle, which can run any program and is "
                    "never opened; convert it where you trust it: python3 -c \"from transformers "
                    "import AutoModel as M; M.from_pretrained('.').save_pretrained('.')\"",
                    folder.string()));
  }
  throw TrainError(ExitCode::kMissingInput,
                   fmt::format("{}: has neither model.safetensors nor model.safetensors.index.json",
                               folder.string()));
}

/// The shards of an index, each once; their names may not lead out of the folder.
std::map<std::string, std::string> readWeightMap(const fs::path& file) {
  const Json index = readJsonFile(file, kMaxIndex);
  const auto map = index.find("weight_map");
  if (map == index.end() || !map->is_object() || map->empty()) {
    throw TrainError(ExitCode::kBadData,
                     fmt::format("{}: weight_map is missing or empty", file.string()));
  }
  std::map<std::string, std::string> shard_of_tensor;
  for (const auto& [tensor, shard] : map->items()) {
    const std::string name = shard.is_string() ? shard.get<std::string>() : std::string();
    const bool is_plain = name.find('/') == std::string::npos && !name.starts_with('.') &&
                          name.ends_with(".safetensors");
    if (!is_plain || name.find('\0') != std::string::npos) {
      throw TrainError(ExitCode::kBadData,
                       fmt::format("{}: tensor {} is in {}, which is not the name of a safetensors "
                                   "file of this folder",
                                   file.string(),
                                   tensor,
                                   shard.dump().substr(0, 200)));
    }
    shard_of_tensor[tensor] = name;
  }
  return shard_of_tensor;
}

std::string shapeText(const std::vector<std::int64_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

/// Canonical names of heads and buffers that a folder of the family may hold beside what a model
/// wants.
bool isExpendable(const std::string& canonical) {
  const bool is_body = std::ranges::any_of(
      kBodies, [&](std::string_view body) { return canonical.starts_with(body); });
  return !is_body || std::ranges::any_of(kBuffers, [&](std::string_view buffer) {
    return canonical.ends_with(buffer);
  });
}

/// A line of the table of differences.
struct Mismatch {
  std::string name;
  std::string expected;
  std::string found;
};

std::string mismatchTable(const std::vector<Mismatch>& mismatches) {
  std::size_t name_width = 6;
  std::size_t expected_width = 8;
  const std::size_t rows = std::min(mismatches.size(), kTableRows);
  for (std::size_t i = 0; i < rows; ++i) {
    name_width = std::max(name_width, mismatches[i].name.size());
    expected_width = std::max(expected_width, mismatches[i].expected.size());
  }
  std::string table = fmt::format(
      "\n  {:{}}  {:{}}  {}", "tensor", name_width, "expected", expected_width, "found");
  for (std::size_t i = 0; i < rows; ++i) {
    const Mismatch& row = mismatches[i];
    table += fmt::format(
        "\n  {:{}}  {:{}}  {}", row.name, name_width, row.expected, expected_width, row.found);
  }
  if (mismatches.size() > rows) {
    table += fmt::format("\n  and {} more", mismatches.size() - rows);
  }
  return table;
}

/// Compares what is wanted with what the files hold.
class WeightMatcher {
 public:
  WeightMatcher(const fs::path& folder, const std::vector<TensorEntry>& entries) : folder_(folder) {
    for (const TensorEntry& entry : entries) {
      const auto [place, is_new] = found_.emplace(canonicalTensorName(entry.name), entry);
      if (!is_new) {
        throw TrainError(ExitCode::kBadData,
                         fmt::format("{}: tensors {} and {} have the same meaning",
                                     folder_.string(),
                                     place->second.name,
                                     entry.name));
      }
    }
  }

  /// The file's name of each expected tensor; optional ones that are not there go to `absent`.
  std::map<std::string, std::string> match(const std::vector<ExpectedTensor>& expected,
                                           std::vector<std::string>& absent,
                                           std::vector<std::string>& unused) {
    std::map<std::string, std::string> source_of;
    for (const ExpectedTensor& wanted : expected) {
      matchOne(wanted, source_of, absent);
    }
    for (const auto& [canonical, entry] : found_) {
      if (used_.contains(canonical)) {
        continue;
      }
      unused.push_back(entry.name);
      if (!isExpendable(canonical)) {
        mismatches_.push_back({entry.name, "-", shapeText(entry.shape)});
      }
    }
    if (!mismatches_.empty()) {
      refuse(expected);
    }
    return source_of;
  }

 private:
  void matchOne(const ExpectedTensor& wanted,
                std::map<std::string, std::string>& source_of,
                std::vector<std::string>& absent) {
    const std::string canonical = canonicalTensorName(wanted.name);
    const auto found = found_.find(canonical);
    if (found == found_.end()) {
      if (wanted.is_optional) {
        absent.push_back(wanted.name);
      } else {
        mismatches_.push_back({wanted.name, shapeText(wanted.shape), "missing"});
      }
      return;
    }
    used_.insert(canonical);
    source_of[wanted.name] = found->second.name;
    const std::vector<std::int64_t>& shape = found->second.shape;
    if (shape != wanted.shape) {
      const bool is_transposed =
          std::equal(shape.rbegin(), shape.rend(), wanted.shape.begin(), wanted.shape.end());
      mismatches_.push_back({wanted.name,
                             shapeText(wanted.shape),
                             shapeText(shape) + (is_transposed ? " (transposed?)" : "")});
    }
  }

  [[noreturn]] void refuse(const std::vector<ExpectedTensor>& expected) const {
    throw TrainError(
        ExitCode::kBadData,
        fmt::format("{}: {} tensors do not fit the model that config.json describes{}{}",
                    folder_.string(),
                    mismatches_.size(),
                    prefixHint(expected),
                    mismatchTable(mismatches_)));
  }

  /// Names the prefix when the files would match without it.
  std::string prefixHint(const std::vector<ExpectedTensor>& expected) const {
    const auto wanted = std::find_if(expected.begin(), expected.end(), [&](const auto& tensor) {
      return !found_.contains(canonicalTensorName(tensor.name));
    });
    if (wanted == expected.end()) {
      return "";
    }
    const std::string ending = "." + canonicalTensorName(wanted->name);
    for (const auto& [canonical, entry] : found_) {
      if (canonical.ends_with(ending)) {
        return fmt::format("; the names differ by the prefix \"{}\"",
                           canonical.substr(0, canonical.size() - ending.size() + 1));
      }
    }
    return "";
  }

  const fs::path& folder_;
  std::map<std::string, TensorEntry> found_;  // by canonical name
  std::set<std::string> used_;
  std::vector<Mismatch> mismatches_;
};

void checkFinite(const fs::path& folder, const std::string& name, const at::Tensor& tensor) {
  const NonFiniteCount count = countNonFinite(tensor);
  if (count != NonFiniteCount{}) {
    throw TrainError(ExitCode::kBadData,
                     fmt::format("{}: tensor {}: {} NaN, {} Inf of {} values; training from it "
                                 "cannot work: repair the file or choose another model",
                                 folder.string(),
                                 name,
                                 count.nans,
                                 count.infinities,
                                 tensor.numel()));
  }
}

}  // namespace

std::string canonicalTensorName(const std::string& name) {
  std::string canonical = name;
  for (const std::string_view prefix : kPrefixes) {
    if (canonical.starts_with(prefix)) {
      canonical.erase(0, prefix.size());
      break;
    }
  }
  if (canonical.ends_with("LayerNorm.gamma")) {
    canonical.replace(canonical.size() - 5, 5, "weight");
  } else if (canonical.ends_with("LayerNorm.beta")) {
    canonical.replace(canonical.size() - 4, 4, "bias");
  }
  return canonical;
}

ModelFolder::ModelFolder(const fs::path& folder) : folder_(folder) {
  if (!fs::is_directory(folder)) {
    throw TrainError(ExitCode::kMissingInput,
                     fmt::format("{}: there is no such model folder", folder.string()));
  }
  config_ = readJsonFile(folder / "config.json", kMaxConfig);
  if (fs::exists(folder / "model.safetensors")) {
    files_.emplace_back(folder / "model.safetensors");
    for (const TensorEntry& entry : files_.front().header().entries) {
      file_of_tensor_[entry.name] = 0;
    }
  } else if (fs::exists(folder / "model.safetensors.index.json")) {
    openShards();
  } else {
    refuseFolderWithoutWeights(folder);
  }
}

void ModelFolder::openShards() {
  const fs::path index = folder_ / "model.safetensors.index.json";
  const std::map<std::string, std::string> shard_of_tensor = readWeightMap(index);
  std::set<std::string> shards;
  std::vector<std::string> missing;
  for (const auto& [tensor, shard] : shard_of_tensor) {
    if (shards.insert(shard).second && !fs::exists(folder_ / shard)) {
      missing.push_back(shard);
    }
  }
  if (!missing.empty()) {
    throw TrainError(ExitCode::kMissingInput,
                     fmt::format("{}: {} of {} shards are missing: {}",
                                 folder_.string(),
                                 missing.size(),
                                 shards.size(),
                                 joinStrings(missing, ", ")));
  }
  std::map<std::string, std::size_t> position;
  for (const std::string& shard : shards) {
    position[shard] = files_.size();
    files_.emplace_back(folder_ / shard);
  }
  for (const auto& [tensor, shard] : shard_of_tensor) {
    if (files_[position[shard]].find(tensor) == nullptr) {
      throw TrainError(ExitCode::kBadData,
                       fmt::format("{}: tensor {} is not in {}", index.string(), tensor, shard));
    }
    file_of_tensor_[tensor] = position[shard];
  }
}

std::vector<TensorEntry> ModelFolder::entries() const {
  std::vector<TensorEntry> entries;
  for (const auto& [name, file] : file_of_tensor_) {
    entries.push_back(*files_[file].find(name));
  }
  return entries;
}

TensorMap ModelFolder::quantizers() const {
  const fs::path file = folder_ / kQuantizers;
  if (!fs::exists(file)) {
    return {};
  }
  TensorMap tensors = SafetensorsFile(file).readAll();
  for (const auto& [name, tensor] : tensors) {
    checkFinite(folder_, name, tensor);
  }
  return tensors;
}

LoadedWeights ModelFolder::load(const std::vector<ExpectedTensor>& expected) const {
  return load(expected, [](const at::Tensor& tensor) { return tensor; });
}

LoadedWeights ModelFolder::load(const std::vector<ExpectedTensor>& expected,
                                const Conversion& convert) const {
  LoadedWeights weights;
  WeightMatcher matcher(folder_, entries());
  for (const auto& [name, source] : matcher.match(expected, weights.absent, weights.unused)) {
    const at::Tensor tensor = files_[file_of_tensor_.at(source)].read(source);
    checkFinite(folder_, source, tensor);
    weights.tensors[name] = convert(tensor);
  }
  return weights;
}

void writeModelFolder(const fs::path& folder, const ModelFiles& files) {
  const fs::path prepared = makeTemporaryFolder(folder);
  try {
    writeSafetensors(prepared / "model.safetensors", files.tensors);
    if (!files.quantizers.empty()) {
      writeSafetensors(prepared / kQuantizers, files.quantizers);
    }
    writeOrThrow(writeFileAtomically(prepared / "config.json", files.config.dump(2) + "\n"));
    for (const auto* contents : {&files.tokenizer, &files.results}) {
      for (const auto& [name, text] : *contents) {
        writeOrThrow(writeFileAtomically(prepared / name, text));
      }
    }
    publishFolder(prepared, folder);
  } catch (...) {
    std::error_code ignored;  // the first failure is the one to tell
    fs::remove_all(prepared, ignored);
    throw;
  }
}

}  // namespace retort::train
