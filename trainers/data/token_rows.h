#pragma once

#include "trainers/data/token_corpus.h"

#include <cstdint>
#include <span>
#include <vector>

namespace retort::train {

/// What a label is where nothing is judged.
constexpr std::int64_t kNoLabel = -100;

/// Rows of a batch, B x N numbers each, row by row. labels[b, i] is the token that position i has
/// to predict.
struct TokenRowBatch {
  std::int64_t rows = 0;
  std::int64_t width = 0;
  std::vector<std::int64_t> input_ids;
  std::vector<std::int64_t> attention_mask;  ///< 1 for a token, 0 for padding, which comes last
  std::vector<std::int64_t> segment_ids;  ///< number of the document in the row, from 0; padding is
                                          ///< a document of its own
  std::vector<std::int64_t> labels;
  std::vector<std::int64_t> lengths;  ///< [B] tokens
};

/// A corpus cut into rows of N tokens.
///
/// Packed: the documents stand one behind the other, and row r holds the tokens from r * stride on;
/// with stride < N (for a perplexity with more context) only its last `stride` positions are
/// judged, except in the first row. Padded: every row begins with a document or goes on with one
/// that is longer than N.
///
/// The label of a position is the next token of its document, also when that stands in the next
/// row: with stride = N every token but the first of a document is judged exactly once. Nothing is
/// judged at the last token of a document, in padding, and where the next token is a prompt's.
class TokenRows {
 public:
  struct Options {
    std::int64_t length = 512;  ///< N, at least 1
    std::int64_t stride = 0;    ///< packed rows only; 0: N
    bool is_packed = true;
    bool is_dynamic = false;  ///< a batch is as wide as its longest row, not N
    std::int32_t pad_id = 0;
  };

  TokenRows(TokenCorpus corpus, const Options& options);

  /// Number of rows. Rows in which nothing is judged are left out.
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(rows_.size()); }

  /// Positions that are judged, in all rows.
  [[nodiscard]] std::int64_t judged() const { return judged_; }

  /// The rows of the given numbers, in their order. Throws std::out_of_range.
  [[nodiscard]] TokenRowBatch batch(std::span<const std::int64_t> rows) const;

  [[nodiscard]] const TokenCorpus& corpus() const { return corpus_; }

 private:
  /// Tokens [begin, end) of the corpus; positions before `judged_from` are context only.
  struct Row {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::int64_t judged_from = 0;
  };

  void addRow(const Row& row);
  void addPackedRows();
  void addPaddedRows();
  [[nodiscard]] std::int64_t labelOf(std::int64_t token, std::int64_t document_end) const;
  void fillRow(const Row& row, std::int64_t place, TokenRowBatch& batch) const;

  TokenCorpus corpus_;
  Options options_;
  std::vector<Row> rows_;
  std::int64_t judged_ = 0;
};

}  // namespace retort::train
