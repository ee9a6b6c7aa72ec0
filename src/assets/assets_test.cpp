#include "assets/assets.h"

#include <gtest/gtest.h>

namespace qantara::assets {
namespace {

constexpr Asset kAsset{.path = "a/b.js",
                       .content_type = "text/javascript; charset=utf-8",
                       .etag = R"(W/"0123456789abcdef")",
                       .identity = "identity",
                       .gzip = "gzip",
                       .brotli = "br"};

http::Request asking(std::initializer_list<std::pair<std::string_view, std::string_view>> headers) {
  http::Request request{.path = "/a/b.js"};
  for (const auto& [name, value] : headers) request.headers.add(name, value);
  return request;
}

std::string header(const http::Response& response, std::string_view name) {
  return std::string{response.headers.value_or(name, "")};
}

TEST(assets, are_served_in_the_encoding_that_is_liked_best) {
  const struct {
    std::string_view accepted;
    std::string_view coding;
  } rows[] = {
      {"", ""},
      {"gzip", "gzip"},
      {"br", "br"},
      {"gzip, deflate, br, zstd", "br"},
      {"GZIP", "gzip"},
      {"x-gzip", "gzip"},
      {"zstd, deflate", ""},
      {"*", "br"},
      {"*;q=0", ""},
      {"br;q=0, *", "gzip"},
      {"br;q=0, gzip;q=0, *", ""},
      {"gzip;q=1.0, br;q=0.9", "gzip"},
      {"gzip;q=0.9, br;q=0.9", "br"},
      {"gzip ; q=0.5 , br ; q=0.4", "gzip"},
      {"gzip;Q=0.5", "gzip"},
      {"br;q=0.000, gzip;q=0.001", "gzip"},
      {"identity", ""},
      {"identity, gzip;q=0.5", ""},
      {"identity;q=0.5, gzip;q=0.5", "gzip"},
      {"identity;q=0", ""},  // And nothing else: it gets what there is.
      {"identity;q=0, gzip;q=0.1", "gzip"},
      {"br;q=2", ""},
      {"br;q=-1", ""},
      {"br;q=0.0001", ""},
      {"br;q=", ""},
      {"br;level=1", ""},
      {",, ,gzip,", "gzip"},
      {";", ""},
      {"gzipped, brr", ""},
  };
  for (const auto& row : rows) {
    const auto response = serve(kAsset, asking({{"Accept-Encoding", row.accepted}}), Caching::FOREVER);
    EXPECT_EQ(header(response, "Content-Encoding"), row.coding) << row.accepted;
    EXPECT_EQ(response.body, row.coding.empty() ? "identity" : row.coding) << row.accepted;
    EXPECT_EQ(header(response, "Vary"), "Accept-Encoding");
  }
  EXPECT_EQ(serve(kAsset, asking({}), Caching::FOREVER).body, "identity");
  const auto in_two_fields = asking({{"accept-encoding", "br;q=0"}, {"ACCEPT-ENCODING", "*"}});
  EXPECT_EQ(serve(kAsset, in_two_fields, Caching::FOREVER).body, "gzip");
}

TEST(assets, that_compression_does_not_help_are_served_as_they_are) {
  auto small = kAsset;
  small.gzip = small.brotli = {};
  const auto response = serve(small, asking({{"Accept-Encoding", "br, gzip"}}), Caching::FOREVER);
  EXPECT_EQ(response.body, "identity");
  EXPECT_EQ(header(response, "Content-Encoding"), "");
}

TEST(assets, are_not_sent_again_to_who_has_them) {
  const struct {
    std::string_view known;
    int status;
  } rows[] = {
      {R"(W/"0123456789abcdef")", 304},
      {R"("0123456789abcdef")", 304},
      {R"("a", W/"0123456789abcdef" , "b")", 304},
      {"*", 304},
      {R"("0123456789abcde")", 200},
      {"0123456789abcdef", 200},
      {"", 200},
  };
  for (const auto& row : rows) {
    const auto response =
        serve(kAsset, asking({{"If-None-Match", row.known}, {"Accept-Encoding", "br"}}), Caching::SHORTLY);
    EXPECT_EQ(response.status, row.status) << row.known;
    EXPECT_EQ(response.body, row.status == 304 ? "" : "br") << row.known;
    EXPECT_EQ(header(response, "ETag"), kAsset.etag);
    EXPECT_EQ(header(response, "Vary"), "Accept-Encoding");
    EXPECT_EQ(header(response, "Cache-Control"), "public, max-age=300");
  }
}

TEST(assets, say_how_long_they_may_be_kept) {
  const auto kept = [](Caching caching) { return header(serve(kAsset, asking({}), caching), "Cache-Control"); };
  EXPECT_EQ(kept(Caching::NEVER), "no-store");
  EXPECT_EQ(kept(Caching::SHORTLY), "public, max-age=300");
  EXPECT_EQ(kept(Caching::FOREVER), "public, max-age=31536000, immutable");
}

TEST(assets, are_found_by_their_whole_path_only) {
  ASSERT_FALSE(all().empty());
  for (const auto& asset : all()) {
    EXPECT_EQ(find(asset.path), &asset);
    EXPECT_FALSE(asset.content_type.empty());
    EXPECT_FALSE(asset.identity.empty()) << asset.path;
    EXPECT_EQ(find(std::string{asset.path} + "x"), nullptr);
    EXPECT_EQ(find("../" + std::string{asset.path}), nullptr);
    EXPECT_EQ(find(asset.path.substr(0, asset.path.size() - 1)), nullptr);
  }
  EXPECT_EQ(find(""), nullptr);
  for (const auto* const path :
       {"link/index.en.html", "link/index.ar.html", "link/plain.html", "sdk/Lean.min.js", "shop/index.html"})
    EXPECT_NE(find(path), nullptr) << path;
}

}  // namespace
}  // namespace qantara::assets
