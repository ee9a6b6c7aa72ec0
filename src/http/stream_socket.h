// Stream sockets of any family: what speaks TCP speaks over a Unix socket too. Internal to http/.
#pragma once

#include <sys/un.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>

namespace qantara::http {

using StreamProtocol = boost::asio::generic::stream_protocol;
using StreamSocket = StreamProtocol::socket;
using StreamAcceptor = boost::asio::basic_socket_acceptor<StreamProtocol>;
using StreamEndpoint = StreamProtocol::endpoint;

/// Nothing if the path does not fit into an address of the kernel (107 bytes).
inline std::optional<StreamEndpoint> unix_endpoint(const std::filesystem::path& path) {
  if (path.native().size() >= sizeof(sockaddr_un::sun_path)) return std::nullopt;
  return StreamEndpoint{boost::asio::local::stream_protocol::endpoint{path.native()}};
}

/// The end of an Internet connection; the unspecified address for another family.
inline boost::asio::ip::tcp::endpoint internet_endpoint(const StreamEndpoint& endpoint) {
  boost::asio::ip::tcp::endpoint internet;
  const int family = endpoint.protocol().family();
  if ((family == AF_INET || family == AF_INET6) && endpoint.size() <= internet.capacity()) {
    std::memcpy(internet.data(), endpoint.data(), endpoint.size());
  }
  return internet;
}

}  // namespace qantara::http
