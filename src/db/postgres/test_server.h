// For tests: databases on the PostgreSQL server that the environment names (tests/postgres/), each gone with its object.
#pragma once

#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>

#include "base/check.h"

namespace qantara::db::postgres {

/// QANTARA_TEST_POSTGRES: "postgres://postgres@/postgres?host=/tmp/…", a user who may create databases. Null: there is none.
inline const char* test_server() { return std::getenv("QANTARA_TEST_POSTGRES"); }

/// `url`, for another database on the same server.
inline std::string with_database(const std::string& url, const std::string& name) {
  return url + (url.contains('?') ? "&" : "?") + "dbname=" + name;
}

/// Runs `command` on its own, outside of any engine, and gives the first column of the first row.
inline std::string run_on_server(const std::string& url, const std::string& command) {
  const std::unique_ptr<PGconn, void (*)(PGconn*)> connection{PQconnectdb(url.c_str()), PQfinish};
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result{PQexec(connection.get(), command.c_str()), PQclear};
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    ADD_FAILURE() << command << ": " << PQerrorMessage(connection.get());
    return {};
  }
  return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

class TemporaryDatabase {
 public:
  explicit TemporaryDatabase(const std::string& further = "") {
    static std::atomic<int> count{0};
    name_ = "test_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
    run_on_server(test_server(), "CREATE DATABASE " + name_ + " " + further);
  }
  ~TemporaryDatabase() { run_on_server(test_server(), "DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)"); }
  TemporaryDatabase(const TemporaryDatabase&) = delete;
  TemporaryDatabase& operator=(const TemporaryDatabase&) = delete;

  std::string url() const { return with_database(test_server(), name_); }
  std::string run(const std::string& command) const { return run_on_server(url(), command); }

 private:
  std::string name_;
};

}  // namespace qantara::db::postgres
