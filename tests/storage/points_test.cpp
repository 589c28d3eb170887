#include "storage/points.h"

#include "storage/open_database.h"
#include "tests/storage/store_fixture.h"

namespace retort::storage {
namespace {

class PointWriterTest : public ::testing::Test {
 protected:
  PointWriterTest() {
    RunStore runs(*database_);
    EXPECT_TRUE(valueOf(runs.insertIfNew(submittedRun(1), 1)));
  }

  std::unique_ptr<Database> database_ = valueOf(openMemoryDatabase());
};

TEST_F(PointWriterTest, StoresInTheOrderOfTheTable) {
  PointWriter writer(*database_, 1);
  expectOk(writer.loadSeries());
  for (int step = 1; step <= 3; ++step) {
    expectOk(writer.add(lossSeries(), {step, step * 1.0}));
    expectOk(writer.add(gradientSeries(0, "q"), {step, step * 10.0}));
  }
  EXPECT_EQ(countOf(*database_, "SELECT count(*) FROM points"), 0);

  expectOk(writer.flush());
  expectOk(writer.flush());

  EXPECT_EQ(countOf(*database_, "SELECT count(*) FROM points"), 6);
  EXPECT_EQ(countOf(*database_, "SELECT count(*) FROM points WHERE value = step * 10"), 3);
}

TEST_F(PointWriterTest, FindsTheCurvesOfEarlierBatches) {
  for (int step = 1; step <= 2; ++step) {
    PointWriter writer(*database_, 1);
    expectOk(writer.loadSeries());
    expectOk(writer.add(gradientSeries(0, "q"), {step, 1.0}));
    expectOk(writer.flush());
  }

  EXPECT_EQ(countOf(*database_, "SELECT count(*) FROM series"), 1);
}

TEST_F(PointWriterTest, DeletingStoresFirstWhatIsQueued) {
  PointWriter writer(*database_, 1);
  expectOk(writer.loadSeries());
  expectOk(writer.add(lossSeries(), {1, 1.0}));
  expectOk(writer.add(lossSeries(), {2, 2.0}));

  expectOk(writer.deleteAfter(1));
  expectOk(writer.flush());

  EXPECT_EQ(countOf(*database_, "SELECT count(*) FROM points"), 1);
}

TEST_F(PointWriterTest, ASecondSeriesOfTheSameKeyIsRefusedByTheSchema) {
  PointWriter first(*database_, 1);
  PointWriter second(*database_, 1);
  expectOk(first.add(lossSeries(), {1, 1.0}));

  const Status status = second.add(lossSeries(), {1, 1.0});

  expectError(status, ErrorCode::kDatabase, "UNIQUE constraint failed");
}

TEST_F(PointWriterTest, DeletesTheCurvesOfARun) {
  PointWriter writer(*database_, 1);
  expectOk(writer.add(lossSeries(), {1, 1.0}));
  expectOk(writer.flush());

  expectOk(deleteSeriesOfRun(*database_, 1));

  EXPECT_EQ(countOf(*database_, "SELECT count(*) FROM points"), 0);
  EXPECT_EQ(countOf(*database_, "SELECT count(*) FROM series"), 0);
}

}  // namespace
}  // namespace retort::storage
