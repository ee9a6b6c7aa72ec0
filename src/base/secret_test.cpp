#include "base/secret.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string_view>
#include <type_traits>

namespace qantara {
namespace {

constexpr std::string_view kShort = "1111";
constexpr std::string_view kLong = "a password that does not fit into the object itself";

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };

TEST(Secret, prints_as_stars) {
  EXPECT_EQ(fmt::format("{}", Secret{std::string{kLong}}), "****");
  EXPECT_EQ(fmt::format("{:>6}", Secret{}), "  ****");
  static_assert(!Printable<Secret>);
  static_assert(!std::is_convertible_v<Secret, std::string>);
  static_assert(!std::is_convertible_v<std::string, Secret>);
}

TEST(Secret, is_copied_and_moved_with_its_text) {
  for (const auto text : {kShort, kLong}) {
    Secret secret{std::string{text}};
    Secret copy = secret;
    EXPECT_EQ(copy.reveal(), text);
    EXPECT_EQ(secret.reveal(), text);

    const Secret moved = std::move(secret);
    EXPECT_EQ(moved.reveal(), text);
    EXPECT_TRUE(secret.empty());  // NOLINT(bugprone-use-after-move): that is what is asked

    Secret assigned{"something else"};
    assigned = copy;
    EXPECT_EQ(assigned.reveal(), text);
    assigned = std::move(copy);
    EXPECT_EQ(assigned.reveal(), text);
    EXPECT_TRUE(copy.empty());  // NOLINT(bugprone-use-after-move)

    const Secret& itself = assigned;
    assigned = itself;
    EXPECT_EQ(assigned.reveal(), text);
  }
}

/// The bytes of the object, where a short text lives; read while its storage is still ours.
std::string_view storage(const std::array<std::byte, sizeof(Secret)>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(Secret, leaves_nothing_in_the_object_when_it_goes) {
  alignas(Secret) std::array<std::byte, sizeof(Secret)> bytes{};
  auto* const secret = std::construct_at(reinterpret_cast<Secret*>(bytes.data()), std::string{kShort});
  EXPECT_TRUE(storage(bytes).contains(kShort));
  std::destroy_at(secret);
  EXPECT_FALSE(storage(bytes).contains(kShort));
}

TEST(Secret, leaves_nothing_in_its_memory_when_the_text_is_replaced) {
  Secret secret{std::string{kLong}};
  const std::string_view kept = secret.reveal();
  const Secret empty;
  secret = empty;  // A copy keeps the memory, so looking is allowed.
  EXPECT_FALSE(kept.contains("password"));
}

}  // namespace
}  // namespace qantara
