#pragma once

#include "trainers/tokenizers/tokenizer.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// The commonsense tasks by log-likelihood, with the texts and numbers of lm-evaluation-harness
/// (task type multiple_choice, zero-shot, target_delimiter " ").
namespace retort::train {

/// A question with its answers. Choice i is judged as `continuations[i]` behind `contexts[i]`.
struct ChoiceQuestion {
  std::vector<std::string> contexts;
  std::vector<std::string> continuations;  ///< each begins with the delimiter
  std::vector<std::int64_t> lengths;  ///< characters of each choice without the delimiter: acc_norm
  std::int64_t gold = 0;              ///< the right one

  bool operator==(const ChoiceQuestion&) const = default;
};

/// One of the tasks, by the harness's name.
struct ChoiceTask {
  std::string name;      ///< "piqa", "arc_easy", "arc_challenge", "boolq", "winogrande",
                         ///< "hellaswag", "openbookqa"
  bool has_norm = true;  ///< acc_norm is reported, too
  double version = 1;    ///< of the harness's task whose texts these are
};

[[nodiscard]] const std::vector<ChoiceTask>& choiceTasks();

/// Questions out of JSON lines: rows with the columns of the Hugging Face data set (PIQA: goal,
/// sol1, sol2, label; ARC: question, choices {text, label}, answerKey; BoolQ: passage, question,
/// label or answer; WinoGrande: sentence, option1, option2, answer; HellaSwag: activity_label,
/// ctx_a, ctx_b, endings, label; OpenBookQA: question_stem, choices, answerKey), or rows as
/// llm-foundry prepared them (query, choices, gold; context_options, continuation, gold), which
/// are brought to the harness's texts. `name` stands for the file. Throws TrainError: kBadSpec for
/// an unknown task, kBadData "FILE:LINE: …".
[[nodiscard]] std::vector<ChoiceQuestion> parseChoiceQuestions(const std::string& task,
                                                               const std::string& name,
                                                               std::string_view text);

/// The same out of a file. Throws kMissingInput when it is not there.
[[nodiscard]] std::vector<ChoiceQuestion> readChoiceQuestions(const std::string& task,
                                                              const std::filesystem::path& file);

/// HellaSwag's texts without what WikiHow left in them.
[[nodiscard]] std::string hellaSwagText(std::string_view text);

/// What the model reads for one choice: the log-likelihood is that of the last `judged` tokens.
struct ChoiceTokens {
  std::vector<std::int32_t> ids;
  std::int64_t judged = 0;

  bool operator==(const ChoiceTokens&) const = default;
};

/// The last `max_length` + 1 ids: as many as a model of `max_length` positions reads and predicts.
[[nodiscard]] ChoiceTokens cutChoice(const ChoiceTokens& tokens, std::int64_t max_length);

/// As the harness's _encode_pair: white space at the end of the context goes to the continuation,
/// both are encoded together without bos and eos, and the continuation is what follows as many
/// tokens as the context has alone. An empty context is the bos token (eos where there is none).
/// With `add_bos` bos comes first.
[[nodiscard]] ChoiceTokens encodeChoice(const Tokenizer& tokenizer,
                                        const std::string& context,
                                        const std::string& continuation,
                                        bool add_bos = false);

}  // namespace retort::train
