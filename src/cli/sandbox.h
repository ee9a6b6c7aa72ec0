// `qantara sandbox connect` and `sandbox pay`: a payer for scripts and CI, through the same link API as the hosted pages.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "base/task.h"
#include "cli/context.h"
#include "cli/payer.h"

namespace qantara::cli {

struct SandboxOptions {
  std::string url;
  std::string app_token;
  std::filesystem::path data;  ///< Where the operator's socket is; needed only to decide in the bank's app.
  Payer payer;
  std::chrono::seconds patience{120};
};

struct ConnectOptions : SandboxOptions {
  std::string customer;
  std::string destination;  ///< Empty: the application's default.
};
/// Connects a bank and adds the destination as payee.
Task<int> sandbox_connect(Context& context, ConnectOptions options);

struct PayOptions : SandboxOptions {
  std::string intent;
};
/// Pays an intent, or goes on where an earlier try was left.
Task<int> sandbox_pay(Context& context, PayOptions options);

}  // namespace qantara::cli
