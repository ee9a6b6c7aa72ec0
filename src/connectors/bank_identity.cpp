#include "connectors/bank_identity.h"

#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace qantara::connectors {

Result<std::shared_ptr<const http::TlsIdentity>> identity_of(const banking::Bank& bank) {
  if (bank.client_certificate.empty() && bank.certificate_authority.empty())
    return std::shared_ptr<const http::TlsIdentity>{};
  if (!bank.client_key.empty()) {
    using std::filesystem::perms;
    std::error_code failed;
    const auto mode = std::filesystem::status(bank.client_key, failed).permissions();
    const bool is_open = !failed && (mode & (perms::others_all | perms::group_write)) != perms::none;
    if (is_open) {
      return field_error(ErrorCode::INVALID_PARAMETERS, "client_key",
                         "others can read the file that client_key names; chmod 600 " + bank.client_key);
    }
  }
  auto loaded = http::TlsIdentity::load(
      {.certificate = bank.client_certificate, .key = bank.client_key, .authority = bank.certificate_authority});
  if (loaded) return loaded;
  // By the names that the operator gave them.
  constexpr auto kNames = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"certificate", "client_certificate"}, {"key", "client_key"}, {"authority", "certificate_authority"}});
  Error refusal = loaded.error();
  for (auto& fault : refusal.fields) {
    for (const auto& [theirs, ours] : kNames) {
      if (fault.field != theirs) continue;
      fault.field = ours;
      break;
    }
  }
  return refusal;
}

}  // namespace qantara::connectors
