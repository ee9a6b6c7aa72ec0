// Which of several copies of a database is the live one: the one in the very file that it remembers, sealed with the key
// beside it. Every other, a backup, a copied folder, waits until it is told (`qantara activate`): two gateways that both
// deliver and submit what one of them was asked for would tell everything twice, and one of them would go on from old news.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/crypto.h"
#include "base/result.h"
#include "db/transaction.h"

namespace qantara::gateway {

enum class Standing { LIVE, COPY };

/// The setting that remembers the place.
inline constexpr std::string_view kHome = "home";

/// A database that remembers no file yet is live: it is new, or was written by a version that did not look.
Result<Standing> standing_of(db::Transaction& tx, std::string_view place);

/// `place` is the live one from now on.
Result<void> make_live(db::Transaction& tx, std::string_view place);

/// None is, until one is made live.
Result<void> make_copy(db::Transaction& tx);

/// The command that does so, for whoever is told; it holds no password.
std::string how_to_activate(const std::filesystem::path& data, std::string_view database_url);

/// Whether some key's digest is remembered: `remember_key` has been called.
Result<bool> knows_a_key(db::Transaction& tx);

enum class KeyFit { FITS, IS_ANOTHER, UNKNOWN };

/// Whether the database's secrets were sealed with the key in `vault`. UNKNOWN before `remember_key`.
Result<KeyFit> key_fit(db::Transaction& tx, const Vault& vault);

/// Writes a digest that tells this key from others, and nothing about it.
Result<void> remember_key(db::Transaction& tx, const Vault& vault);

}  // namespace qantara::gateway
