#include "trainers/data/token_files.h"

#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {

namespace {

using Ids = std::vector<std::int32_t>;

Ids idsOf(const TokenCorpus& corpus) {
  Ids ids;
  for (std::int64_t i = 0; i < corpus.size(); ++i) {
    ids.push_back(corpus.id(i));
  }
  return ids;
}

/// As numpy.save writes it.
std::string npy(const std::string& descr, const std::string& shape, const std::string& data) {
  std::string header =
      "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
  header.resize(117, ' ');
  header += '\n';
  return std::string("\x93NUMPY\1\0\x76\0", 10) + header + data;
}

std::string refusalOf(const std::string& name,
                      const std::string& bytes,
                      const TokenFileOptions& options = {.vocabulary_size = 10}) {
  try {
    static_cast<void>(parseTokenFile(name, bytes, options));
  } catch (const TrainError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST(TokenFiles, BinHoldsPlainNumbers) {
  const std::string shorts("\1\0\x02\1\3\0", 6);
  const std::string longs("\1\0\0\0\0\0\1\0", 8);

  EXPECT_EQ(idsOf(parseTokenFile("x.bin", shorts, {.vocabulary_size = 1000})), (Ids{1, 258, 3}));
  EXPECT_EQ(idsOf(parseTokenFile("x.bin", longs, {.type = "uint32", .vocabulary_size = 70'000})),
            (Ids{1, 65'536}));
}

TEST(TokenFiles, EosEndsADocument) {
  const std::string bytes("\1\0\2\0\1\0\1\0\2\0\3\0", 12);

  const TokenCorpus corpus = parseTokenFile("x.bin", bytes, {.vocabulary_size = 10, .eos = 2});

  ASSERT_EQ(corpus.documents(), 3);
  EXPECT_EQ(corpus.documentStart(1), 2);
  EXPECT_EQ(corpus.documentStart(2), 5);
}

TEST(TokenFiles, NpyHasOneDimensionOfIntegers) {
  const TokenFileOptions options = {.vocabulary_size = 300};

  EXPECT_EQ(idsOf(parseTokenFile("x.npy", npy("<u2", "(2,)", {"\1\0\4\1", 4}), options)),
            (Ids{1, 260}));
  EXPECT_EQ(idsOf(parseTokenFile("x.npy", npy("<i4", "(1,)", {"\5\0\0\0", 4}), options)), Ids{5});
  EXPECT_EQ(idsOf(parseTokenFile("x.npy", npy("<i8", "(1,)", {"\5\0\0\0\0\0\0\0", 8}), options)),
            Ids{5});
}

// numpy.save of [[1, 2, 5, 0], [2, 5, 2, 9], [4, 4, 4, 4]] as int16.
TEST(TokenFiles, RowsAreADocumentEachUpToTheirEos) {
  const std::string ids("\1\0\2\0\5\0\0\0\2\0\5\0\2\0\x9\0\4\0\4\0\4\0\4\0", 24);
  const std::string file = npy("<i2", "(3, 4)", ids);

  const TokenCorpus corpus = parseTokenFile("x.npy", file, {.vocabulary_size = 10, .eos = 2});
  const TokenCorpus whole = parseTokenFile("x.npy", file, {.vocabulary_size = 10});

  EXPECT_EQ(idsOf(corpus), (Ids{1, 2, 2, 5, 2, 4, 4, 4, 4}));
  ASSERT_EQ(corpus.documents(), 3);
  EXPECT_EQ(corpus.documentStart(1), 2);
  EXPECT_EQ(corpus.documentStart(2), 5);
  EXPECT_EQ(whole.size(), 12);
  EXPECT_EQ(whole.documents(), 3);
}

TEST(TokenFiles, WrittenRowsAreReadBack) {
  const Ids ids = {1, 70'000, 3, 4, 5, 6};

  const std::string file = formatTokenRows(ids, 3);

  EXPECT_EQ(idsOf(parseTokenFile("x.npy", file, {.vocabulary_size = 70'001})), ids);
  EXPECT_EQ(parseTokenFile("x.npy", file, {.vocabulary_size = 70'001}).documents(), 2);
  // As numpy.save writes numpy.array([[1, 70000, 3], [4, 5, 6]], numpy.int32).
  const std::string header = "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }";
  EXPECT_EQ(file.size(), 128 + 24);
  EXPECT_EQ(file.substr(10, header.size()), header);
  EXPECT_EQ(file[127], '\n');
}

TEST(TokenFiles, OtherLayoutsAreRefused) {
  const std::string two("\1\0\2\0", 4);

  EXPECT_EQ(refusalOf("x.bin", "abc"), "x.bin: 3 bytes are no whole number of uint16 ids");
  EXPECT_EQ(refusalOf("x.bin", ""), "x.bin: there are no ids in it");
  EXPECT_EQ(refusalOf("x.npy", "abc"), "x.npy: not a .npy file");
  EXPECT_EQ(refusalOf("x.npy", npy("<f4", "(1,)", two)),
            "x.npy: the numbers are <f4; expected <u2, <u4, <u8, <i2, <i4 or <i8");
  for (const char* shape : {"(3,)", "(1,3)", "(2,2)", "(1,1,2)", "(0,)", "(-1,-2)", "(2)"}) {
    EXPECT_THAT(refusalOf("x.npy", npy("<u2", shape, two)),
                testing::HasSubstr("expected one or two dimensions and their numbers, found shape"))
        << shape;
  }
  EXPECT_EQ(refusalOf("x.npy", npy("<u2", "(4611686018427387905, 4)", two)),
            "x.npy: expected one or two dimensions and their numbers, found shape "
            "(4611686018427387905,4) and 4 bytes");
  std::string transposed = npy("<u2", "(1, 2)", two);
  transposed.replace(transposed.find("False"), 5, "True ");
  EXPECT_THAT(refusalOf("x.npy", transposed), testing::HasSubstr("fortran_order"));
  EXPECT_EQ(refusalOf("x.npy", npy("<u2", "(2,)", two).substr(0, 40)),
            "x.npy: the header is cut short");
}

TEST(TokenFiles, DamagedHeadersNeverCrash) {
  const std::string whole = npy("<u2", "(2,)", std::string("\1\0\2\0", 4));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string changed = whole;
    changed[i] ^= '\x15';
    for (const std::string& damaged : {whole.substr(0, i), changed}) {
      const std::string answer = refusalOf("x.npy", damaged);
      EXPECT_TRUE(answer == "accepted" || answer.starts_with("x.npy: ")) << answer;
    }
  }
}

TEST(TokenFiles, IdsOutsideTheVocabularyAreRefused) {
  EXPECT_EQ(refusalOf("x.bin", std::string("\1\0\x0A\0", 4)),
            "x.bin: id 10 at place 1; the tokenizer has 10 ids");
  EXPECT_EQ(refusalOf("x.npy", npy("<i2", "(1,)", "\xFF\xFF")),
            "x.npy: id -1 at place 0; the tokenizer has 10 ids");
  EXPECT_EQ(
      refusalOf("x.bin", std::string("\1\0\0\x80", 4), {.type = "uint32", .vocabulary_size = 10}),
      "x.bin: id 2147483649 at place 0; the tokenizer has 10 ids");
}

}  // namespace retort::train
