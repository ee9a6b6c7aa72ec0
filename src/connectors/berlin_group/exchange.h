// One request and its answer: headers that every request carries, limits, and what a bad answer means.
#pragma once

#include <expected>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "banking/bank.h"
#include "banking/connector.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/task.h"
#include "connectors/berlin_group/mapping.h"
#include "http/client.h"
#include "json/json.h"

namespace qantara::connectors::berlin_group {

/// Whether a request carries a password or code: then no word of the bank's answer goes into an error message.
enum class Contents { PLAIN, SECRET };

struct Call {
  std::string_view name;  ///< For logs: "start authorisation".
  http::Method method = http::Method::GET;
  std::string target;     ///< Path and query at the bank.
  http::Headers headers;  ///< Beside the usual ones.
  std::string body;       ///< JSON; empty: none.
  Contents contents = Contents::PLAIN;
  std::string request_id = {};  ///< X-Request-ID; empty: a new one.
};

/// A call that brought no answer to go on with.
struct Failure {
  banking::CallError error;
  std::string text;  ///< The bank's words for the payer; may be empty.
  int status = 0;    ///< Of HTTP; 0: no answer came.

  /// Whether the bank refused with exactly this code, before any effect.
  bool is_refusal(std::string_view code) const {
    return error.kind == banking::CallError::Kind::REFUSED && error.code == code;
  }
};

/// A JSON object that came with a 2xx status; null for 204, which has none.
using Reply = std::expected<json::Value, Failure>;

class Exchange {
 public:
  /// `bank` is copied; the others must outlive the exchange.
  /// Errors: INVALID_PARAMETERS if the bank's base_url is no http or https URL without a query, and for files that cannot be used.
  static Result<std::unique_ptr<Exchange>> make(const banking::Bank& bank, http::Client& client, Random& random,
                                                const Clock& clock);

  /// Sends once. A failure's kind says how far it got: an answer that is not the bank's own word is OUTCOME_UNKNOWN.
  Task<Reply> send(Call call);

  /// The target of a path of the interface: "/v1/consents" below the base URL's own path.
  std::string target(std::string_view path) const { return base_path_ + std::string{path}; }

  /// The target a link leads to: of the bank's own origin or relative to its host. Empty for no link and for any other.
  std::string follow(const Links& links, std::string_view name);

  /// A link for the payer's browser, as a whole URL: http or https, https where the interface itself is. Banks have their pages
  /// at other hosts. Empty for no link and for any other.
  std::string browser_link(const Links& links, std::string_view name);

  /// Logs that the bank said something unknown, once for each `what` and `word`.
  void note_unknown(std::string_view what, std::string_view word);

  const banking::Bank& bank() const { return bank_; }

 private:
  Exchange(const banking::Bank& bank, const http::Url& base, std::shared_ptr<const http::TlsIdentity> identity,
           http::Client& client, Random& random, const Clock& clock);
  Reply read(const Call& call, const http::ClientResponse& response);

  banking::Bank bank_;
  std::string origin_;
  std::string base_path_;
  std::shared_ptr<const http::TlsIdentity> identity_;  ///< Null: no certificate of ours, and the system's authorities.
  http::Client& client_;
  Random& random_;
  const Clock& clock_;
  std::mutex mutex_;
  std::set<std::string> noted_;  ///< Guarded by mutex_.
};

}  // namespace qantara::connectors::berlin_group
