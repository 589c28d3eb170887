#include "core/tables/document.h"

#include "core/tables/render.h"
#include "tests/core/tables/table_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Document sample() {
  Document document{"A <title>", {}};
  document.blocks.emplace_back(HeadingBlock{"Part *one*"});
  document.blocks.emplace_back(ParagraphBlock{"a & b"});
  document.blocks.emplace_back(ListBlock{{"first", "<second>"}});
  document.blocks.emplace_back(TextTableBlock{{"claim", "verdict"}, {{"a|b", "supported"}}});
  document.blocks.emplace_back(
      ComparisonBlock{"Losses", buildComparison(lossRequest(), lossRuns()).value()});
  document.blocks.emplace_back(PictureBlock{"Curves \"by\" loss", "curves.svg"});
  return document;
}

TEST(Document, IsOneHtmlPageWithEscapedTexts) {
  const std::string html = renderHtml(sample());

  EXPECT_TRUE(html.starts_with("<!DOCTYPE html>"));
  EXPECT_TRUE(html.ends_with("</html>\n"));
  EXPECT_THAT(html, HasSubstr("<title>A &lt;title&gt;</title>"));
  EXPECT_THAT(html, HasSubstr("<h2>Part *one*</h2>"));
  EXPECT_THAT(html, HasSubstr("<p>a &amp; b</p>"));
  EXPECT_THAT(html, HasSubstr("<li>&lt;second&gt;</li>"));
  EXPECT_THAT(html, HasSubstr("<tr><td>a|b</td><td>supported</td></tr>"));
  EXPECT_THAT(html, HasSubstr("<h3>Losses</h3>"));
  EXPECT_THAT(html, HasSubstr("<img src=\"curves.svg\" alt=\"Curves &quot;by&quot; loss\">"));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
}

TEST(Document, IsMarkdownWithEscapedTexts) {
  const std::string text = renderMarkdown(sample());

  EXPECT_TRUE(text.starts_with("# A &lt;title&gt;\n")) << text.substr(0, 40);
  EXPECT_THAT(text, HasSubstr("\n## Part \\*one\\*\n"));
  EXPECT_THAT(text, HasSubstr("\n- first\n"));
  EXPECT_THAT(text, HasSubstr("| claim | verdict |\n| --- | --- |\n| a\\|b | supported |\n"));
  EXPECT_THAT(text, HasSubstr("](curves.svg)"));
}

TEST(Document, ShowsTablesAsTheyAreShownAlone) {
  const ComparisonTable table = buildComparison(lossRequest(), lossRuns()).value();

  EXPECT_THAT(renderHtml(sample()), HasSubstr(htmlFigure(table)));
  EXPECT_THAT(renderHtml(table), HasSubstr(htmlFigure(table)));
  EXPECT_THAT(renderMarkdown(sample()), HasSubstr(renderMarkdown(table)));
}

}  // namespace
}  // namespace retort
