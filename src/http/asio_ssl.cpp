// The non-template part of Asio's TLS, compiled once; that of Asio itself is in base/asio.cpp.
#include <boost/asio/ssl/impl/src.hpp>
