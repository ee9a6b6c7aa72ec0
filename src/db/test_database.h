// For tests: a real database in a directory of its own, and the loop that its users run on.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/nursery.h"
#include "base/task.h"
#include "db/database.h"

namespace qantara::db {

class TestDatabase {
 public:
  explicit TestDatabase(std::span<const Migration> migrations) {
    std::string path = (disk() / "qantara-test-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) std::abort();
    directory_ = path;
    auto opened = open_sqlite({.file = directory_ / "qantara.db"}, migrations);
    if (!opened) {
      ADD_FAILURE() << opened.error().message << ": " << opened.error().cause;
      std::abort();
    }
    database_ = *std::move(opened);
  }
  ~TestDatabase() {
    database_->close();
    std::filesystem::remove_all(directory_);
  }
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  Database& operator*() const { return *database_; }
  Executor executor() { return context_.get_executor(); }

  /// Starts `task`; it goes on while anything below runs. An exception that leaves it leaves that.
  void start(Task<void> task) { tasks_.start(std::move(task)); }

  /// Whether every task has ended.
  bool is_idle() const { return tasks_.count() == 0; }

  /// Lets everybody work until `done()`. False if that does not come to pass.
  template <class Done>
  bool until(Done done) {
    for (int i = 0; i < 5000; ++i) {
      if (done()) return true;
      context_.restart();
      context_.run_one_for(std::chrono::milliseconds{2});
    }
    return false;
  }

  /// Runs `task` to its end, and everybody else meanwhile.
  template <class T>
  T run(Task<T> task) {
    const auto result = std::make_shared<std::optional<T>>();
    tasks_.start(keep(std::move(task), result));
    EXPECT_TRUE(until([&] { return result->has_value(); })) << "it waits for something that does not come";
    return std::move(*result).value();
  }
  template <class Closure>
  auto write(Closure closure) {
    return run(database_->write(std::move(closure)));
  }
  template <class Closure>
  auto read(Closure closure) {
    return run(database_->read(std::move(closure)));
  }

  /// Whether any file of the database holds `text` as it is.
  bool holds_in_the_clear(std::string_view text) const {
    for (const auto& file : std::filesystem::directory_iterator{directory_}) {
      std::ifstream stream{file.path(), std::ios::binary};
      const std::string bytes{std::istreambuf_iterator<char>{stream}, {}};
      if (bytes.contains(text)) return true;
    }
    return false;
  }

 private:
  /// In memory, where the machine offers that: what survives a power cut is the engines' own tests' business.
  static std::filesystem::path disk() {
    const std::filesystem::path memory = "/dev/shm";
    return ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
  }
  template <class T>
  static Task<void> keep(Task<T> task, std::shared_ptr<std::optional<T>> result) {
    T value = co_await std::move(task);
    result->emplace(std::move(value));
  }

  std::filesystem::path directory_;
  boost::asio::io_context context_{1};
  std::unique_ptr<Database> database_;
  Nursery tasks_{context_.get_executor()};
};

}  // namespace qantara::db
