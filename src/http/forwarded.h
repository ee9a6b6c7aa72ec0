// Who a request comes from when proxies brought it. What a proxy says of the client counts only where the operator named the
// proxy; what the client says of itself never does.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "http/networks.h"

namespace qantara::http {

struct TrustedProxies {
  std::vector<Network> networks;
  /// Which headers they write. The other kind is never looked at: proxies pass on what a client put there.
  enum class Headers {
    X_FORWARDED,  ///< X-Forwarded-For and X-Forwarded-Proto
    FORWARDED,    ///< Forwarded (RFC 7239)
  } headers = Headers::X_FORWARDED;

  bool contain(std::string_view address) const;
};

/// What the proxies say.
struct ForwardedClient {
  /// The last address in the chain that is no trusted proxy's; the first one if all are. Without port.
  std::string address;
  /// Whether every leg that they tell of was https; nothing if they tell of none.
  std::optional<bool> secure;
};

/// `headers` came from a trusted proxy. Nothing if they tell of no address, or the last proxy's word cannot be read.
std::optional<ForwardedClient> read_forwarded(const TrustedProxies& proxies, const Headers& headers);

}  // namespace qantara::http
