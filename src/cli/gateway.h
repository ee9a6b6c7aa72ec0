// A running gateway, as a verb sees it: calls that bring JSON, or words for why they did not.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.h"
#include "cli/context.h"
#include "http/client.h"
#include "json/json.h"

namespace qantara::cli {

/// Why a verb cannot go on.
struct Refusal {
  ExitCode exit_code = kRefused;
  std::string code;     ///< The API's, or empty.
  std::string message;  ///< What is wrong.
  struct Field {
    std::string name;  ///< The API's name.
    std::string message;
  };
  std::vector<Field> fields;
  struct Fact {
    std::string name;
    std::string value;
  };
  std::vector<Fact> facts;  ///< Of the envelope's metadata: an expiry, a limit, the request id.
  std::string remedy;       ///< What to type instead; empty if nobody knows.
  std::string envelope;     ///< The gateway's own answer, JSON; empty if the refusal is ours.
};

/// A refusal of ours, before or beside the gateway.
Refusal refusal(std::string message, std::string remedy);

using Answer = std::expected<json::Value, Refusal>;

/// Tells a refusal: words on `err`; with `--json` the error envelope on `out` too. Result: the exit code.
int tell(Context& context, const Refusal& refusal);

/// One way into a running gateway.
class Gateway {
 public:
  /// The operator's: the socket in the gateway's data folder.
  static Gateway in_folder(http::Client& client, const std::filesystem::path& data_folder);
  /// The public one.
  static Gateway at_url(http::Client& client, std::string url);

  /// `body`: JSON, or empty for none. Brings the answer of a 2xx (an empty one is null).
  Task<Answer> call(http::Method method, std::string path, std::string body = {}, http::Headers headers = {}) const;

 private:
  explicit Gateway(http::Client& client) : client_(&client) {}

  http::Client* client_;
  std::string url_;
  std::filesystem::path unix_socket_;
  std::string place_;   ///< For words: where it was looked for.
  std::string remedy_;  ///< What to do when nobody answers there.
};

/// The app token that is `named`, or that of the only application there is. Operator's gateways only.
Task<std::expected<std::string, Refusal>> find_app_token(const Gateway& gateway, std::string named);

}  // namespace qantara::cli
