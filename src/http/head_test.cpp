#include "http/head.h"

#include <gtest/gtest.h>

namespace qantara::http {
namespace {

TEST(HeadScanner, finds_the_end_however_the_bytes_come) {
  const std::string message = "GET / HTTP/1.1\r\nHost: a\r\n\r\nnext";
  for (std::size_t step = 1; step <= message.size(); ++step) {
    HeadScanner scanner;
    auto state = HeadScanner::State::INCOMPLETE;
    for (std::size_t size = 0; state == HeadScanner::State::INCOMPLETE && size < message.size();) {
      size = std::min(size + step, message.size());
      state = scanner.scan(std::string_view{message}.substr(0, size));
    }
    EXPECT_EQ(state, HeadScanner::State::COMPLETE) << step;
    EXPECT_EQ(scanner.size(), message.size() - 4) << step;
  }
}

TEST(HeadScanner, refuses_bare_line_feeds_at_once) {
  for (const auto* text :
       {"\n", "GET / HTTP/1.1\n", "GET / HTTP/1.1\r\nHost: a\n", "GET / HTTP/1.1\r\n\n", "\x16\x03\x01"}) {
    HeadScanner scanner;
    EXPECT_EQ(scanner.scan(text), HeadScanner::State::MALFORMED) << text;
  }
}

TEST(RequestHead, splits_path_and_query) {
  struct Case {
    const char* target;
    const char* path;
    const char* query;
  };
  const Case cases[] = {
      {"/", "/", ""},
      {"/?", "/", ""},
      {"/a/b", "/a/b", ""},
      {"/a/b/", "/a/b", ""},
      {"/a/b//", "/a/b/", ""},
      {"/a?b=c?d", "/a", "b=c?d"},
      {"/a/?b=%20", "/a", "b=%20"},
      {"/%61%2e%2E", "/a..", ""},
      {"/a%2fb%2F%252F", "/a%2Fb%2F%2F", ""},
      {"/caf%C3%A9", "/caf\xC3\xA9", ""},
      {"/../..", "/../..", ""},
  };
  for (const auto& c : cases) {
    const auto head = parse_request_head("GET " + std::string(c.target) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(head) << c.target;
    EXPECT_EQ(head->request.path, c.path);
    EXPECT_EQ(head->request.query, c.query);
  }
}

TEST(ResponseHead, reads_what_servers_send) {
  const auto head =
      parse_response_head("HTTP/1.1 404 Not here\r\nContent-Length:  5 \r\nConnection: foo, Close\r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 404);
  EXPECT_EQ(head->framing.content_length, 5U);
  EXPECT_FALSE(head->framing.keep_alive);
  EXPECT_TRUE(parse_response_head("HTTP/1.1 200\r\n\r\n"));
  EXPECT_FALSE(parse_response_head("HTTP/1.0 200 OK\r\n\r\n")->framing.keep_alive);
}

TEST(ResponseHead, refuses_what_is_ambiguous) {
  for (const std::string line : {"HTTP/1.1 20 OK",
                                 "HTTP/1.1 2000 OK",
                                 "HTTP/1.1 099 OK",
                                 "HTTP/1.1 600 OK",
                                 "HTTP/1.1  200 OK",
                                 "HTTP/2.0 200 OK",
                                 "http/1.1 200 OK",
                                 "200 OK",
                                 "",
                                 "HTTP/1.1",
                                 "HTTP/1.1 2x0 OK",
                                 "HTTP/1.1 200OK",
                                 "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1",
                                 "HTTP/1.1 200 OK\r\nContent-Length: 1, 1",
                                 "HTTP/1.1 200 OK\r\nContent-Length: -1",
                                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1",
                                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip",
                                 "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked",
                                 "HTTP/1.1 200 OK\r\nX: a\r\n folded",
                                 "HTTP/1.1 200 OK\r\nno colon",
                                 "HTTP/1.1 200 OK\r\nX : a"}) {
    EXPECT_FALSE(parse_response_head(line + "\r\n\r\n")) << line;
  }
}

struct ChunkCase {
  const char* input;
  ChunkedBody::State state;
  const char* body;
};

const ChunkCase kChunkCases[] = {
    {"3\r\nabc\r\n0\r\n\r\n", ChunkedBody::State::COMPLETE, "abc"},
    {"3\r\nabc\r\n003;x=\"y\"\r\ndef\r\n000\r\n\r\n", ChunkedBody::State::COMPLETE, "abcdef"},
    {"A \t;x\r\n0123456789\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n", ChunkedBody::State::COMPLETE, "0123456789"},
    {"a\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", ChunkedBody::State::COMPLETE, "01234567890123456789"},
    {"b\r\n0123456789x\r\na\r\n0123456789\r\n0\r\n\r\n", ChunkedBody::State::TOO_LARGE, nullptr},
    {"ffffffffffffffff\r\nabc", ChunkedBody::State::INCOMPLETE, "abc"},
    {"10000000000000000\r\nabc", ChunkedBody::State::MALFORMED, nullptr},
    {"3\r\nabc\r\n0\r\n", ChunkedBody::State::INCOMPLETE, "abc"},
    {"3\r\nabcd\r\n0\r\n\r\n", ChunkedBody::State::MALFORMED, nullptr},
    {"3\r\nab\r\n0\r\n\r\n", ChunkedBody::State::MALFORMED, nullptr},
    {"3\nabc\r\n0\r\n\r\n", ChunkedBody::State::MALFORMED, nullptr},
    {"3\r\nabc\n0\r\n\r\n", ChunkedBody::State::MALFORMED, nullptr},
    {"\r\n", ChunkedBody::State::MALFORMED, nullptr},
    {"x\r\n", ChunkedBody::State::MALFORMED, nullptr},
    {"0x3\r\nabc\r\n0\r\n\r\n", ChunkedBody::State::MALFORMED, nullptr},
    {"+3\r\nabc\r\n0\r\n\r\n", ChunkedBody::State::MALFORMED, nullptr},
    {"-3\r\nabc\r\n0\r\n\r\n", ChunkedBody::State::MALFORMED, nullptr},
    {" 3\r\nabc\r\n0\r\n\r\n", ChunkedBody::State::MALFORMED, nullptr},
    {"3 \r\nabc\r\n0\r\n\r\n", ChunkedBody::State::MALFORMED, nullptr},
    {"3,\r\nabc\r\n0\r\n\r\n", ChunkedBody::State::MALFORMED, nullptr},
    {"3;\x01\r\nabc\r\n0\r\n\r\n", ChunkedBody::State::MALFORMED, nullptr},
    {"3;\ra\r\nabc\r\n0\r\n\r\n", ChunkedBody::State::MALFORMED, nullptr},
    {"0\r\nContent-Length: 3\r\n\r\n", ChunkedBody::State::MALFORMED, nullptr},
    {"0\r\ntransfer-encoding: chunked\r\n\r\n", ChunkedBody::State::MALFORMED, nullptr},
    {"0\r\nHost: b\r\n\r\n", ChunkedBody::State::MALFORMED, nullptr},
    {"0\r\n folded\r\n\r\n", ChunkedBody::State::MALFORMED, nullptr},
    {"0\r\n\n", ChunkedBody::State::MALFORMED, nullptr},
};

TEST(ChunkedBody, takes_chunks_apart_however_they_come) {
  for (const auto& c : kChunkCases) {
    const std::string_view input = c.input;
    for (std::size_t step = 1; step <= input.size(); ++step) {
      ChunkedBody chunks;
      std::string body;
      std::size_t begin = 0;
      auto state = ChunkedBody::State::INCOMPLETE;
      for (std::size_t end = 0; state == ChunkedBody::State::INCOMPLETE && end < input.size();) {
        end = std::min(end + step, input.size());
        const auto progress = chunks.read(input.substr(begin, end - begin), body, 20);
        state = progress.state;
        begin += progress.consumed;
      }
      EXPECT_EQ(state, c.state) << c.input << " in steps of " << step;
      EXPECT_LE(body.size(), 20U);
      if (c.body) EXPECT_EQ(body, c.body) << c.input;
      if (state == ChunkedBody::State::COMPLETE) EXPECT_EQ(begin, input.size()) << c.input;
    }
  }
}

TEST(ChunkedBody, bounds_size_lines_and_trailers) {
  std::string body;
  ChunkedBody endless_line;
  EXPECT_EQ(endless_line.read("1;" + std::string(300, 'x'), body, 20).state, ChunkedBody::State::MALFORMED);

  ChunkedBody endless_trailer;
  std::string trailers = "0\r\n";
  for (int i = 0; i < 1000; ++i) trailers += "X-Some: trailer\r\n";
  EXPECT_EQ(endless_trailer.read(trailers, body, 20).state, ChunkedBody::State::MALFORMED);
}

TEST(AppendField, lets_no_value_begin_a_line) {
  std::string head;
  append_field(head, "Location", "/a\r\nSet-Cookie: x\n\0y");
  EXPECT_EQ(head, "Location: /a  Set-Cookie: x \r\n");
}

}  // namespace
}  // namespace qantara::http
