// A proxy that holds requests and answers against an official OpenAPI file: `prism proxy --errors` as a child process.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace qantara::contract {

class Validator {
 public:
  /// Whether the environment names a prism (QANTARA_PRISM) and the official files (QANTARA_BANK_SPECS).
  static bool is_there();

  /// Starts on a free port in front of `upstream` and waits until it listens. Null, and the test fails, if it does not.
  static std::unique_ptr<Validator> start(const std::string& upstream);
  ~Validator();

  const std::string& url() const { return url_; }  ///< "http://127.0.0.1:37111"
  std::string log() const;                         ///< What it has printed so far.

 private:
  Validator(pid_t child, int output) : child_(child), output_(output) {}
  bool wait_until_it_listens();
  bool read_some();

  pid_t child_;
  int output_;
  std::string url_;
  std::thread reader_;  ///< Drains the output, or the child would stand still.
  mutable std::mutex mutex_;
  std::string text_;  ///< Guarded by mutex_.
};

}  // namespace qantara::contract
