#include "trainers/data/table.h"

#include "tests/core/base/temp_folder.h"
#include "tests/trainers/io/expect_train_error.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include <sys/stat.h>
#include <unistd.h>

namespace retort::train {

namespace {

using ::retort::testing::TempFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Fields = std::vector<std::string>;

const TableOptions kSentences = {.columns = {{.name = "sentence"}, {.name = "label"}}};

TableOptions as(TableFormat format) {
  TableOptions options = kSentences;
  options.format = format;
  return options;
}

std::vector<Fields> rowsOf(std::string_view text, const TableOptions& options = kSentences) {
  std::vector<Fields> rows;
  for (const TableRow& row : parseTable("t.tsv", text, options).rows) {
    rows.push_back(row.fields);
  }
  return rows;
}

std::string tableError(std::string_view text, const TableOptions& options = kSentences) {
  return testing::errorOf(ExitCode::kBadData,
                          [&] { static_cast<void>(parseTable("t.tsv", text, options)); });
}

std::string fileError(const std::filesystem::path& file) {
  return testing::errorOf(ExitCode::kMissingInput,
                          [&] { static_cast<void>(readTable(file, kSentences)); });
}

}  // namespace

TEST(Table, TakesColumnsByNameInTheWantedOrder) {
  EXPECT_THAT(rowsOf("label\tid\tsentence\n1\t7\tgood\n0\t8\tbad\n"),
              ElementsAre(Fields{"good", "1"}, Fields{"bad", "0"}));
}

TEST(Table, TakesColumnsByPlaceWithoutAHeader) {
  const TableOptions options = {
      .has_header = false,
      .columns = {{.name = "sentence", .place = 3}, {.name = "label", .place = -3}}};

  EXPECT_THAT(rowsOf("gj04\t1\t\tOne.\ngj04\t0\t*\tTwo.\n", options),
              ElementsAre(Fields{"One.", "1"}, Fields{"Two.", "0"}));
  EXPECT_THAT(tableError("a\tb\n", options), HasSubstr("rows do not have 2 fields"));
}

TEST(Table, QuotesMeanNothingInTsv) {
  EXPECT_THAT(rowsOf("sentence\tlabel\n\"open quote\t1\nsay \"\"no\"\"\t0\n"),
              ElementsAre(Fields{"\"open quote", "1"}, Fields{"say \"\"no\"\"", "0"}));
}

TEST(Table, AcceptsMarksAndLineEndsOfOtherSystems) {
  const auto expected = ElementsAre(Fields{"a", "1"}, Fields{"b", "0"});

  EXPECT_THAT(rowsOf("\xEF\xBB\xBFsentence\tlabel\na\t1\nb\t0\n"), expected);
  EXPECT_THAT(rowsOf("sentence\tlabel\r\na\t1\r\nb\t0\r\n"), expected);
  EXPECT_THAT(rowsOf("sentence\tlabel\ra\t1\rb\t0\r"), expected);
  EXPECT_THAT(rowsOf("sentence\tlabel\na\t1\nb\t0"), expected);
  EXPECT_THAT(rowsOf("sentence\tlabel\n\na\t1\n\nb\t0\n\n"), expected);
}

TEST(Table, AStrayCarriageReturnEndsNoLine) {
  EXPECT_THAT(rowsOf("sentence\tlabel\na\rb\t1\n"), ElementsAre(Fields{"a\rb", "1"}));
}

TEST(Table, RemembersLines) {
  const Table table = parseTable("t", "sentence\tlabel\n\na\t1\nb\t0\n", kSentences);

  EXPECT_EQ(table.rows[0].line, 3);
  EXPECT_EQ(table.rows[1].line, 4);
}

TEST(Table, SaysThatThereIsNothing) {
  EXPECT_EQ(tableError(""), "t.tsv: 0 examples: the file is empty");
  EXPECT_EQ(tableError("sentence\tlabel\n"), "t.tsv: 0 examples: there is no row");
  EXPECT_THAT(tableError("\n", as(TableFormat::kJsonLines)), HasSubstr("0 examples"));
}

TEST(Table, NamesColumnsFoundAndWanted) {
  EXPECT_EQ(tableError("text\tlabel\na\t1\n"),
            "t.tsv:1: there is no column \"sentence\"; found \"text\", \"label\", wanted "
            "\"sentence\", \"label\"");
  EXPECT_THAT(tableError("sentence,label\na,1\n"), HasSubstr("separated by commas, not tabs"));
}

TEST(Table, ListsTheFirstBadRowsAndCountsAll) {
  std::string text = "sentence\tlabel\na\t1\n";
  for (int i = 0; i < 7; ++i) {
    text += "short\n";
  }

  EXPECT_EQ(
      tableError(text),
      "t.tsv:3: 7 rows do not have 2 fields: line 3 has 1, line 4 has 1, line 5 has 1, line 6 "
      "has 1, line 7 has 1, …");
  EXPECT_THAT(tableError("sentence\tlabel\na\t1\textra\n"), HasSubstr("line 2 has 3"));
}

TEST(Table, LeavesShortRowsOutWhenTheTaskHasThem) {
  TableOptions options = kSentences;
  options.skips_short_rows = true;

  const Table table = parseTable("t", "sentence\tlabel\na\t1\ncut\nb\t0\n", options);

  EXPECT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.skipped, 1);
  EXPECT_THAT(tableError("sentence\tlabel\na\t1\tx\n", options), HasSubstr("line 2 has 3"));
}

TEST(Table, PointsAtBytesThatAreNoText) {
  EXPECT_EQ(tableError("sentence\tlabel\nab\xFF\t1\n"),
            "t.tsv:2:3: byte 0xff is not UTF-8; convert the file first");
  EXPECT_EQ(tableError("sentence\rlabel\ra\xE4\r"),
            "t.tsv:3:2: byte 0xe4 is not UTF-8; convert the file first");
  EXPECT_EQ(tableError(std::string("sentence\tlabel\na\0b\t1\n", 21)),
            "t.tsv:2:2: a NUL byte; this is not a text file");
}

TEST(Table, ReadsCsvWithQuotes) {
  EXPECT_THAT(rowsOf("label,sentence\n1,\"a, \"\"b\"\"\nc\"\r\n0,plain\n", as(TableFormat::kCsv)),
              ElementsAre(Fields{"a, \"b\"\nc", "1"}, Fields{"plain", "0"}));
  EXPECT_THAT(rowsOf("label,sentence\n1,\n,x\n1,\"\"", as(TableFormat::kCsv)),
              ElementsAre(Fields{"", "1"}, Fields{"x", ""}, Fields{"", "1"}));
}

TEST(Table, CountsLinesInsideCsvQuotes) {
  const Table table =
      parseTable("t", "label,sentence\n1,\"a\nb\nc\"\n0,d\n", as(TableFormat::kCsv));

  EXPECT_EQ(table.rows[0].line, 2);
  EXPECT_EQ(table.rows[1].line, 5);
}

TEST(Table, RefusesBrokenCsvQuotes) {
  EXPECT_EQ(tableError("label,sentence\n1,\"open\n0,b\n", as(TableFormat::kCsv)),
            "t.tsv:2: a quote is opened and never closed");
  EXPECT_THAT(tableError("label,sentence\n1,\"a\"b\n", as(TableFormat::kCsv)),
              HasSubstr("t.tsv:2: text after a closing quote"));
}

TEST(Table, ReadsJsonLines) {
  EXPECT_THAT(
      rowsOf("{\"sentence\":\"a\\tb\",\"label\":1}\n\n{\"label\":\"0\",\"sentence\":\"\u4e2d\","
             "\"more\":[1]}",
             as(TableFormat::kJsonLines)),
      ElementsAre(Fields{"a\tb", "1"}, Fields{"\u4e2d", "0"}));
  EXPECT_THAT(rowsOf(R"({"sentence":"a","label":2.5})", as(TableFormat::kJsonLines)),
              ElementsAre(Fields{"a", "2.5"}));
}

TEST(Table, NamesTheLineOfBadJson) {
  const TableOptions options = as(TableFormat::kJsonLines);
  const std::string good = "{\"sentence\":\"a\",\"label\":1}\n";

  EXPECT_THAT(tableError(good + "{oops}\n", options),
              AllOf(HasSubstr("t.tsv:2: "), HasSubstr("at byte 2")));
  EXPECT_THAT(tableError(good + "[1]\n", options), HasSubstr("t.tsv:2: expected a JSON object"));
  EXPECT_EQ(tableError(good + "{\"text\":\"a\"}\n", options),
            "t.tsv:2: there is no key \"sentence\"; found \"text\"");
  EXPECT_THAT(tableError(good + "{\"sentence\":\"a\",\"label\":null}\n", options),
              HasSubstr("t.tsv:2: \"label\" is neither a text nor a number"));
  EXPECT_THAT(tableError("{\"sentence\":\"\\ud800\",\"label\":1}\n", options),
              HasSubstr("t.tsv:1: "));
  EXPECT_THAT(tableError("{\"a\":" + std::string(100'000, '[') + "\n", options),
              HasSubstr("nested deeper"));
}

TEST(Table, KeepsEmptyFieldsAndWhiteSpace) {
  EXPECT_THAT(rowsOf("sentence\tlabel\n\t1\n  a  \t\n"),
              ElementsAre(Fields{"", "1"}, Fields{"  a  ", ""}));
}

TEST(Table, ReadsCsvOfOtherSystems) {
  EXPECT_THAT(
      rowsOf("\xEF\xBB\xBF\"sentence\",\"label\"\r\n\"a\r\nb\",1\r\n", as(TableFormat::kCsv)),
      ElementsAre(Fields{"a\r\nb", "1"}));
  EXPECT_THAT(rowsOf("sentence,label\ra,1\rb,0\r", as(TableFormat::kCsv)),
              ElementsAre(Fields{"a", "1"}, Fields{"b", "0"}));
}

TEST(Table, ReadsCsvWithoutALastLineEnd) {
  EXPECT_THAT(rowsOf("sentence,label\na,1\n\"b\",\"0\"", as(TableFormat::kCsv)),
              ElementsAre(Fields{"a", "1"}, Fields{"b", "0"}));
}

TEST(Table, TakesTabsInsideCsvAndCommasInsideTsvForText) {
  EXPECT_THAT(rowsOf("sentence,label\na\tb,1\n", as(TableFormat::kCsv)),
              ElementsAre(Fields{"a\tb", "1"}));
  EXPECT_THAT(rowsOf("sentence\tlabel\na,b\t1\n"), ElementsAre(Fields{"a,b", "1"}));
}

TEST(Table, CountsBadCsvRowsByTheLinesTheyBeginIn) {
  EXPECT_EQ(tableError("sentence,label\n\"a\nb\",1\nshort\nx,1,more\n", as(TableFormat::kCsv)),
            "t.tsv:4: 2 rows do not have 2 fields: line 4 has 1, line 5 has 3");
}

TEST(Table, ShowsHostileColumnNamesEscaped) {
  const std::string message = tableError("\033[2Jtext\tlabel\na\t1\n");

  EXPECT_THAT(message, HasSubstr("there is no column \"sentence\""));
  EXPECT_THAT(message, ::testing::Not(HasSubstr("\033")));
}

TEST(Table, RefusesJsonLinesWithAKeyTwice) {
  EXPECT_THAT(
      tableError("{\"sentence\":\"a\",\"label\":1,\"label\":0}\n", as(TableFormat::kJsonLines)),
      HasSubstr("t.tsv:1: "));
}

TEST(Table, RefusesAJsonDocumentOverManyLines) {
  EXPECT_THAT(tableError("[\n  {\"sentence\": \"a\"}\n]\n", as(TableFormat::kJsonLines)),
              HasSubstr("t.tsv:1: "));
}

TEST(Table, TakesJsonNumbersAndTruthsAsTheirText) {
  EXPECT_THAT(rowsOf("{\"sentence\":\"a\",\"label\":true}\n{\"sentence\":7,\"label\":-1}\n",
                     as(TableFormat::kJsonLines)),
              ElementsAre(Fields{"a", "true"}, Fields{"7", "-1"}));
}

TEST(Table, EveryBeginningOfAFileIsReadOrRefused) {
  const std::string text =
      "\xEF\xBB\xBFsentence,label\r\n\"a \"\"q\"\" \u4e2d\r\nb\",1\r\n{\"x\":1},0\r\n";
  for (const TableFormat format : {TableFormat::kTsv, TableFormat::kCsv, TableFormat::kJsonLines}) {
    for (std::size_t length = 0; length <= text.size(); ++length) {
      try {
        EXPECT_FALSE(parseTable("t", text.substr(0, length), as(format)).rows.empty());
      } catch (const TrainError& error) {
        EXPECT_THAT(error.what(), ::testing::StartsWith("t:")) << length;
      }
    }
  }
}

TEST(Table, ReadsAFileOfQuotesInTime) {
  const std::string quotes(1'000'000, '"');
  const auto begin = std::chrono::steady_clock::now();

  EXPECT_THAT(tableError("sentence,label\n" + quotes + "\"", as(TableFormat::kCsv)),
              HasSubstr("never closed"));

  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST(Table, TellsTheFormatByTheEnding) {
  EXPECT_EQ(tableFormat("auto", "a.tsv"), TableFormat::kTsv);
  EXPECT_EQ(tableFormat("auto", "a.csv"), TableFormat::kCsv);
  EXPECT_EQ(tableFormat("auto", "a.jsonl"), TableFormat::kJsonLines);
  EXPECT_EQ(tableFormat("csv", "a.tsv"), TableFormat::kCsv);
  EXPECT_THAT(
      testing::errorOf(ExitCode::kBadSpec, [] { static_cast<void>(tableFormat("auto", "a.txt")); }),
      HasSubstr("set data.table.format"));
}

TEST(Table, RefusesFilesThatCannotBeRead) {
  const TempFolder folder;
  std::filesystem::create_symlink("loop", folder / "loop");
  ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);

  EXPECT_THAT(fileError(folder / "none.tsv"), HasSubstr("No such file"));
  EXPECT_THAT(fileError(folder / "loop"), HasSubstr("Too many levels of symbolic links"));
  EXPECT_THAT(fileError(folder / "fifo"), HasSubstr("not a regular file"));
  EXPECT_THAT(fileError(folder.path()), HasSubstr("is a folder"));
}

TEST(Table, ReadsVeryLongLinesInTime) {
  std::string text = "sentence\tlabel\n";
  for (int i = 0; i < 400'000; ++i) {
    text += "word ";
  }
  text += "\t1\n";
  const auto begin = std::chrono::steady_clock::now();

  EXPECT_EQ(rowsOf(text).size(), 1U);

  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

}  // namespace retort::train
