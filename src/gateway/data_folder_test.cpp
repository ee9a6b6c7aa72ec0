#include "gateway/data_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/random.h"

namespace qantara::gateway {
namespace {

namespace fs = std::filesystem;

class DataFolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("qantara-data-folder-test-" + GatewayId::make(clock_, random_).to_text());
  }
  void TearDown() override {
    fs::remove_all(folder_);
    fs::remove_all(copy());
  }

  fs::path copy() const { return folder_.string() + "-copy"; }

  SystemClock clock_;
  SystemRandom random_;
  fs::path folder_;
  const GatewayId id_ = GatewayId::make(clock_, random_);
};

TEST_F(DataFolderTest, is_made_for_its_owner_alone) {
  const auto taken = DataFolder::take(folder_ / "in" / "folders");
  ASSERT_TRUE(taken);
  EXPECT_EQ(fs::status(folder_ / "in" / "folders").permissions() & fs::perms::all, fs::perms::owner_all);
}

TEST_F(DataFolderTest, is_one_gateway_s_until_that_ends) {
  {
    const auto taken = DataFolder::take(folder_);
    ASSERT_TRUE(taken);
    const auto second = DataFolder::take(folder_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::SERVICE_UNAVAILABLE);
    EXPECT_NE(second.error().message.find(folder_.string()), std::string::npos) << second.error().message;
    EXPECT_NE(second.error().message.find("--data"), std::string::npos) << second.error().message;
  }
  EXPECT_TRUE(DataFolder::take(folder_));
}

TEST_F(DataFolderTest, remembers_who_ran_there_last) {
  EXPECT_EQ(DataFolder::take(folder_)->last_gateway(), std::nullopt);
  DataFolder::take(folder_)->note_gateway(id_);
  EXPECT_EQ(DataFolder::take(folder_)->last_gateway(), id_);
  const auto next = GatewayId::make(clock_, random_);
  DataFolder::take(folder_)->note_gateway(next);
  EXPECT_EQ(DataFolder::take(folder_)->last_gateway(), next);
}

TEST_F(DataFolderTest, knows_nobody_in_a_copy_and_the_same_one_after_it_was_renamed) {
  DataFolder::take(folder_)->note_gateway(id_);
  fs::copy(folder_, copy(), fs::copy_options::recursive);
  EXPECT_EQ(DataFolder::take(copy())->last_gateway(), std::nullopt);
  fs::remove_all(copy());
  fs::rename(folder_, copy());
  EXPECT_EQ(DataFolder::take(copy())->last_gateway(), id_);
}

TEST_F(DataFolderTest, knows_nobody_by_a_file_that_was_cut_off) {
  const auto taken = DataFolder::take(folder_);
  for (const auto* const text : {"", "\n", "\n\n", "nonsense\nnowhere\n"}) {
    std::ofstream{folder_ / "last-gateway"} << text;
    EXPECT_EQ(taken->last_gateway(), std::nullopt) << text;
  }
  std::ofstream{folder_ / "last-gateway"} << id_.to_text() << '\n';
  EXPECT_EQ(taken->last_gateway(), std::nullopt) << "without a place it may be a copy's";
}

}  // namespace
}  // namespace qantara::gateway
