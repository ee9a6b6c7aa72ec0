// Any bytes: what is taken for an IBAN is one by the standard's own sum, reads back the same, and is never printed in full.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "iban/iban.h"

namespace iban = qantara::iban;

namespace {

constexpr std::size_t kLengthMax = 34;  // ISO 13616-1, section 5.

/// ISO 7064 mod 97-10, digit by digit, of the text with its first four characters moved behind.
int check_sum(const std::string& text) {
  int rest = 0;
  const auto add = [&rest](int digit) { rest = (rest * 10 + digit) % 97; };
  for (const char c : text.substr(4) + text.substr(0, 4)) {
    const int value = c >= 'A' ? c - 'A' + 10 : c - '0';
    if (value >= 10) add(value / 10);
    add(value % 10);
  }
  return rest;
}

void read_iban(std::string_view bytes) {
  const auto read = iban::Iban::parse(bytes);
  if (!read) {
    CHECK(read.error().code == qantara::ErrorCode::INVALID_IBAN);
    CHECK(read.error().fields.size() == 1 && qantara::is_valid_utf8(read.error().message));
    return;
  }
  const auto& text = read->text();
  CHECK(text.size() > 8 && text.size() <= kLengthMax);
  CHECK(std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); }));
  CHECK(check_sum(text) == 1);
  CHECK(read->country() == text.substr(0, 2));
  CHECK(iban::Iban::parse(text)->text() == text);
  CHECK(read->masked().find(text.substr(4, text.size() - 8)) == std::string::npos);

  // A neighbour's account has another sum: one digit more or less is noticed.
  auto neighbour = text;
  neighbour[3] = neighbour[3] == '9' ? '0' : static_cast<char>(neighbour[3] + 1);
  CHECK(!iban::Iban::parse(neighbour));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_iban(bytes);
  if (iban::is_bic(bytes)) CHECK(bytes.size() == 8 || bytes.size() == 11);
  const auto masked = iban::mask_account(bytes);
  if (qantara::is_valid_utf8(bytes)) CHECK(qantara::is_valid_utf8(masked));
  const bool is_account = std::ranges::all_of(bytes, [](char c) { return c >= '0' && c <= '9'; });
  if (is_account && !bytes.empty()) CHECK(masked.find(bytes) == std::string::npos);
  return 0;
}
