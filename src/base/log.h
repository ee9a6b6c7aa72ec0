// The log: one JSON object a line on standard error, asynchronous. No secret and no account number ever goes in.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace qantara::log {

enum class Level { DEBUG, INFO, WARN, ERROR, OFF };

/// A named value beside the message.
struct Field {
  Field(std::string_view name, std::string_view value) : name(name), value(value) {}
  Field(std::string_view name, long long value) : name(name), value(std::to_string(value)), is_number(true) {}

  std::string_view name;
  std::string value;
  bool is_number = false;
};

/// Everything below `level` is dropped. Called once, before threads start.
void start(Level level);

/// Writes out what is still queued.
void stop();

void write(Level level, std::string_view message, std::initializer_list<Field> fields);

inline void info(std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::INFO, message, fields);
}
inline void warn(std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::WARN, message, fields);
}
inline void error(std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::ERROR, message, fields);
}
inline void debug(std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::DEBUG, message, fields);
}

}  // namespace qantara::log
