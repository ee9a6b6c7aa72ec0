// Small conversions between bytes and text.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace qantara {

std::string to_hex(std::span<const std::byte> bytes);  ///< Lower case.
int hex_value(char digit);                             ///< 0–15; -1 for any other character.
std::optional<std::string> from_hex(std::string_view text);
std::string to_base64(std::string_view bytes);  ///< Standard alphabet, padded.
std::optional<std::string> from_base64(std::string_view text);

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span{text.data(), text.size()});
}

/// Without leading and trailing ASCII white space.
std::string_view trim(std::string_view text);

/// Characters (code points) in valid UTF-8.
std::size_t utf8_length(std::string_view text);
bool is_valid_utf8(std::string_view text);
/// Whether valid UTF-8 is a line that reads as it is written: no control characters (C0, C1, DEL), no line or paragraph
/// separators, nothing that turns the direction of the text around it (U+202A–202E, U+2066–2069).
bool is_printable(std::string_view text);
/// Bytes of the well-formed UTF-8 sequence (RFC 3629) that `text` starts with; 0 if it starts with none.
std::size_t utf8_sequence(std::string_view text);

/// Case-insensitive comparison of ASCII text, as header names want it.
bool equals_ignoring_case(std::string_view a, std::string_view b);

/// Compares in a time that depends on the lengths only.
bool equals_in_constant_time(std::string_view a, std::string_view b);

}  // namespace qantara
