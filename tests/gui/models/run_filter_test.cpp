#include "gui/models/run_filter.h"

#include "tests/gui/test_workspace.h"

#include <gtest/gtest.h>

namespace retort::gui {
namespace {

RunRow makeRow() {
  RunRecord run = makeRun("00000000000000aa", "distill=Map freeze=ov seed=2", RunState::kFinished);
  run.note = "two words";
  run.tags = {"paper", "größer"};
  run.priority = 5;
  RunFacts facts;
  facts.experiment = "losses";
  facts.labels = {{"distill", "Map"}, {"freeze", "ov"}, {"lr", "0.05"}};
  facts.seed = 2;
  facts.results = {{"eval.accuracy", 0.875}};
  return makeRunRow(std::move(run), std::move(facts));
}

struct FilterCase {
  const char* text;
  bool is_match;
};

void PrintTo(const FilterCase& filter, std::ostream* out) {
  *out << filter.text;
}

class RunFilterText : public testing::TestWithParam<FilterCase> {};

TEST_P(RunFilterText, FindsWhatItSays) {
  const auto& [text, is_match] = GetParam();

  EXPECT_EQ(RunFilter::parse(QString::fromUtf8(text)).matches(makeRow()), is_match) << text;
}

INSTANTIATE_TEST_SUITE_P(Words,
                         RunFilterText,
                         testing::Values(FilterCase{"", true},
                                         FilterCase{"   ", true},
                                         FilterCase{"FINISHED", true},
                                         FilterCase{"finished paper", true},
                                         FilterCase{"finished nothing", false},
                                         FilterCase{"GRÖßER", true},
                                         FilterCase{"\"two words\"", true},
                                         FilterCase{"\"words two\"", false},
                                         FilterCase{"\"two wo", true},
                                         FilterCase{"-failed", true},
                                         FilterCase{"-finished", false},
                                         FilterCase{"-", false},
                                         FilterCase{"00000000000000aa", true}));

INSTANTIATE_TEST_SUITE_P(Fields,
                         RunFilterText,
                         testing::Values(FilterCase{"state:finished", true},
                                         FilterCase{"state:fail", false},
                                         FilterCase{"-state:fail", true},
                                         FilterCase{"distill=map", true},
                                         FilterCase{"distill=ma", false},
                                         FilterCase{"distill:ma", true},
                                         FilterCase{"distill!=score", true},
                                         FilterCase{"seed=2", true},
                                         FilterCase{"seed!=2", false},
                                         FilterCase{"tags:pap", true},
                                         FilterCase{"note:\"two words\"", true},
                                         FilterCase{"experiment=losses", true}));

INSTANTIATE_TEST_SUITE_P(Numbers,
                         RunFilterText,
                         testing::Values(FilterCase{"eval.accuracy>0.87", true},
                                         FilterCase{"eval.accuracy>0.875", false},
                                         FilterCase{"eval.accuracy>=0.875", true},
                                         FilterCase{"eval.accuracy<=0.8", false},
                                         FilterCase{"priority<1e1", true},
                                         FilterCase{"lr<0.1", true},
                                         FilterCase{"lr<many", false},
                                         FilterCase{"state>3", false}));

INSTANTIATE_TEST_SUITE_P(WhatNamesNoField,
                         RunFilterText,
                         testing::Values(FilterCase{"nothing:x", false},
                                         FilterCase{"seed=2 freeze=ov", true},
                                         FilterCase{":", false},
                                         FilterCase{"=ov", true},
                                         FilterCase{"<b>", false}));

TEST(RunFilter, KnowsWhetherItHoldsAnything) {
  EXPECT_TRUE(RunFilter::parse("  ").isEmpty());
  EXPECT_FALSE(RunFilter::parse("x").isEmpty());
}

}  // namespace
}  // namespace retort::gui
