#include "trainers/io/checkpoint_folder.h"

#include "tests/core/base/temp_folder.h"
#include "tests/trainers/io/expect_train_error.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>
#include <system_error>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

namespace retort::train {

namespace {

namespace fs = std::filesystem;

using ::retort::testing::contentsOf;
using ::retort::testing::TempFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Checkpoint checkpointOf(std::int64_t step, std::int64_t elements = 16) {
  return {.step = step,
          .tensors = {{"model.w", at::full({elements}, static_cast<double>(step))},
                      {"optimizer.m", at::full({elements}, static_cast<double>(step))},
                      {"random", at::full({5}, step % 256, at::kByte)}},
          .state = {{"epoch", 2}, {"best", 0.1 + 0.2}, {"step", step}}};
}

void expectWhole(const Checkpoint& checkpoint) {
  const auto step = static_cast<double>(checkpoint.step);
  EXPECT_EQ(checkpoint.tensors.size(), 3U);
  EXPECT_TRUE((checkpoint.tensors.at("model.w") == step).all().item<bool>());
  EXPECT_TRUE((checkpoint.tensors.at("optimizer.m") == step).all().item<bool>());
  EXPECT_EQ(checkpoint.state.at("step"), checkpoint.step);
}

void flipByte(const fs::path& file, std::size_t place) {
  std::string bytes = contentsOf(file);
  bytes.at(place) = static_cast<char>(bytes.at(place) ^ 1);
  std::ofstream(file, std::ios::binary) << bytes;
}

class CheckpointFolderTest : public ::testing::Test {
 protected:
  [[nodiscard]] fs::path fileOf(std::int64_t step, const std::string& name) const {
    return folder_.path() / ("checkpoint/step-00000" + std::to_string(step)) / name;
  }

  std::optional<Checkpoint> load() {
    warnings_.clear();
    return checkpoints_.loadNewest(warnings_);
  }

  TempFolder folder_;
  CheckpointFolder checkpoints_ = CheckpointFolder(folder_ / "checkpoint", 2);
  std::vector<std::string> warnings_;
};

}  // namespace

TEST_F(CheckpointFolderTest, HasNothingAtFirst) {
  EXPECT_EQ(load(), std::nullopt);
  EXPECT_THAT(checkpoints_.steps(), IsEmpty());
  EXPECT_FALSE(checkpoints_.loadBest().has_value());
}

TEST_F(CheckpointFolderTest, GivesBackWhatWasSaved) {
  const fs::path saved = checkpoints_.save(checkpointOf(120));

  const std::optional<Checkpoint> loaded = load();

  EXPECT_EQ(saved, folder_.path() / "checkpoint/step-000120");
  ASSERT_TRUE(loaded.has_value());
  expectWhole(*loaded);
  EXPECT_EQ(loaded->state.at("best").get<double>(), 0.1 + 0.2);
  EXPECT_EQ(loaded->tensors.at("random").scalar_type(), at::kByte);
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(CheckpointFolderTest, KeepsTheLastAndTheBest) {
  for (std::int64_t step = 1; step <= 6; ++step) {
    checkpoints_.save(checkpointOf(step), step == 2 || step == 3);
  }

  EXPECT_THAT(checkpoints_.steps(), ElementsAre(3, 5, 6));
  EXPECT_EQ(checkpoints_.loadBest()->step, 3);
  EXPECT_EQ(load()->step, 6);
}

TEST_F(CheckpointFolderTest, ReplacesACheckpointOfTheSameStep) {
  checkpoints_.save(checkpointOf(7));
  Checkpoint again = checkpointOf(7);
  again.state["epoch"] = 9;
  checkpoints_.save(again);

  EXPECT_EQ(load()->state.at("epoch"), 9);
  EXPECT_THAT(checkpoints_.steps(), ElementsAre(7));
}

TEST_F(CheckpointFolderTest, FallsBackFromADamagedCheckpoint) {
  const auto damage = [&](const std::function<void()>& action, const std::string& reason) {
    checkpoints_.save(checkpointOf(1));
    checkpoints_.save(checkpointOf(2));
    action();
    ASSERT_EQ(load()->step, 1) << reason;
    EXPECT_THAT(warnings_,
                ElementsAre(AllOf(HasSubstr("checkpoint step-000002 is damaged"),
                                  HasSubstr(reason),
                                  HasSubstr(": using step-000001"))));
  };

  damage([&] { flipByte(fileOf(2, "state.safetensors"), 300); }, "has another sha256");
  damage([&] { fs::resize_file(fileOf(2, "state.safetensors"), 100); }, "has 100 bytes");
  damage([&] { fs::resize_file(fileOf(2, "state.safetensors"), 0); }, "has 0 bytes");
  damage([&] { fs::remove(fileOf(2, "state.safetensors")); }, "No such file");
  damage([&] { fs::resize_file(fileOf(2, "manifest.json"), 20); }, "JSON");
  damage([&] { fs::remove(fileOf(2, "manifest.json")); }, "No such file");
  damage(
      [&] {
        std::string text = contentsOf(fileOf(2, "manifest.json"));
        text.replace(text.find("\"epoch\":2"), 9, "\"epoch\":3");
        std::ofstream(fileOf(2, "manifest.json")) << text;
      },
      "manifest.json has another sha256");
  damage(
      [&] {
        fs::copy_file(fileOf(1, "state.safetensors"),
                      fileOf(2, "state.safetensors"),
                      fs::copy_options::overwrite_existing);
      },
      "has another sha256");
}

TEST_F(CheckpointFolderTest, AnyFlippedByteIsNoticed) {
  checkpoints_.save(checkpointOf(1));
  checkpoints_.save(checkpointOf(2));
  for (const char* name : {"state.safetensors", "manifest.json"}) {
    const fs::path file = fileOf(2, name);
    for (std::size_t place = 0; place + 1 < fs::file_size(file); place += 7) {
      flipByte(file, place);
      EXPECT_EQ(load()->step, 1) << name << " byte " << place;
      flipByte(file, place);
    }
  }
  EXPECT_EQ(load()->step, 2);
}

TEST_F(CheckpointFolderTest, NeverStartsFromZeroByItself) {
  checkpoints_.save(checkpointOf(1));
  checkpoints_.save(checkpointOf(2));
  fs::resize_file(fileOf(1, "state.safetensors"), 10);
  fs::remove(fileOf(2, "manifest.json"));

  EXPECT_THAT(testing::errorOf(ExitCode::kBadData, [&] { load(); }),
              AllOf(HasSubstr("cannot resume, every checkpoint"),
                    HasSubstr("step-000001"),
                    HasSubstr("step-000002"),
                    HasSubstr("to start from zero")));
  EXPECT_FALSE(checkpoints_.loadBest().has_value());
}

TEST_F(CheckpointFolderTest, CleansUpAfterKilledWriters) {
  checkpoints_.save(checkpointOf(1));
  folder_.write("checkpoint/.retort-step-000002-99-0.part/state.safetensors", "half");
  folder_.write("checkpoint/notes.txt", "mine");
  EXPECT_EQ(load()->step, 1);

  checkpoints_.save(checkpointOf(3));

  EXPECT_THAT(checkpoints_.steps(), ElementsAre(1, 3));
  EXPECT_EQ(std::distance(fs::directory_iterator(checkpoints_.path()), {}), 3);
}

TEST_F(CheckpointFolderTest, IgnoresNamesThatAreNoSteps) {
  for (const char* name : {"step-", "step-7", "step--00001", "step-0000001", "other"}) {
    fs::create_directories(folder_ / "checkpoint" / name);
  }
  checkpoints_.save(checkpointOf(1'234'567));

  EXPECT_THAT(checkpoints_.steps(), ElementsAre(1'234'567));
}

TEST_F(CheckpointFolderTest, KeepsTheOldOneWhenTheNewCannotBeWritten) {
  checkpoints_.save(checkpointOf(1));
  Checkpoint bad = checkpointOf(2);
  bad.tensors["complex"] = at::ones({1}, at::kComplexFloat);

  EXPECT_THROW(checkpoints_.save(bad), TrainError);

  EXPECT_EQ(load()->step, 1);
  EXPECT_EQ(std::distance(fs::directory_iterator(checkpoints_.path()), {}), 1);
}

TEST_F(CheckpointFolderTest, RefusesBeforeWritingWhenTheDiskIsTooSmall) {
  checkpoints_.save(checkpointOf(1));
  // A view of one element as 8 TB: nothing of that size exists in memory.
  Checkpoint huge = checkpointOf(2);
  huge.tensors["huge"] = at::zeros({1}, at::kDouble).expand({std::int64_t{1} << 50});

  try {
    checkpoints_.save(huge);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ENOSPC);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("need 9007199255.7 MB"), HasSubstr("MB free")));
  }
  EXPECT_EQ(load()->step, 1);
}

TEST_F(CheckpointFolderTest, SurvivesKillsAtAnyMoment) {
  // A writer saves one checkpoint after the other and is killed at random; what is there is always
  // whole and never older than the last one that it reported.
  constexpr int kRounds = 25;
  constexpr std::int64_t kElements = 200'000;
  std::mt19937 random(1);
  std::int64_t last_seen = 0;
  for (int round = 0; round < kRounds; ++round) {
    int reports[2];
    ASSERT_EQ(::pipe(reports), 0);
    const pid_t writer = ::fork();
    ASSERT_GE(writer, 0);
    if (writer == 0) {
      at::set_num_threads(1);  // the parent's threads are not there any more
      for (std::int64_t step = last_seen + 1;; ++step) {
        checkpoints_.save(checkpointOf(step, kElements));
        if (::write(reports[1], &step, sizeof step) != sizeof step) {
          ::_exit(1);
        }
      }
    }
    ::close(reports[1]);
    std::int64_t reported = last_seen;
    if (round % 2 == 1) {  // every other writer gets to save something, however busy the machine
      ASSERT_EQ(::read(reports[0], &reported, sizeof reported), ssize_t{sizeof reported});
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 120));
    ::kill(writer, SIGKILL);
    ::waitpid(writer, nullptr, 0);
    while (::read(reports[0], &reported, sizeof reported) == sizeof reported) {
    }
    ::close(reports[0]);

    const std::optional<Checkpoint> checkpoint = load();

    EXPECT_THAT(warnings_, IsEmpty());
    if (reported > 0) {
      ASSERT_TRUE(checkpoint.has_value());
      EXPECT_GE(checkpoint->step, reported);
      expectWhole(*checkpoint);
      last_seen = checkpoint->step;
    }
  }
  EXPECT_GT(last_seen, 3);
  checkpoints_.save(checkpointOf(last_seen + 1));
  EXPECT_EQ(std::distance(fs::directory_iterator(checkpoints_.path()), {}), 2);
}

}  // namespace retort::train
