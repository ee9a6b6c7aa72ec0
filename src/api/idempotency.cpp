#include "api/idempotency.h"

#include <algorithm>

#include "base/text.h"

namespace qantara::api {

namespace {

constexpr std::string_view kHeader = "Idempotency-Key";
constexpr std::size_t kKeyLengthMax = 255;
/// Each new record takes two expired ones with it: the table ends up as large as what is alive, without anybody counting.
constexpr int kPrunedByEach = 2;

std::string context_of(ApplicationId application, std::string_view key) {
  return "idempotency_records.body:" + application.to_text() + ":" + std::string{key};
}

bool is_visible(char letter) { return letter > ' ' && letter <= '~'; }

Result<std::optional<std::string>> read_idempotency_key(const http::Request& request) {
  std::optional<std::string> key;
  int count = 0;
  for (const auto& [name, value] : request.headers.fields()) {
    if (!equals_ignoring_case(name, kHeader)) continue;
    key = value;
    ++count;
  }
  if (!key) return key;
  if (count > 1 || key->empty() || key->size() > kKeyLengthMax || !std::ranges::all_of(*key, is_visible)) {
    return field_error(ErrorCode::INVALID_PARAMETERS, std::string{kHeader},
                       "the header Idempotency-Key must have 1 to 255 visible ASCII characters, and stand there once");
  }
  return key;
}

Error in_work() {
  return error(ErrorCode::IDEMPOTENCY_CONFLICT,
               "a request with this Idempotency-Key is in work: try again for its answer");
}

}  // namespace

Task<Result<http::Response>> Idempotency::run(const http::Request& request, ApplicationId application,
                                              const std::function<Task<Result<Write>>()>& plan) {
  CO_ASSIGN_OR_RETURN(const auto key, read_idempotency_key(request));
  if (!key) {
    CO_ASSIGN_OR_RETURN(const auto write, co_await plan());
    auto answer = co_await database_.write([&](db::Transaction& tx) { return write.act(tx); }, write.reads);
    co_return answer;
  }
  const auto held = in_work_.take({application, *key});
  if (!held) co_return in_work();
  const Keyed keyed{.application = application, .key = *key, .fingerprint = fingerprint(request)};
  const auto write = co_await plan();
  if (!write) {
    CO_ASSIGN_OR_RETURN(const auto earlier, co_await database_.read([&](db::Transaction& tx) {
      return select_answer(tx, keyed.application, keyed.key);
    }));
    CO_ASSIGN_OR_RETURN(auto repeated, repeat(keyed, earlier));
    if (repeated) co_return *std::move(repeated);
    co_return write.error();
  }
  auto answer =
      co_await database_.write([&](db::Transaction& tx) { return carry_out(tx, keyed, *write); }, write->reads);
  co_return answer;
}

std::string Idempotency::fingerprint(const http::Request& request) const {
  std::string text;
  text.append(http::to_text(request.method)).append(" ").append(request.path).append("\n").append(request.body);
  return hmac_sha256(fingerprint_key_.reveal(), text);
}

Result<std::optional<http::Response>> Idempotency::repeat(const Keyed& keyed,
                                                          const std::optional<StoredAnswer>& earlier) const {
  if (!earlier || earlier->created_at <= clock_.now() - life_) return std::optional<http::Response>{};
  if (earlier->fingerprint != keyed.fingerprint) {
    return field_error(ErrorCode::IDEMPOTENCY_KEY_REUSED, std::string{kHeader},
                       "another request was sent with this Idempotency-Key: each request needs a key of its own");
  }
  ASSIGN_OR_RETURN(auto body, vault_.unseal(earlier->body_sealed, context_of(keyed.application, keyed.key)));
  auto response = http::Response::json(earlier->status, std::move(body));
  response.headers.add("Idempotency-Replayed", "true");
  return std::optional{std::move(response)};
}

Result<http::Response> Idempotency::carry_out(db::Transaction& tx, const Keyed& keyed, const Write& write) const {
  // In the transaction of the effect: no journey to a reader for each request.
  ASSIGN_OR_RETURN(const auto earlier, select_answer(tx, keyed.application, keyed.key));
  ASSIGN_OR_RETURN(auto repeated, repeat(keyed, earlier));
  if (repeated) return *std::move(repeated);
  const Instant now = clock_.now();
  const Instant cutoff = now - life_;
  ASSIGN_OR_RETURN(const auto oldest, select_oldest_answer(tx));
  if (earlier) RETURN_IF_ERROR(delete_answer(tx, earlier->seq));

  ASSIGN_OR_RETURN(auto response, write.act(tx));
  const StoredAnswer answer{.fingerprint = keyed.fingerprint,
                            .status = response.status,
                            .body_sealed = vault_.seal(response.body, context_of(keyed.application, keyed.key)),
                            .created_at = now};
  RETURN_IF_ERROR(insert_answer(tx, keyed.application, keyed.key, answer));
  // Most often there are none, and one look is cheaper than a DELETE that finds nothing.
  if (oldest && *oldest <= cutoff) RETURN_IF_ERROR(delete_old_answers(tx, cutoff, kPrunedByEach));
  return response;
}

}  // namespace qantara::api
