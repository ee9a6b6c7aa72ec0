// The bank without its server: requests in, answers out.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/task.h"
#include "base/timers.h"
#include "db/database.h"
#include "http/router.h"
#include "sandbox_bank/call.h"

namespace qantara::sandbox_bank {

/// The bank's schema, for opening its database.
std::span<const db::Migration> migrations();

class Bank {
 public:
  /// What the bank works with; all of it outlives the bank. `timers` run on `real_clock`: late answers are really late.
  struct Parts {
    db::Database& database;
    const Clock& real_clock;
    Random& random;
    Timers& timers;
  };

  explicit Bank(Parts parts);
  Bank(const Bank&) = delete;
  Bank& operator=(const Bank&) = delete;

  /// Before the first answer: opens the accounts of the test users and sets the clock to where it stood.
  Task<Result<void>> prepare();

  Task<http::Response> answer(const http::Request& request);

  const ShiftedClock& clock() const { return clock_; }

 private:
  struct Operation {
    CallKind kind;
    UseCase use_case;
  };

  void add_routes();
  Task<http::Response> dispatch(const http::Request& request);
  Task<http::Response> serve(const House& house, Operation operation, const http::Request& request);
  Task<http::Response> serve_errand(Errand errand, const http::Request& request);
  Task<http::Response> put_clock(const http::Request& request);
  Task<void> wait(Duration time);
  Visit visit(const http::Request& request, json::Value body);

  Parts parts_;
  ShiftedClock clock_;
  http::Router router_;
};

}  // namespace qantara::sandbox_bank
