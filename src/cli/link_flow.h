// Walks a link session from its first step to its last, as one payer.
#pragma once

#include <chrono>
#include <string>

#include "base/task.h"
#include "cli/context.h"
#include "cli/gateway.h"
#include "cli/payer.h"

namespace qantara::cli {

/// Where a decision in the bank's app is made: the sandbox bank's own interface, as the gateway's operator knows it.
class BankApp {
 public:
  virtual ~BankApp() = default;
  /// Approves or denies what `step` (an APPROVAL) waits for. Brings null; a refusal if nothing could be decided.
  virtual Task<Answer> decide(const json::Value& step, AppDecision decision) = 0;
};

struct LinkFlow {
  std::string request;  ///< Body of POST /link/v1/sessions.
  Payer payer;
  std::chrono::seconds patience{120};  ///< For the whole flow.
};

/// Opens a session and answers its steps until it ends; each move is a line on `err`.
/// Result: the API's last answer (`session_id`, `step` with `result`).
/// Refusals: the gateway's; a step this payer cannot answer; patience at its end. The session then stands where it stands:
/// paying the same intent again goes on there.
Task<Answer> walk(Context& context, const Gateway& gateway, BankApp& bank_app, LinkFlow flow);

}  // namespace qantara::cli
