#include "api/access.h"

#include "applications/secret_text.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/text.h"
#include "http/networks.h"

namespace qantara::api {

namespace {

using applications::Directory;
using applications::Mode;

constexpr std::size_t kVerifiedMax = 10'000;
/// What a payer's visit may take: with less left a token could end in the middle of it.
constexpr std::chrono::minutes kTokenLifeLeft{10};

Error no_app_token() {
  return error(ErrorCode::UNAUTHORIZED, "the header lean-app-token must carry your application's token");
}

Error no_bearer() {
  return error(ErrorCode::UNAUTHORIZED,
               "the header Authorization must carry Bearer and a valid access token or secret key");
}

Caller caller_of(ApplicationId id, Mode mode) {
  return {.application = id, .mode = mode, .scopes = applications::scopes_of_api(), .customer = std::nullopt};
}

/// The two ways to say who one is, as they stand in the head.
struct Credential {
  const std::string* app_token = nullptr;
  const std::string* authorization = nullptr;
};

Result<Credential> find_credential(const http::Request& request) {
  Credential found;
  int count = 0;
  for (const auto& [name, value] : request.headers.fields()) {
    if (equals_ignoring_case(name, "lean-app-token")) {
      found.app_token = &value;
    } else if (equals_ignoring_case(name, "authorization")) {
      found.authorization = &value;
    } else {
      continue;
    }
    ++count;
  }
  if (found.app_token != nullptr && found.authorization != nullptr)
    return error(ErrorCode::INVALID_PARAMETERS, "send either Authorization or lean-app-token, not both");
  if (count > 1) return error(ErrorCode::INVALID_PARAMETERS, "send one credential, once");
  return found;
}

/// What stands behind "Bearer " (RFC 6750, section 2.1); empty for another scheme.
std::string_view bearer_of(std::string_view authorization) {
  constexpr std::string_view kScheme = "Bearer ";
  if (!equals_ignoring_case(authorization.substr(0, kScheme.size()), kScheme)) return {};
  return trim(authorization.substr(kScheme.size()));
}

}  // namespace

Access::SharedSnapshot Access::fresh_snapshot() {
  const std::scoped_lock lock{mutex_};
  // Before `changes_` is read: what has been heard of by now is counted there.
  const bool hears_changes = database_.hears_others();
  if (!snapshot_ || snapshot_->change != changes_.load(std::memory_order_acquire)) return nullptr;
  if (hears_changes || is_recent(*snapshot_)) return snapshot_;
  forget();
  return nullptr;
}

/// As good as one that changes are heard of for: old by no more than they may be late.
bool Access::is_recent(const Snapshot& snapshot) const {
  const Duration age = real_clock_.now() - snapshot.read_at;
  return age >= Duration::zero() && age < db::kHeardWithin;  // The clock may have been set back.
}

Task<Result<Access::SharedSnapshot>> Access::load_snapshot() {
  const auto change = changes_.load(std::memory_order_acquire);
  const Instant now = real_clock_.now();
  CO_ASSIGN_OR_RETURN(auto read, co_await database_.read([&](db::Transaction& tx) -> Result<SharedSnapshot> {
    ASSIGN_OR_RETURN(auto directory, Directory::load(tx));
    ASSIGN_OR_RETURN(auto keys, tokens_.keys(tx));
    return std::make_shared<const Snapshot>(change, now, std::move(directory), std::move(keys));
  }));
  const std::scoped_lock lock{mutex_};
  if (!snapshot_ || snapshot_->change < change) {
    snapshot_ = read;
    verified_.clear();
  }
  co_return std::move(read);
}

Task<Result<Caller>> Access::authenticate(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto credential, find_credential(request));
  if (credential.app_token == nullptr && credential.authorization == nullptr) co_return no_app_token();
  auto snapshot = fresh_snapshot();
  if (!snapshot) {
    CO_ASSIGN_OR_RETURN(snapshot, co_await load_snapshot());
  }
  if (credential.app_token != nullptr) {
    auto caller = judge_app_token(*snapshot, request, *credential.app_token);
    if (!caller) co_return refuse(request, ApplicationId::parse(*credential.app_token), std::move(caller).error());
    co_return caller;
  }
  auto caller = judge_bearer(*snapshot, *credential.authorization);
  if (!caller) co_return refuse(request, std::nullopt, std::move(caller).error());
  const auto* const key = snapshot->directory.key(bearer_of(*credential.authorization), real_clock_.now());
  if (key != nullptr) co_await note_use(key->id);
  co_return caller;
}

Result<Caller> Access::judge_app_token(const Snapshot& snapshot, const http::Request& request,
                                       std::string_view text) const {
  const auto id = ApplicationId::parse(text);
  const auto mode = id ? snapshot.directory.mode(*id) : std::nullopt;
  if (!mode) return no_app_token();
  if (*mode == Mode::SANDBOX) return caller_of(*id, *mode);
  switch (snapshot.directory.certificate(*id, request.client_certificate, real_clock_.now())) {
    case Directory::Binding::OWN:
      return caller_of(*id, *mode);
    case Directory::Binding::ANOTHERS:
      return error(ErrorCode::CERTIFICATE_TOKEN_MISMATCH,
                   "the client certificate belongs to another application than lean-app-token");
    case Directory::Binding::NOBODYS:
      break;
  }
  return error(
      ErrorCode::INVALID_CERTIFICATE,
      "a live application's token needs its client certificate beside it; or send Authorization: Bearer with an "
      "access token or a secret key");
}

Result<Caller> Access::judge_bearer(const Snapshot& snapshot, std::string_view authorization) {
  const auto text = bearer_of(authorization);
  if (applications::is_secret_key(text)) {
    const auto* const key = snapshot.directory.key(text, real_clock_.now());
    const auto mode = key == nullptr ? std::nullopt : snapshot.directory.mode(key->application);
    if (!mode) return no_bearer();
    return Caller{.application = key->application, .mode = *mode, .scopes = key->scopes, .customer = std::nullopt};
  }
  auto token = read_token(snapshot, text);
  const auto mode = token ? snapshot.directory.mode(token->application) : std::nullopt;
  if (mode) return Caller{token->application, *mode, token->scopes, token->customer};
  auto refused = no_bearer();
  if (!token) refused.cause = std::move(token.error().cause);
  return refused;
}

Result<applications::AccessToken> Access::read_token(const Snapshot& snapshot, std::string_view text) {
  const auto digest = sha256(text);
  const std::string known_by{reinterpret_cast<const char*>(digest.data()), digest.size()};
  {
    const std::scoped_lock lock{mutex_};
    const auto known = verified_.find(known_by);
    if (known != verified_.end() && known->second.expires_at > real_clock_.now()) return known->second;
  }
  ASSIGN_OR_RETURN(const auto token, tokens_.verify(snapshot.signing_keys, text));
  const std::scoped_lock lock{mutex_};
  if (verified_.size() >= kVerifiedMax) {
    std::erase_if(verified_, [now = real_clock_.now()](const auto& entry) { return entry.second.expires_at <= now; });
    if (verified_.size() >= kVerifiedMax) verified_.clear();
  }
  if (snapshot_ && snapshot_->change == snapshot.change) verified_.insert_or_assign(known_by, token);
  return token;
}

/// To the hour: a key that is used all the time costs one small write in it.
Task<void> Access::note_use(applications::SecretKeyId key) {
  const auto hour = std::chrono::floor<std::chrono::hours>(real_clock_.now());
  {
    const std::scoped_lock lock{mutex_};
    auto& noted = used_at_[key];
    if (stands_by_ || noted >= hour) co_return;
    noted = hour;
  }
  const auto written = co_await database_.write([&](db::Transaction& tx) { return credentials_.note_use(tx, key); });
  if (!written) log::warn("the use of a secret key was not noted", {{"cause", written.error().cause}});
}

Task<Result<ApplicationId>> Access::authenticate_client(const http::Request& request, std::string client_id,
                                                        Secret client_secret) {
  auto snapshot = fresh_snapshot();
  if (!snapshot) {
    CO_ASSIGN_OR_RETURN(snapshot, co_await load_snapshot());
  }
  const auto id = ApplicationId::parse(client_id);
  const bool is_right =
      snapshot->directory.is_client_secret(id.value_or(ApplicationId{}), client_secret.reveal(), real_clock_.now());
  if (!id || !is_right)
    co_return refuse(request, id, error(ErrorCode::UNAUTHORIZED, "client_id and client_secret are not valid"));
  co_return *id;
}

Task<Result<CustomerId>> Access::customer_of(const http::Request& request, ApplicationId application,
                                             std::string token) {
  auto snapshot = fresh_snapshot();
  if (!snapshot) {
    CO_ASSIGN_OR_RETURN(snapshot, co_await load_snapshot());
  }
  auto read = read_token(*snapshot, token);
  if (!read || read->application != application) {
    auto refusal = error(ErrorCode::UNAUTHORIZED, "access_token must be a valid token of this application's customer");
    refusal.cause = read ? "it is another application's" : std::move(read.error().cause);
    co_return refuse(request, application, std::move(refusal));
  }
  if (!read->customer) {
    co_return error(ErrorCode::INSUFFICIENT_ACCESS_LEVEL,
                    "access_token must be a customer's: ask for it with the scope customer.<customer_id>");
  }
  if (read->expires_at < real_clock_.now() + kTokenLifeLeft)
    co_return error(ErrorCode::UNAUTHORIZED, "Token must be valid for at least 10 minutes");
  co_return *read->customer;
}

Task<Result<std::optional<Mode>>> Access::mode(ApplicationId application) {
  auto snapshot = fresh_snapshot();
  if (!snapshot) {
    CO_ASSIGN_OR_RETURN(snapshot, co_await load_snapshot());
  }
  co_return snapshot->directory.mode(application);
}

Task<Result<std::string>> Access::issue(ApplicationId application, std::optional<CustomerId> customer) {
  auto snapshot = fresh_snapshot();
  if (!snapshot || snapshot->signing_keys.empty()) {
    CO_RETURN_IF_ERROR(co_await database_.write([&](db::Transaction& tx) { return tokens_.ensure_key(tx); }));
    CO_ASSIGN_OR_RETURN(snapshot, co_await load_snapshot());
  }
  co_return tokens_.issue(snapshot->signing_keys, application, customer);
}

Task<Result<std::string>> Access::jwks() {
  auto snapshot = fresh_snapshot();
  if (!snapshot) {
    CO_ASSIGN_OR_RETURN(snapshot, co_await load_snapshot());
  }
  co_return jose::to_jwks(snapshot->signing_keys);
}

/// One line in the log for each that is answered by its name; once it is too many the requests' own lines tell.
Error Access::refuse(const http::Request& request, std::optional<ApplicationId> claimed, Error refusal) {
  const Instant now = real_clock_.now();
  auto wait = failures_.per_address.take(http::subscriber_of(request.peer_address), now);
  if (!wait && claimed) wait = failures_.per_application.take(claimed->to_text(), now);
  if (!wait) {
    log::warn("a credential was refused", {{"request_id", request.request_id},
                                           {"address", request.peer_address},
                                           {"application", claimed ? claimed->to_text() : ""},
                                           {"code", to_text(refusal.code)},
                                           {"cause", refusal.cause}});
    return refusal;
  }
  auto throttled = error(ErrorCode::RATE_LIMIT_EXCEEDED, "too many credentials were refused: try again later");
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait).count();
  throttled.details.push_back({.name = "retry_after_seconds", .json = std::to_string(seconds)});
  return throttled;
}

}  // namespace qantara::api
