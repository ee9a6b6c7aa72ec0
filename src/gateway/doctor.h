// `qantara doctor`: looks at everything that a gateway stands on, changes nothing, and says what to do about what is wrong.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/task.h"
#include "gateway/server_options.h"
#include "http/client.h"

namespace qantara::gateway {

/// FAIL: the gateway does not work so, or loses something. LOOK: it works, and somebody should know.
enum class Verdict { OK, LOOK, FAIL };

struct Finding {
  std::string subject;
  Verdict verdict = Verdict::OK;
  std::string text;
  std::string remedy;  ///< Empty if there is nothing to do.
};

struct DoctorOptions {
  std::filesystem::path data = "qantara-data";
  std::string database;  ///< A PostgreSQL URL; empty: the file in `data`.
  db::Durability durability = db::Durability::FULL;
  std::filesystem::path config;  ///< Empty: none was named.
  Listen listen{"127.0.0.1", 7070};
  http::ServerTlsOptions tls;  ///< Without a certificate: no TLS.
};

/// Never fails: what cannot be looked at is a finding. A gateway may be running on the folder. Reads the whole database if that
/// is a file.
Task<std::vector<Finding>> examine(Executor executor, http::Client& client, const Clock& clock, Random& random,
                                   DoctorOptions options);

}  // namespace qantara::gateway
