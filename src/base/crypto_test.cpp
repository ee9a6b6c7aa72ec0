#include "base/crypto.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "base/text.h"

namespace qantara {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::byte, 32> kKey{std::byte{1}};
constexpr std::array<std::byte, 32> kOtherKey{std::byte{2}};

std::string hex(std::string_view bytes) { return to_hex(as_bytes(bytes)); }

TEST(crypto, digests_with_sha_256) {
  // FIPS 180-4, examples
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(crypto, authenticates_with_hmac) {
  const struct {
    std::string key;
    std::string data;
    std::string_view sha256;
    std::string_view sha512;
  } rows[] = {
      // RFC 4231, test cases 1 to 4, 6 and 7 (5 is truncated)
      {std::string(20, '\x0b'), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
       "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f17"
       "02e696c203a126854"},
      {"Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
       "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4"
       "b636e070a38bce737"},
      {std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
       "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942"
       "674278859e13292fb"},
      {*from_hex("0102030405060708090a0b0c0d0e0f10111213141516171819"), std::string(50, '\xcd'),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
       "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2"
       "de2adebeb10a298dd"},
      {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
       "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0ae"
       "c8b915a985d786598"},
      {std::string(131, '\xaa'),
       "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
       "hashed before being used by "
       "the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
       "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446"
       "065c97440fa8c6a58"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(hex(hmac_sha256(row.key, row.data)), row.sha256);
    EXPECT_EQ(hex(hmac_sha512(row.key, row.data)), row.sha512);
  }
}

class vault : public testing::Test {
 protected:
  SeededRandom random{1};
  const Vault it{kKey, random};
};

TEST_F(vault, opens_what_it_sealed) {
  for (const std::string_view plain : {"", "a", "AE070331234567890123456"}) {
    const auto opened = it.unseal(it.seal(plain, "here"), "here");
    ASSERT_TRUE(opened);
    EXPECT_EQ(*opened, plain);
  }
}

RC_GTEST_FIXTURE_PROP(vault, opens_any_text_that_it_sealed, (const std::string& plain, const std::string& context)) {
  const auto sealed = it.seal(plain, context);
  const auto opened = it.unseal(sealed, context);
  RC_ASSERT(opened.has_value());
  RC_ASSERT(*opened == plain);
  RC_ASSERT(plain.size() < 4 || !sealed.contains(plain));
}

TEST_F(vault, opens_nothing_that_was_changed) {
  const auto sealed = it.seal("AE070331234567890123456", "here");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    for (const int bit : {0, 7}) {
      auto changed = sealed;
      changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ (1U << bit));
      const auto opened = it.unseal(changed, "here");
      ASSERT_FALSE(opened) << "byte " << i;
      EXPECT_EQ(opened.error().code, ErrorCode::STORAGE_FAILED);
    }
  }
  EXPECT_FALSE(it.unseal(sealed + "x", "here"));
  for (std::size_t length = 0; length < sealed.size(); ++length) {
    EXPECT_FALSE(it.unseal(sealed.substr(0, length), "here")) << length;
  }
}

TEST_F(vault, opens_nothing_that_was_moved_or_sealed_with_another_key) {
  const auto sealed = it.seal("a token", "payments.connector_state:1");
  EXPECT_FALSE(it.unseal(sealed, "payments.connector_state:2"));
  EXPECT_FALSE(it.unseal(sealed, ""));
  const Vault other{kOtherKey, random};
  EXPECT_FALSE(other.unseal(sealed, "payments.connector_state:1"));
}

TEST_F(vault, seals_the_same_text_differently_each_time) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.insert(it.seal("the same", "here"));
  EXPECT_EQ(seen.size(), 100U);
}

TEST_F(vault, indexes_equal_texts_alike_and_nothing_else) {
  const auto index = it.blind_index("payer-otp", "payment_sources.bank_user");
  EXPECT_EQ(index, it.blind_index("payer-otp", "payment_sources.bank_user"));
  EXPECT_NE(index, it.blind_index("payer-otp", "another column"));
  EXPECT_NE(index, it.blind_index("payer-app", "payment_sources.bank_user"));
  const Vault other{kOtherKey, random};
  EXPECT_NE(index, other.blind_index("payer-otp", "payment_sources.bank_user"));
  EXPECT_EQ(index.size(), 32U);
}

TEST_F(vault, derives_a_key_for_each_purpose) {
  const std::string own{reinterpret_cast<const char*>(kKey.data()), kKey.size()};
  EXPECT_EQ(it.derive("tokens").reveal(), it.derive("tokens").reveal());
  EXPECT_NE(it.derive("tokens").reveal(), it.derive("cursors").reveal());
  EXPECT_NE(it.derive("tokens").reveal(), own);
}

class key_file : public testing::Test {
 protected:
  key_file() {
    std::string path = (fs::temp_directory_path() / "qantara-base-XXXXXX").string();
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    directory_ = path;
    file = directory_ / "qantara.key";
  }
  ~key_file() override { fs::remove_all(directory_); }

  void write(std::string_view bytes, fs::perms mode = fs::perms::owner_read | fs::perms::owner_write) {
    std::ofstream{file, std::ios::binary} << bytes;
    fs::permissions(file, mode);
  }

  SeededRandom random{1};
  fs::path file;

 private:
  fs::path directory_;
};

TEST_F(key_file, is_made_for_its_owner_alone_and_read_the_next_time) {
  const auto made = Vault::open(file, random);
  ASSERT_TRUE(made);
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(fs::file_size(file), 32U);
  const auto sealed = made->seal("a token", "here");

  const auto again = Vault::open(file, random);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again->unseal(sealed, "here"), "a token");
}

TEST_F(key_file, is_refused_when_others_can_read_it) {
  for (const auto mode :
       {fs::perms::group_read, fs::perms::others_read, fs::perms::group_write, fs::perms::others_write}) {
    write(std::string(32, 'k'), fs::perms::owner_read | fs::perms::owner_write | mode);
    const auto opened = Vault::open(file, random);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::INVALID_PARAMETERS);
  }
}

TEST_F(key_file, is_refused_when_it_has_another_length) {
  for (const std::size_t length : {0U, 31U, 33U}) {
    write(std::string(length, 'k'));
    const auto opened = Vault::open(file, random);
    ASSERT_FALSE(opened) << length;
    EXPECT_EQ(opened.error().code, ErrorCode::INVALID_PARAMETERS);
  }
  EXPECT_EQ(fs::file_size(file), 33U);  // What was there is left alone.
}

TEST_F(key_file, fails_where_it_can_neither_be_read_nor_made) {
  const auto opened = Vault::open(file.parent_path() / "nowhere" / "qantara.key", random);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::STORAGE_FAILED);
}

}  // namespace
}  // namespace qantara
