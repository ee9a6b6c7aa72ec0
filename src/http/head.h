// The one strict way to read HTTP/1.1 framing, for requests and answers alike (RFC 9112). What two readers could read in
// two ways is refused: CRLF only, no folded lines, one Host, one Content-Length, Transfer-Encoding only `chunked` and
// never beside a Content-Length. Pure: bytes in, structs out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"
#include "http/server.h"

namespace qantara::http {

/// Finds the empty line that ends a head, looking at each byte once however small the pieces in which they come.
class HeadScanner {
 public:
  enum class State { INCOMPLETE, COMPLETE, MALFORMED };

  /// `text`: what has come so far, from the first byte of the message. MALFORMED as soon as a line ends without CR.
  State scan(std::string_view text);

  /// Once COMPLETE: the length of the head with its empty line.
  std::size_t size() const { return line_; }

 private:
  std::size_t line_ = 0;     // Where the line begins that is not complete yet.
  std::size_t scanned_ = 0;  // No line feed from `line_` up to here.
};

/// What a head says about the body behind it and the connection below it.
struct Framing {
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool keep_alive = true;
};

struct RequestHead {
  Request request;  ///< Without body, peer address and request id.
  Framing framing;
  bool expects_continue = false;
};

/// Why a head is refused. `message`: static, for people.
struct Fault {
  Refusal refusal = Refusal::MALFORMED;
  std::string_view message;
};

/// `head`: what HeadScanner found, with its empty line. In `path`, an encoded slash stays encoded ("%2F"), so that it
/// stays in its segment; control characters and invalid UTF-8 are refused in path and query, encoded or not.
std::expected<RequestHead, Fault> parse_request_head(std::string_view head);

struct ResponseHead {
  int status = 0;
  Headers headers;
  Framing framing;
};

std::expected<ResponseHead, Fault> parse_response_head(std::string_view head);

/// Takes a body out of its chunks. Chunk extensions are skipped, trailers are checked and dropped.
class ChunkedBody {
 public:
  enum class State { INCOMPLETE, COMPLETE, TOO_LARGE, MALFORMED };
  struct Progress {
    State state;
    std::size_t consumed;  ///< Bytes of `input` that are done with; the rest is to be given again, with more behind it.
  };

  /// Appends to `body`, up to `limit` bytes in all; TOO_LARGE when there is more.
  Progress read(std::string_view input, std::string& body, std::size_t limit);

 private:
  enum class Part { SIZE, DATA, DATA_END, TRAILER, END };
  State step(std::string_view& input, std::string& body, std::size_t limit);

  Part part_ = Part::SIZE;
  std::uint64_t left_ = 0;  // Bytes of the current chunk still to come.
  std::size_t trailer_bytes_ = 0;
};

/// Appends "name: value\r\n". A control character in the value becomes a space, so no value can begin a line of its own.
void append_field(std::string& head, std::string_view name, std::string_view value);

}  // namespace qantara::http
