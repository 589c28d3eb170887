#include "trainers/io/tensor_type.h"

#include <gtest/gtest.h>

namespace retort::train {

TEST(TensorType, NamesAndSizesAreThoseOfTheFormat) {
  const std::pair<const char*, std::uint64_t> expected[] = {{"F64", 8},
                                                            {"F32", 4},
                                                            {"F16", 2},
                                                            {"BF16", 2},
                                                            {"I64", 8},
                                                            {"I32", 4},
                                                            {"I16", 2},
                                                            {"I8", 1},
                                                            {"U8", 1},
                                                            {"BOOL", 1}};
  for (const auto& [name, size] : expected) {
    const std::optional<TensorType> type = tensorTypeFromName(name);

    ASSERT_TRUE(type.has_value()) << name;
    EXPECT_EQ(tensorTypeName(*type), name);
    EXPECT_EQ(tensorTypeSize(*type), size);
  }
}

TEST(TensorType, NamesAreCaseSensitive) {
  EXPECT_EQ(tensorTypeFromName("f32"), std::nullopt);
  EXPECT_EQ(tensorTypeFromName(""), std::nullopt);
  EXPECT_EQ(tensorTypeNames(), "F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL");
}

}  // namespace retort::train
