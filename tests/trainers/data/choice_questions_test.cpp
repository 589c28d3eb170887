#include "trainers/data/choice_questions.h"

#include "tests/trainers/tokenizers/tokenizer_golden.h"
#include "trainers/train_error.h"

#include <set>
#include <tuple>

// The texts are those of lm-evaluation-harness's task files, written by hand.
namespace retort::train {

namespace {

using retort::testing::Ids;
using Texts = std::vector<std::string>;

ChoiceQuestion only(const std::string& task, const Json& row) {
  const auto questions = parseChoiceQuestions(task, "file", row.dump() + "\n");
  EXPECT_EQ(questions.size(), 1U);
  return questions.at(0);
}

std::string refusalOf(const std::string& task, const std::string& text) {
  try {
    static_cast<void>(parseChoiceQuestions(task, "file", text));
  } catch (const TrainError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST(ChoiceQuestions, Piqa) {
  const ChoiceQuestion question =
      only("piqa",
           {{"goal", "Boil eggs."}, {"sol1", "Use water."}, {"sol2", "Use \u00E9."}, {"label", 1}});

  EXPECT_EQ(question.contexts, Texts(2, "Question: Boil eggs.\nAnswer:"));
  EXPECT_EQ(question.continuations, (Texts{" Use water.", " Use \u00E9."}));
  EXPECT_EQ(question.lengths, (std::vector<std::int64_t>{10, 6}));  // characters, not bytes
  EXPECT_EQ(question.gold, 1);
}

TEST(ChoiceQuestions, Arc) {
  for (const char* task : {"arc_easy", "arc_challenge"}) {
    const ChoiceQuestion question =
        only(task,
             {{"question", "Why?"},
              {"choices", {{"text", Json::array({"x", "y"})}, {"label", Json::array({"1", "2"})}}},
              {"answerKey", "2"}});

    EXPECT_EQ(question.contexts, Texts(2, "Question: Why?\nAnswer:"));
    EXPECT_EQ(question.continuations, (Texts{" x", " y"}));
    EXPECT_EQ(question.gold, 1);
  }
}

TEST(ChoiceQuestions, BoolQ) {
  const Json row = {{"passage", "P."}, {"question", "is it so"}, {"label", 1}};
  const Json other = {{"passage", "P."}, {"question", "is it so"}, {"answer", false}};

  EXPECT_EQ(only("boolq", row).contexts, Texts(2, "P.\nQuestion: is it so?\nAnswer:"));
  EXPECT_EQ(only("boolq", row).continuations, (Texts{" no", " yes"}));
  EXPECT_EQ(only("boolq", row).gold, 1);
  EXPECT_EQ(only("boolq", other).gold, 0);
}

TEST(ChoiceQuestions, WinoGrandeIsEvaluatedPartially) {
  const ChoiceQuestion question = only("winogrande",
                                       {{"sentence", "Sarah beat Maria because _ was better."},
                                        {"option1", "Sarah"},
                                        {"option2", "Maria"},
                                        {"answer", "1"}});

  EXPECT_EQ(question.contexts,
            (Texts{"Sarah beat Maria because Sarah", "Sarah beat Maria because Maria"}));
  EXPECT_EQ(question.continuations, Texts(2, " was better."));
  EXPECT_EQ(question.gold, 0);
}

TEST(ChoiceQuestions, HellaSwag) {
  const ChoiceQuestion question =
      only("hellaswag",
           {{"activity_label", "Baking"},
            {"ctx_a", "A man stirs. [title] Go on [step] now."},
            {"ctx_b", "he McDonald"},
            {"endings", Json::array({" eats  it [header] [title] all.", "sleeps."})},
            {"label", "1"}});

  EXPECT_EQ(question.contexts, Texts(2, "Baking: A man stirs.. Go on now. He mcdonald"));
  EXPECT_EQ(question.continuations, (Texts{" eats it . all.", " sleeps."}));
  EXPECT_EQ(question.gold, 1);
}

TEST(ChoiceQuestions, HellaSwagsTextsLoseTheirBrackets) {
  EXPECT_EQ(hellaSwagText("  a [x] b[y]c "), "a bc");
  EXPECT_EQ(hellaSwagText("a [open"), "a [open");
  EXPECT_EQ(hellaSwagText("a [x\ny] b"), "a [x\ny] b");  // . is no line break
  EXPECT_EQ(hellaSwagText("[[x]]"), "]");
  EXPECT_EQ(hellaSwagText("a    b"), "a  b");  // once, not again
  EXPECT_EQ(hellaSwagText("do [title] this"), "do. this");
}

// Golden texts by the harness's own functions: tests/data/tokenizer/make_text_golden.py.
TEST(ChoiceQuestions, HostileTextsAreThoseOfTheHarness) {
  const Json golden = retort::testing::goldenOf("text_golden.json");

  for (const Json& pair : golden.at("hellaswag_texts")) {
    EXPECT_EQ(hellaSwagText(pair[0].get<std::string>()), pair[1].get<std::string>()) << pair[0];
  }
  for (const Json& row : golden.at("hellaswag")) {
    const ChoiceQuestion question = only("hellaswag",
                                         {{"activity_label", "L"},
                                          {"ctx_a", "A."},
                                          {"ctx_b", row.at("ctx_b")},
                                          {"endings", Json::array({"x"})},
                                          {"label", 0}});
    EXPECT_EQ(question.contexts[0], row.at("query").get<std::string>()) << row.at("ctx_b");
  }
  for (const Json& row : golden.at("winogrande")) {
    const ChoiceQuestion question = only(
        "winogrande",
        {{"sentence", row.at("sentence")}, {"option1", "Ann"}, {"option2", "Bo"}, {"answer", "2"}});
    EXPECT_EQ(question.contexts, row.at("contexts").get<Texts>());
    EXPECT_EQ(question.continuations[1], " " + row.at("end").get<std::string>());
    EXPECT_EQ(question.gold, 1);
  }
}

TEST(ChoiceQuestions, OpenBookQa) {
  const ChoiceQuestion question = only(
      "openbookqa",
      {{"question_stem", "The sun is"},
       {"choices", {{"text", Json::array({"cold", "hot"})}, {"label", Json::array({"A", "B"})}}},
       {"answerKey", " B"}});

  EXPECT_EQ(question.contexts, Texts(2, "The sun is"));
  EXPECT_EQ(question.continuations, (Texts{" cold", " hot"}));
  EXPECT_EQ(question.gold, 1);
}

TEST(ChoiceQuestions, PreparedRowsAreBroughtToTheHarnesssTexts) {
  const auto prepared = [](const char* query) {
    return Json{{"query", query}, {"choices", Json::array({"x", "y"})}, {"gold", 0}};
  };
  const Json partial = {
      {"context_options", Json::array({"a b", "a c"})}, {"continuation", "d."}, {"gold", 1}};

  EXPECT_EQ(only("piqa", prepared("Question: How?\n")).contexts[0], "Question: How?\nAnswer:");
  EXPECT_EQ(only("arc_easy", prepared("Question: Why?")).contexts[0], "Question: Why?\nAnswer:");
  EXPECT_EQ(only("boolq", prepared("Passage: P.\nQuestion: so?")).contexts[0],
            "P.\nQuestion: so?\nAnswer:");
  EXPECT_EQ(only("openbookqa", prepared("The sun is")).contexts[0], "The sun is");
  EXPECT_EQ(only("hellaswag", prepared("Baking: A")).contexts[0], "Baking: A");
  EXPECT_EQ(only("winogrande", partial).contexts, (Texts{"a b", "a c"}));
  EXPECT_EQ(only("winogrande", partial).continuations, Texts(2, " d."));
}

TEST(ChoiceQuestions, RealFilesAreReadWhole) {
  const auto folder = std::filesystem::path(SHARED_DATA_DIR) / "data/reasoning";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << folder << " is not there";
  }
  const std::vector<std::tuple<const char*, const char*, std::size_t, std::size_t>> files = {
      {"arc_easy", "arc_easy.jsonl", 2376, 4},
      {"arc_challenge", "arc_challenge.jsonl", 1172, 4},
      {"piqa", "piqa.jsonl", 1838, 2},
      {"boolq", "boolq.jsonl", 3270, 2},
      {"winogrande", "winogrande.jsonl", 1267, 2},
      {"openbookqa", "openbook_qa.jsonl", 500, 4},
      {"hellaswag", "hellaswag_small.jsonl", 4, 4}};
  const std::set<std::string> asking = {"arc_easy", "arc_challenge", "piqa", "boolq"};
  for (const auto& [task, name, count, choices] : files) {
    const auto questions = readChoiceQuestions(task, folder / name);

    EXPECT_EQ(questions.size(), count) << name;
    EXPECT_EQ(questions.at(0).contexts.size(), choices) << name;
    for (const ChoiceQuestion& question : questions) {
      const bool asks = question.contexts[0].ends_with("\nAnswer:");
      EXPECT_EQ(asks, asking.contains(task)) << question.contexts[0];
    }
  }
}

TEST(ChoiceQuestions, WhatIsWrongIsNamedWithItsLine) {
  EXPECT_EQ(refusalOf("odd", ""),
            "task \"odd\" is not known; known: arc_challenge, arc_easy, boolq, hellaswag, "
            "openbookqa, piqa, winogrande");
  EXPECT_EQ(refusalOf("piqa", "\n"), "file: there are no questions in it");
  EXPECT_EQ(refusalOf("piqa", "\n[]"), "file:2: expected a JSON object");
  EXPECT_EQ(refusalOf("piqa", R"({"goal": "", "sol1": "", "label": 0})"),
            "file:1: there is no \"sol2\"");
  EXPECT_EQ(refusalOf("piqa", R"({"goal": "", "sol1": "a", "sol2": "b", "label": -1})"),
            "file:1: the answer is number 0 of 2 choices");
  EXPECT_EQ(refusalOf("piqa", R"({"goal": "", "sol1": "a", "sol2": 2, "label": 0})"),
            "file:1: \"sol2\" is not a text");
  EXPECT_EQ(refusalOf("winogrande",
                      R"({"sentence": "a", "option1": "b", "option2": "c", "answer": "1"})"),
            "file:1: \"sentence\" has no gap (_)");
  EXPECT_EQ(refusalOf("arc_easy",
                      R"({"question": "", "choices": {"text": ["a"], "label": ["A"]},)"
                      R"( "answerKey": "B"})"),
            "file:1: answerKey \"B\" is none of the labels");
  EXPECT_EQ(refusalOf("hellaswag", R"({"query": "", "choices": ["a"], "gold": ""})"),
            "file:1: \"gold\" is not an integer: \"\"");
}

TEST(ChoiceQuestions, AChoiceIsEncodedWithItsContext) {
  const std::string model = retort::testing::goldenOf("tokenizer_json_tiny.json").at("gpt2").dump();
  const auto tokenizer = makeTokenizer(
      {{"tokenizer.json", model}, {"tokenizer_config.json", R"({"eos_token": "<|endoftext|>"})"}},
      "folder");
  const Ids whole = tokenizer->encodePlain("the fox jumps over");
  const Ids context = tokenizer->encodePlain("the fox");
  const auto judged = static_cast<std::int64_t>(whole.size() - context.size());

  const ChoiceTokens tokens = encodeChoice(*tokenizer, "the fox", " jumps over");
  const ChoiceTokens moved = encodeChoice(*tokenizer, "the fox ", "jumps over");
  const ChoiceTokens started = encodeChoice(*tokenizer, "", "the fox");
  const ChoiceTokens cut = cutChoice(tokens, judged + 1);
  const ChoiceTokens shorter = cutChoice(tokens, 1);

  EXPECT_EQ(tokens, (ChoiceTokens{.ids = whole, .judged = judged}));
  EXPECT_EQ(moved, tokens);  // the space belongs to the continuation
  EXPECT_EQ(started.ids.size(), context.size() + 1);
  EXPECT_EQ(started.ids.at(0), tokenizer->specialIds().eos);
  EXPECT_EQ(started.judged, static_cast<std::int64_t>(context.size()));
  EXPECT_EQ(cut.ids, Ids(whole.end() - judged - 2, whole.end()));
  EXPECT_EQ(cut.judged, judged);
  EXPECT_EQ(shorter.ids, Ids(whole.end() - 2, whole.end()));
  EXPECT_EQ(shorter.judged, 1);  // a token that nothing comes before is not judged
}

}  // namespace retort::train
