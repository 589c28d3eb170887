#include "core/cli/text_table.h"

#include "core/base/text.h"
#include "core/tables/text_width.h"

#include <gtest/gtest.h>

namespace retort::cli {
namespace {

TextTable runs() {
  TextTable table;
  table.columns = {{"#", true, false}, {"state", false, false}, {"name", false, true}};
  table.rows = {{"1", "running", "loss=map"}, {"12", "ok", "loss=score freeze=output and value"}};
  return table;
}

TEST(TextTable, AlignsItsColumns) {
  EXPECT_EQ(renderTextTable(runs(), 0, false),
            " #  state    name\n"
            " 1  running  loss=map\n"
            "12  ok       loss=score freeze=output and value\n");
}

TEST(TextTable, ElidesElasticColumnsToFit) {
  EXPECT_EQ(renderTextTable(runs(), 24, false),
            " #  state    name\n"
            " 1  running  loss=map\n"
            "12  ok       loss=score…\n");
}

TEST(TextTable, KeepsElasticColumnsReadableWhenNothingFits) {
  const std::string text = renderTextTable(runs(), 5, false);

  EXPECT_NE(text.find("loss=ma"), std::string::npos);
}

TEST(TextTable, EscapesAndMeasuresWhatIsShown) {
  TextTable table;
  table.columns = {{"name", false, false}, {"n", true, false}};
  table.rows = {{"\x1b[31m注", "1"}, {"plain", "2"}};

  const auto lines = splitString(renderTextTable(table, 0, false), '\n');

  EXPECT_EQ(lines[1].find('\x1b'), std::string::npos);
  EXPECT_EQ(displayWidth(lines[1]), displayWidth(lines[2]));
}

TEST(TextTable, HasABoldHeaderOnTerminals) {
  EXPECT_EQ(renderTextTable(runs(), 0, true).rfind("\x1b[1m", 0), 0U);
}

}  // namespace
}  // namespace retort::cli
