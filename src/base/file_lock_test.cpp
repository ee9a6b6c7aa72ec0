#include "base/file_lock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <optional>

#include "base/random.h"
#include "base/uuid.h"

namespace qantara {
namespace {

class FileLockTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SystemRandom random;
    file_ = std::filesystem::temp_directory_path() /
            ("qantara-file-lock-test-" + Uuid::make(SystemClock{}, random).to_plain_text());
  }
  void TearDown() override { std::filesystem::remove(file_); }

  std::filesystem::path file_;
};

TEST_F(FileLockTest, is_one_s_alone_until_it_is_given_up) {
  auto first = FileLock::take(file_);
  ASSERT_TRUE(first);
  const auto second = FileLock::take(file_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::SERVICE_UNAVAILABLE);
  EXPECT_NE(second.error().message.find(file_.string()), std::string::npos);
  {
    const FileLock moved = *std::move(first);
    EXPECT_FALSE(FileLock::take(file_)) << "it moves with its owner";
  }
  EXPECT_TRUE(FileLock::take(file_));
}

TEST_F(FileLockTest, ends_with_a_process_that_is_killed) {
  int held[2];
  ASSERT_EQ(::pipe(held), 0);
  const auto child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto lock = FileLock::take(file_);
    const char answer = lock ? 'y' : 'n';
    (void)!::write(held[1], &answer, 1);
    for (;;) ::pause();
  }
  char answer = 0;
  ASSERT_EQ(::read(held[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  EXPECT_FALSE(FileLock::take(file_));
  ::kill(child, SIGKILL);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(FileLock::take(file_));
  ::close(held[0]);
  ::close(held[1]);
}

TEST_F(FileLockTest, says_which_file_cannot_be_made) {
  const auto lock = FileLock::take(file_ / "nowhere");
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().code, ErrorCode::STORAGE_FAILED);
  EXPECT_NE(lock.error().message.find("nowhere"), std::string::npos);
}

}  // namespace
}  // namespace qantara
