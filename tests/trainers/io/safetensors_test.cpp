#include "trainers/io/safetensors.h"

#include "tests/core/base/temp_folder.h"
#include "tests/trainers/io/expect_train_error.h"
#include "tests/trainers/io/safetensors_bytes.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <limits>
#include <system_error>

#include <sys/resource.h>
#include <sys/stat.h>

namespace retort::train {

namespace {

using ::retort::testing::contentsOf;
using ::retort::testing::TempFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;

TensorMap sampleTensors() {
  return {{"b.f32", at::arange(3, at::kFloat)},
          {"a.u8", at::arange(3, at::kByte)},
          {"z.i64", at::full({1}, -7, at::kLong)},
          {"a.f16", at::full({1}, 1.5, at::kHalf)},
          {"c.i64", at::arange(2, at::kLong)},
          {"d.bool", at::ones({2}, at::kBool)},
          {"e.i8", at::full({1}, -3, at::kChar)},
          {"f.f64", at::full({1}, 0.1, at::kDouble)}};
}

std::string openError(const std::filesystem::path& file, ExitCode exit_code = ExitCode::kBadData) {
  return testing::errorOf(exit_code, [&] { static_cast<void>(SafetensorsFile(file)); });
}

}  // namespace

TEST(Safetensors, ReadsBackWhatItWrote) {
  const TempFolder folder;
  TensorMap tensors = sampleTensors();
  tensors["g.bf16"] = at::arange(6, at::kFloat).reshape({2, 3}).to(at::kBFloat16);
  tensors["h.i16"] = at::arange(2, at::kShort);
  tensors["i.i32"] = at::arange(2, at::kInt);
  tensors["scalar"] = at::full({}, 2.0, at::kFloat);
  tensors["empty"] = at::empty({0, 4}, at::kFloat);
  tensors["transposed"] = at::arange(6, at::kFloat).reshape({2, 3}).t();

  writeSafetensors(folder / "m.safetensors", tensors);

  const TensorMap read = SafetensorsFile(folder / "m.safetensors").readAll();
  ASSERT_EQ(read.size(), tensors.size());
  for (const auto& [name, tensor] : tensors) {
    EXPECT_EQ(read.at(name).scalar_type(), tensor.scalar_type()) << name;
    EXPECT_TRUE(at::equal(read.at(name), tensor)) << name;
    EXPECT_TRUE(read.at(name).is_contiguous());
  }
  EXPECT_EQ(std::filesystem::file_size(folder / "m.safetensors"), safetensorsSize(tensors));
}

TEST(Safetensors, OrdersTensorsAsHuggingFacesWriterDoes) {
  // The header that safetensors 0.5 wrote for the same eight tensors.
  const std::string expected =
      R"({"__metadata__":{"format":"pt"},"c.i64":{"dtype":"I64","shape":[2],"data_offsets":[0,16]},)"
      R"("z.i64":{"dtype":"I64","shape":[1],"data_offsets":[16,24]},)"
      R"("f.f64":{"dtype":"F64","shape":[1],"data_offsets":[24,32]},)"
      R"("b.f32":{"dtype":"F32","shape":[3],"data_offsets":[32,44]},)"
      R"("a.f16":{"dtype":"F16","shape":[1],"data_offsets":[44,46]},)"
      R"("e.i8":{"dtype":"I8","shape":[1],"data_offsets":[46,47]},)"
      R"("a.u8":{"dtype":"U8","shape":[3],"data_offsets":[47,50]},)"
      R"("d.bool":{"dtype":"BOOL","shape":[2],"data_offsets":[50,52]}}   )";
  const TempFolder folder;

  writeSafetensors(folder / "m.safetensors", sampleTensors());

  const std::string bytes = contentsOf(folder / "m.safetensors");
  EXPECT_EQ(bytes.substr(8, bytes.size() - 8 - 52), expected);
}

TEST(Safetensors, ReadsOneTensorWithoutTheOthers) {
  const TempFolder folder;
  writeSafetensors(folder / "m.safetensors", sampleTensors());
  const SafetensorsFile file(folder / "m.safetensors");

  EXPECT_EQ(file.read("c.i64").sum().item<std::int64_t>(), 1);
  ASSERT_NE(file.find("f.f64"), nullptr);
  EXPECT_EQ(file.find("f.f64")->shape, std::vector<std::int64_t>{1});
  EXPECT_EQ(file.find("nothing"), nullptr);
  EXPECT_THAT(testing::errorOf(ExitCode::kBadData, [&] { static_cast<void>(file.read("x")); }),
              HasSubstr("there is no tensor x"));
}

TEST(Safetensors, RefusesFilesThatAreNotThere) {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "a-folder");
  ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);

  EXPECT_THAT(openError(folder / "none", ExitCode::kMissingInput), HasSubstr("No such file"));
  EXPECT_THAT(openError(folder / "a-folder", ExitCode::kMissingInput), HasSubstr("is a folder"));
  EXPECT_THAT(openError(folder / "fifo", ExitCode::kMissingInput), HasSubstr("not a regular"));
}

TEST(Safetensors, AllocatesNothingForAnImpossibleLength) {
  const TempFolder folder;
  const auto file =
      folder.write("m.safetensors", testing::littleEndian(std::uint64_t{1} << 63U) + "{}");

  struct rusage before {};

  struct rusage after {};

  ::getrusage(RUSAGE_SELF, &before);
  EXPECT_THAT(openError(file),
              AllOf(HasSubstr(file.string()), HasSubstr("larger than the file (10 bytes)")));
  ::getrusage(RUSAGE_SELF, &after);

  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 10'000);
}

TEST(Safetensors, SaysWhenTheFileIsCutWhileItIsRead) {
  const TempFolder folder;
  const auto path = folder / "m.safetensors";
  writeSafetensors(path, {{"w", at::zeros({100'000}, at::kFloat)}});
  const SafetensorsFile file(path);

  std::filesystem::resize_file(path, 100);

  EXPECT_THAT(testing::errorOf(ExitCode::kBadData, [&] { static_cast<void>(file.read("w")); }),
              HasSubstr("became shorter while it was read"));
}

TEST(Safetensors, RefusesBoolsThatAreNeitherTrueNorFalse) {
  const TempFolder folder;
  std::string bytes =
      testing::safetensorsBytes(R"({"w":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}})", 2);
  bytes.back() = '\xFF';
  const SafetensorsFile file(folder.write("m.safetensors", bytes));

  EXPECT_THAT(testing::errorOf(ExitCode::kBadData, [&] { static_cast<void>(file.read("w")); }),
              HasSubstr("byte 1 of a BOOL tensor is 255"));
}

TEST(Safetensors, KeepsTheOldFileWhenWritingFails) {
  const TempFolder folder;
  const auto path = folder / "m.safetensors";
  writeSafetensors(path, {{"w", at::ones({2}, at::kFloat)}});
  const std::string before = contentsOf(path);

  EXPECT_THROW(writeSafetensors(path, {{"w", at::Tensor()}}), c10::Error);
  EXPECT_THAT(testing::errorOf(ExitCode::kBadData,
                               [&] {
                                 writeSafetensors(path, {{"w", at::ones({2}, at::kComplexFloat)}});
                               }),
              HasSubstr("tensor w of type ComplexFloat cannot be written"));
  EXPECT_THROW(writeSafetensors(folder / "no" / "m.safetensors", {}), std::system_error);

  EXPECT_EQ(contentsOf(path), before);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(Safetensors, CountsValuesThatAreNotFinite) {
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();

  EXPECT_EQ(countNonFinite(at::tensor({nan, infinity, -infinity, 1.0})),
            (NonFiniteCount{.nans = 1, .infinities = 2}));
  EXPECT_EQ(countNonFinite(at::tensor({nan, 1.0}).to(at::kHalf)), (NonFiniteCount{.nans = 1}));
  EXPECT_EQ(countNonFinite(at::tensor({1.0, 2.0})), NonFiniteCount{});
  EXPECT_EQ(countNonFinite(at::arange(3, at::kLong)), NonFiniteCount{});
}

TEST(Safetensors, ReadsARealModel) {
  const std::filesystem::path path =
      std::filesystem::path(SHARED_DATA_DIR) / "data/models/minilm-l6-sst2/model.safetensors";
  if (!std::filesystem::exists(path)) {
    GTEST_SKIP() << path << " is not there";
  }
  const SafetensorsFile file(path);
  const TempFolder folder;

  const TensorMap tensors = file.readAll();
  writeSafetensors(folder / "copy.safetensors", tensors);

  EXPECT_EQ(tensors.size(), 105U);
  EXPECT_EQ(tensors.at("bert.embeddings.word_embeddings.weight").sizes(),
            (std::vector<std::int64_t>{30522, 384}));
  // Hugging Face wrote the original: the same order, so the same bytes.
  EXPECT_TRUE(contentsOf(folder / "copy.safetensors") == contentsOf(path));
}

}  // namespace retort::train
