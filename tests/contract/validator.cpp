#include "validator.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <regex>

namespace qantara::contract {

bool Validator::is_there() {
  return std::getenv("QANTARA_PRISM") != nullptr && std::getenv("QANTARA_BANK_SPECS") != nullptr;
}

std::unique_ptr<Validator> Validator::start(const std::string& upstream) {
  std::string program = std::getenv("QANTARA_PRISM");
  std::string file =
      std::filesystem::path{std::getenv("QANTARA_BANK_SPECS")} / "berlin-group" / "psd2-api_v1.3.11-prism-patched.yaml";
  std::string target = upstream;
  std::string words[] = {"proxy", "--errors", "--host", "127.0.0.1", "--port", "0"};
  char* arguments[] = {program.data(),  words[0].data(), words[1].data(), words[2].data(), words[3].data(),
                       words[4].data(), words[5].data(), file.data(),     target.data(),   nullptr};

  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) return nullptr;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDERR_FILENO);
  pid_t child = 0;
  const int failure = ::posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe_ends[1]);
  if (failure != 0) {
    ::close(pipe_ends[0]);
    ADD_FAILURE() << program << " cannot be started";
    return nullptr;
  }
  std::unique_ptr<Validator> self{new Validator{child, pipe_ends[0]}};
  if (!self->wait_until_it_listens()) {
    ADD_FAILURE() << program << " does not listen:\n" << self->log();
    return nullptr;
  }
  self->reader_ = std::thread{[validator = self.get()] {
    while (validator->read_some()) continue;
  }};
  return self;
}

Validator::~Validator() {
  ::kill(child_, SIGTERM);
  ::waitpid(child_, nullptr, 0);
  if (reader_.joinable()) reader_.join();
  ::close(output_);
}

bool Validator::read_some() {
  char block[4096];
  const ssize_t count = ::read(output_, block, sizeof block);
  if (count <= 0) return false;
  const std::scoped_lock lock{mutex_};
  text_.append(block, static_cast<std::size_t>(count));
  return true;
}

bool Validator::wait_until_it_listens() {
  static const std::regex kListening{"listening on (http://[0-9.:]+)"};
  while (read_some()) {
    std::smatch match;
    const std::string text = log();
    if (!std::regex_search(text, match, kListening)) continue;
    url_ = match[1];
    return true;
  }
  return false;
}

std::string Validator::log() const {
  const std::scoped_lock lock{mutex_};
  return text_;
}

}  // namespace qantara::contract
