#include "gateway/home.h"

#include <optional>
#include <span>

#include "base/text.h"
#include "gateway/settings_store.h"

namespace qantara::gateway {

namespace {

constexpr std::string_view kNowhere = "";
constexpr std::string_view kKeyDigest = "key_digest";

std::string digest_of(const Vault& vault) {
  const auto digest = vault.blind_index("this key", "settings.key_digest");
  return to_hex(std::as_bytes(std::span{digest}));
}

}  // namespace

Result<Standing> standing_of(db::Transaction& tx, std::string_view place) {
  ASSIGN_OR_RETURN(const auto home, select_setting(tx, kHome));
  return !home || *home == place ? Standing::LIVE : Standing::COPY;
}

Result<void> make_live(db::Transaction& tx, std::string_view place) { return upsert_setting(tx, kHome, place); }
Result<void> make_copy(db::Transaction& tx) { return upsert_setting(tx, kHome, kNowhere); }

std::string how_to_activate(const std::filesystem::path& data, std::string_view database_url) {
  return database_url.empty() ? "qantara activate --data " + data.string() : "qantara activate --database postgres://…";
}

Result<bool> knows_a_key(db::Transaction& tx) {
  ASSIGN_OR_RETURN(const auto digest, select_setting(tx, kKeyDigest));
  return digest.has_value();
}

Result<KeyFit> key_fit(db::Transaction& tx, const Vault& vault) {
  ASSIGN_OR_RETURN(const auto digest, select_setting(tx, kKeyDigest));
  if (!digest) return KeyFit::UNKNOWN;
  return *digest == digest_of(vault) ? KeyFit::FITS : KeyFit::IS_ANOTHER;
}

Result<void> remember_key(db::Transaction& tx, const Vault& vault) {
  return upsert_setting(tx, kKeyDigest, digest_of(vault));
}

}  // namespace qantara::gateway
