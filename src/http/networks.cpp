#include "http/networks.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <cstddef>

namespace qantara::http {

namespace ip = boost::asio::ip;

std::optional<AddressBytes> parse_address(std::string_view text) {
  boost::system::error_code error;
  const auto address = ip::make_address(text, error);
  if (error) return std::nullopt;
  return address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()).to_bytes() : address.to_v6().to_bytes();
}

std::string to_text(const AddressBytes& address) {
  const auto v6 = ip::make_address_v6(address);
  return v6.is_v4_mapped() ? ip::make_address_v4(ip::v4_mapped, v6).to_string() : v6.to_string();
}

std::string subscriber_of(std::string_view address) {
  auto bytes = parse_address(address);
  if (!bytes) return std::string{address};
  if (!ip::make_address_v6(*bytes).is_v4_mapped()) std::fill(bytes->begin() + 8, bytes->end(), std::uint8_t{0});
  return to_text(*bytes);
}

bool Network::contains(const AddressBytes& address) const {
  const auto whole = static_cast<std::size_t>(length / 8);
  const auto mask = static_cast<std::uint8_t>(0xff00U >> (length % 8));
  return std::equal(bytes.begin(), bytes.begin() + whole, address.begin()) &&
         (length % 8 == 0 || ((bytes[whole] ^ address[whole]) & mask) == 0);
}

std::optional<Network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (slash == std::string_view::npos) return address ? std::optional{Network{*address, 128}} : std::nullopt;
  const auto digits = text.substr(slash + 1);
  int length = -1;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  const bool is_v4 = !text.contains(':');
  if (!address || failure != std::errc{} || end != digits.data() + digits.size() || length < 0 ||
      length > (is_v4 ? 32 : 128)) {
    return std::nullopt;
  }
  return Network{*address, is_v4 ? length + 96 : length};
}

}  // namespace qantara::http
