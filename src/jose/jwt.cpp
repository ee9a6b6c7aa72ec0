#include "jose/jwt.h"

#include <algorithm>
#include <array>
#include <optional>

#include "jose/base64url.h"

namespace qantara::jose {

namespace {

Error refused(std::string_view why) {
  return caused_by(ErrorCode::UNAUTHORIZED, "the token is not valid", std::string{why});
}

/// Header, payload, signature, as they stand in the token.
std::optional<std::array<std::string_view, 3>> parts_of(std::string_view token) {
  const auto first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  return std::array{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1)};
}

/// The key that the header names, if the header is one that we take.
Result<const Key*> choose_key(std::string_view encoded, std::span<const Key> keys) {
  const auto text = from_base64url(encoded);
  if (!text) return refused("its header is not base64url");
  const auto header = json::parse(*text);
  if (!header || !header->is(json::Kind::OBJECT)) return refused("its header is no JSON object");
  for (const auto& [name, value] : header->members()) {
    const bool is_known = name == "alg" || name == "kid" || name == "typ";
    if (!is_known || !value.is(json::Kind::STRING)) return refused("its header has " + name);
  }
  if (header->text("alg") != "RS256") return refused("its algorithm is not RS256");
  const auto id = header->text("kid");
  if (!id) {
    if (keys.size() != 1) return refused("it names no key");
    return &keys.front();
  }
  const auto found = std::ranges::find(keys, *id, &Key::id);
  if (found == keys.end()) return refused("it names an unknown key");
  return &*found;
}

/// A NumericDate in whole seconds within what an Instant can hold.
std::optional<Instant> time_of(const json::Value& claims, std::string_view name) {
  constexpr std::int64_t kSecondsMax = 253'402'300'799;  // The end of the year 9999.
  const auto* const claim = claims.find(name);
  if (claim == nullptr || !claim->is(json::Kind::NUMBER)) return std::nullopt;
  const auto seconds = claim->integer();
  if (!seconds || *seconds < 0 || *seconds > kSecondsMax) return std::nullopt;
  return Instant{std::chrono::seconds{*seconds}};
}

bool names(const json::Value* audiences, std::string_view wanted) {
  if (audiences == nullptr) return false;
  if (audiences->is(json::Kind::STRING)) return audiences->string() == wanted;
  return audiences->is(json::Kind::ARRAY) && std::ranges::any_of(audiences->items(), [&](const json::Value& one) {
           return one.is(json::Kind::STRING) && one.string() == wanted;
         });
}

}  // namespace

std::string sign(const Key& key, std::string_view payload) {
  json::Writer header;
  header.begin_object().member("alg", "RS256").member("kid", key.id()).member("typ", "JWT").end_object();
  auto token = to_base64url(header.text()) + "." + to_base64url(payload);
  const auto signature = key.sign(token);
  return token + "." + to_base64url(signature);
}

Result<std::string> verify(std::string_view token, std::span<const Key> keys) {
  if (token.size() > kTokenBytesMax) return refused("it is too long");
  const auto parts = parts_of(token);
  if (!parts) return refused("it has not three parts");
  const auto& [header, payload, signature] = *parts;
  ASSIGN_OR_RETURN(const auto* const key, choose_key(header, keys));
  const auto bytes = from_base64url(signature);
  if (!bytes) return refused("its signature is not base64url");
  if (!key->verifies(*bytes, token.substr(0, header.size() + 1 + payload.size())))
    return refused("its signature is not the key's");
  auto content = from_base64url(payload);
  if (!content) return refused("its payload is not base64url");
  return *std::move(content);
}

Result<json::Value> verify_claims(std::string_view token, std::span<const Key> keys, const Expected& expected) {
  ASSIGN_OR_RETURN(const auto payload, verify(token, keys));
  auto claims = json::parse(payload);
  if (!claims || !claims->is(json::Kind::OBJECT)) return refused("its claims are no JSON object");
  if (claims->text("iss") != expected.issuer) return refused("its issuer is another");
  if (!names(claims->find("aud"), expected.audience)) return refused("it is for another audience");
  const auto ends = time_of(*claims, "exp");
  const auto issued = time_of(*claims, "iat");
  if (!ends || *ends <= expected.now) return refused("its time is over");
  if (!issued || *issued > expected.now) return refused("it was issued in the future");
  if (claims->find("nbf") != nullptr) {
    const auto begins = time_of(*claims, "nbf");
    if (!begins || *begins > expected.now) return refused("its time has not come");
  }
  return *std::move(claims);
}

}  // namespace qantara::jose
