// The sandbox bank: a bank with a ledger of its own, as a server. It speaks Berlin Group NextGenPSD2 XS2A 1.3.11 with an
// extension for beneficiaries, and has an admin interface and pages of its own (docs/reference/sandbox-bank.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/random.h"
#include "base/result.h"
#include "base/task.h"
#include "http/server.h"
#include "sandbox_bank/bank.h"

namespace qantara::sandbox_bank {

struct Options {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;      ///< 0 takes a free one.
  std::filesystem::path file;  ///< The bank's own SQLite file; made if there is none.
};

class SandboxBank {
 public:
  /// Opens the books (blocking) and serves on `executor` until `stop()`. `real_clock` and `random` outlive the bank; bank
  /// time is `real_clock` plus an offset that PUT /_admin/clock sets and the file keeps.
  /// Errors: those of db::open_sqlite and http::listen.
  static Result<std::unique_ptr<SandboxBank>> start(Executor executor, const Clock& real_clock, Random& random,
                                                    Options options);

  std::string url() const { return url_; }  ///< "http://127.0.0.1:7071"
  const Clock& clock() const { return bank_.clock(); }

  /// Lets calls in work finish (late answers come at once), then closes the books. Call it before the end of the executor.
  Task<void> stop();

 private:
  SandboxBank(std::unique_ptr<db::Database> database, std::unique_ptr<Timers> timers, const Clock& real_clock,
              Random& random);

  std::unique_ptr<db::Database> database_;
  std::unique_ptr<Timers> timers_;
  Bank bank_;
  std::unique_ptr<http::Server> server_;
  std::string url_;
};

}  // namespace qantara::sandbox_bank
