#include "gateway/home.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <optional>
#include <span>
#include <system_error>

#include "base/text.h"
#include "gateway/settings_store.h"

namespace qantara::gateway {

namespace {

constexpr std::string_view kHome = "home";
constexpr std::string_view kNowhere = "";
constexpr std::string_view kKeyDigest = "key_digest";

std::string digest_of(const Vault& vault) {
  const auto digest = vault.blind_index("this key", "settings.key_digest");
  return to_hex(std::as_bytes(std::span{digest}));
}

}  // namespace

Result<std::string> place_of(const std::filesystem::path& file) {
  struct ::statx found{};
  if (::statx(AT_FDCWD, file.c_str(), 0, STATX_INO | STATX_BTIME, &found) != 0) {
    return caused_by(ErrorCode::STORAGE_FAILED, "Cannot look at " + file.string(),
                     std::generic_category().message(errno));
  }
  // File systems that know of no birth leave the inode.
  const auto birth = (found.stx_mask & STATX_BTIME) != 0
                         ? fmt::format("{}.{:09}", found.stx_btime.tv_sec, found.stx_btime.tv_nsec)
                         : std::string{"unknown"};
  return fmt::format("inode {} born {}", found.stx_ino, birth);
}

Result<Standing> standing_of(db::Transaction& tx, std::string_view place) {
  ASSIGN_OR_RETURN(const auto home, select_setting(tx, kHome));
  return !home || *home == place ? Standing::LIVE : Standing::COPY;
}

Result<void> make_live(db::Transaction& tx, std::string_view place) { return upsert_setting(tx, kHome, place); }
Result<void> make_copy(db::Transaction& tx) { return upsert_setting(tx, kHome, kNowhere); }

Result<KeyFit> key_fit(db::Transaction& tx, const Vault& vault) {
  ASSIGN_OR_RETURN(const auto digest, select_setting(tx, kKeyDigest));
  if (!digest) return KeyFit::UNKNOWN;
  return *digest == digest_of(vault) ? KeyFit::FITS : KeyFit::IS_ANOTHER;
}

Result<void> remember_key(db::Transaction& tx, const Vault& vault) {
  return upsert_setting(tx, kKeyDigest, digest_of(vault));
}

}  // namespace qantara::gateway
