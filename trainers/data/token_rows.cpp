#include "trainers/data/token_rows.h"

#include "core/base/check.h"

#include <algorithm>
#include <utility>

namespace retort::train {

TokenRows::TokenRows(TokenCorpus corpus, const Options& options)
    : corpus_(std::move(corpus)),
      options_(options) {
  RETORT_CHECK(options.length >= 1 && options.stride >= 0 && options.stride <= options.length,
               "a row has tokens, and rows leave none out");
  if (options_.stride == 0) {
    options_.stride = options_.length;
  }
  if (options_.is_packed) {
    addPackedRows();
  } else {
    addPaddedRows();
  }
}

std::int64_t TokenRows::labelOf(std::int64_t token, std::int64_t document_end) const {
  return token + 1 < document_end && corpus_.isJudged(token + 1) ? corpus_.id(token + 1) : kNoLabel;
}

void TokenRows::addRow(const Row& row) {
  std::int64_t judged = 0;
  std::int64_t document = corpus_.documentOf(row.begin);
  for (std::int64_t token = row.begin; token < row.end; ++token) {
    if (token == corpus_.documentStart(document + 1)) {
      ++document;
    }
    judged +=
        token >= row.judged_from && labelOf(token, corpus_.documentStart(document + 1)) != kNoLabel
            ? 1
            : 0;
  }
  if (judged > 0) {
    rows_.push_back(row);
    judged_ += judged;
  }
}

void TokenRows::addPackedRows() {
  std::int64_t judged_from = 0;
  for (std::int64_t begin = 0; judged_from < corpus_.size(); begin += options_.stride) {
    const std::int64_t end = std::min(begin + options_.length, corpus_.size());
    addRow({begin, end, judged_from});
    judged_from = end;
  }
}

void TokenRows::addPaddedRows() {
  for (std::int64_t document = 0; document < corpus_.documents(); ++document) {
    const std::int64_t document_end = corpus_.documentStart(document + 1);
    for (std::int64_t begin = corpus_.documentStart(document); begin < document_end;
         begin += options_.length) {
      addRow({begin, std::min(begin + options_.length, document_end), begin});
    }
  }
}

void TokenRows::fillRow(const Row& row, std::int64_t place, TokenRowBatch& batch) const {
  std::int64_t document = corpus_.documentOf(row.begin);
  const std::int64_t first_document = document;
  for (std::int64_t token = row.begin; token < row.end; ++token) {
    if (token == corpus_.documentStart(document + 1)) {
      ++document;
    }
    const auto i = static_cast<std::size_t>(place * batch.width + token - row.begin);
    batch.input_ids[i] = corpus_.id(token);
    batch.attention_mask[i] = 1;
    batch.segment_ids[i] = document - first_document;
    if (token >= row.judged_from) {
      batch.labels[i] = labelOf(token, corpus_.documentStart(document + 1));
    }
  }
  for (std::int64_t i = row.end - row.begin; i < batch.width; ++i) {
    batch.segment_ids[static_cast<std::size_t>(place * batch.width + i)] =
        document - first_document + 1;
  }
  batch.lengths.push_back(row.end - row.begin);
}

TokenRowBatch TokenRows::batch(std::span<const std::int64_t> rows) const {
  TokenRowBatch batch = {.rows = static_cast<std::int64_t>(rows.size())};
  for (const std::int64_t number : rows) {
    const Row& row = rows_.at(static_cast<std::size_t>(number));
    batch.width = std::max(batch.width, row.end - row.begin);
  }
  if (!options_.is_dynamic) {
    batch.width = options_.length;
  }
  const auto size = static_cast<std::size_t>(batch.rows * batch.width);
  batch.input_ids.assign(size, options_.pad_id);
  batch.attention_mask.assign(size, 0);
  batch.segment_ids.assign(size, 0);
  batch.labels.assign(size, kNoLabel);
  for (std::size_t place = 0; place < rows.size(); ++place) {
    fillRow(
        rows_.at(static_cast<std::size_t>(rows[place])), static_cast<std::int64_t>(place), batch);
  }
  return batch;
}

}  // namespace retort::train
