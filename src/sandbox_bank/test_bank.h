// What the bank's tests share: a bank on a file of its own, a third party's calls, and a payer's ways.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sandbox_bank/bank.h"
#include "sandbox_bank/users.h"

namespace qantara::sandbox_bank {

/// A new directory, removed with all that is in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string path = (std::filesystem::temp_directory_path() / "qantara-bank-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) std::abort();
    path_ = path;
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  std::filesystem::path file() const { return path_ / "bank.db"; }

 private:
  std::filesystem::path path_;
};

/// An answer with its body read.
struct Answer {
  int status = 0;
  http::Headers headers;
  json::Value body;
  std::string text;
  http::Response::Delivery delivery = http::Response::Delivery::WHOLE;

  std::string at(std::string_view name) const { return std::string{body.text(name).value_or("")}; }
  /// The address behind `name` in _links; empty if there is none.
  std::string link(std::string_view name) const {
    const json::Value* links = body.find("_links");
    const json::Value* link = links == nullptr ? nullptr : links->find(name);
    return std::string{link == nullptr ? "" : link->text("href").value_or("")};
  }
  /// The code of the first tppMessage.
  std::string code() const {
    const json::Value* messages = body.find("tppMessages");
    if (messages == nullptr || messages->items().empty()) return "";
    return std::string{messages->items().front().text("code").value_or("")};
  }
};

/// Whether a page says `text`.
inline bool has(const Answer& page, std::string_view text) { return page.text.find(text) != std::string::npos; }

inline constexpr std::string_view kPayee = "AE260260001008223921001";
inline constexpr std::string_view kRequestId = "99391c7e-ad88-49ec-a2ad-99ddcb1f7721";

class TestBank {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  explicit TestBank(std::uint64_t seed = 7) : random_(seed) { open(); }
  ~TestBank() { database_->close(); }
  TestBank(const TestBank&) = delete;
  TestBank& operator=(const TestBank&) = delete;

  /// As after a restart of the process: nothing is left but the file.
  void reopen() {
    bank_.reset();
    database_->close();
    database_.reset();
    open();
  }

  /// A call as it comes from the server, with the headers that every call has.
  Answer call(http::Method method, std::string_view path, std::string body = "", const Fields& headers = {}) {
    http::Request request{.method = method, .body = std::move(body)};
    request.path = std::string{path.substr(0, path.find('?'))};
    if (const auto query = path.find('?'); query != path.npos) request.query = std::string{path.substr(query + 1)};
    request.headers.add("Host", "bank.example");
    if (!request.body.empty()) request.headers.add("Content-Type", "application/json");
    request.headers.add("X-Request-ID", kRequestId);
    request.headers.add("PSU-IP-Address", "192.0.2.7");
    for (const auto& [name, value] : headers) request.headers.set(name, value);
    return send(request);
  }
  Answer get(std::string_view path, const Fields& headers = {}) { return call(http::Method::GET, path, "", headers); }
  Answer post(std::string_view path, std::string body, const Fields& headers = {}) {
    return call(http::Method::POST, path, std::move(body), headers);
  }
  Answer put(std::string_view path, std::string body) { return call(http::Method::PUT, path, std::move(body)); }

  Answer send(const http::Request& request) {
    auto response = run(bank_->answer(request));
    Answer answer{
        .status = response.status, .headers = response.headers, .text = response.body, .delivery = response.delivery};
    if (auto body = json::parse(response.body)) answer.body = *std::move(body);
    return answer;
  }

  template <class T>
  T run(Task<T> task) {
    context_.restart();
    auto done = boost::asio::co_spawn(context_, std::move(task), boost::asio::use_future);
    context_.run();
    return done.get();
  }

  /// Bank time goes on, as by PUT /_admin/clock.
  void advance(Duration by) {
    offset_ += by;
    EXPECT_EQ(put("/_admin/clock", R"({"offset_micros":)" + std::to_string(offset_.count()) + "}").status, 200);
  }
  Instant now() const { return bank_->clock().now(); }

  void order_trouble(std::string scenario) {
    const Answer ordered = post("/_admin/scenarios", std::move(scenario));
    EXPECT_EQ(ordered.status, 201) << ordered.text;
  }

  // What a payer does, through the third party.

  Answer create_consent(std::string_view user, std::string_view house = "") {
    return post(std::string{house} + "/v1/consents",
                R"({"access":{"allPsd2":"allAccounts"},"recurringIndicator":true,"validUntil":"2031-12-31",)"
                R"("frequencyPerDay":4,"combinedServiceIndicator":true})",
                {{"PSU-ID", std::string{user}}});
  }
  Answer give_password(const Answer& consent, std::string_view password = kPassword) {
    return post(consent.link("startAuthorisationWithPsuAuthentication"),
                R"({"psuData":{"password":")" + std::string{password} + "\"}}");
  }
  Answer give_code(const Answer& authorisation, std::string_view code = kCode) {
    return put(authorisation.link("authoriseTransaction"), R"({"scaAuthenticationData":")" + std::string{code} + "\"}");
  }
  /// Result: the consent's id.
  std::string sign_in(std::string_view user) {
    const Answer consent = create_consent(user);
    const Answer authorisation = give_password(consent);
    EXPECT_EQ(authorisation.status, 201) << authorisation.text;
    if (authorisation.at("scaStatus") != "exempted") EXPECT_EQ(give_code(authorisation).status, 200);
    return consent.at("consentId");
  }
  Answer add_payee(std::string_view consent, std::string_view iban = kPayee) {
    return post("/v1/beneficiaries",
                R"({"creditorName":"Acme Corp.","creditorAccount":{"iban":")" + std::string{iban} + "\"}}",
                {{"Consent-ID", std::string{consent}}});
  }
  Answer order(std::string_view consent, std::string_view debtor, std::string_view amount = "1000.00",
               std::string_view currency = "AED", std::string_view house = "") {
    return post(std::string{house} + "/v1/payments/cross-border-credit-transfers",
                R"({"endToEndIdentification":"E2E-1","instructedAmount":{"currency":")" + std::string{currency} +
                    R"(","amount":")" + std::string{amount} + R"("},"debtorAccount":{"iban":")" + std::string{debtor} +
                    R"("},"creditorName":"Acme Corp.","creditorAccount":{"iban":")" + std::string{kPayee} +
                    R"("},"remittanceInformationUnstructured":"ACME TXN001"})",
                {{"Consent-ID", std::string{consent}}});
  }
  Answer start(const Answer& order) {
    const std::string link = order.link("startAuthorisation");
    return post(link.empty() ? order.link("startAuthorisationWithPsuAuthentication") : link, "{}");
  }
  Answer choose(const Answer& authorisation, std::string_view method) {
    return put(authorisation.link("selectAuthenticationMethod"),
               R"({"authenticationMethodId":")" + std::string{method} + "\"}");
  }
  Answer status(const Answer& order) { return get(order.link("status")); }
  std::string sca_status(const Answer& authorisation) { return get(authorisation.link("scaStatus")).at("scaStatus"); }

  /// Signed in, with the payee on the list and the wait over. Result: the consent's id.
  std::string ready_to_pay(std::string_view user) {
    std::string consent = sign_in(user);
    const Answer added = add_payee(consent);
    if (added.status == 201) EXPECT_EQ(give_code(added).status, 200);
    if (find_user(user)->cool_off == Duration::zero()) return consent;
    advance(find_user(user)->cool_off);
    return sign_in(user);
  }
  std::string account_of(std::string_view user) { return std::string{find_user(user)->accounts.front().iban}; }

  std::size_t booked() { return get("/_admin/ledger").body.find("transfers")->items().size(); }

 private:
  void open() {
    auto opened = db::open_sqlite({.file = directory_.file()}, migrations());
    if (!opened) {
      ADD_FAILURE() << opened.error().message << ": " << opened.error().cause;
      std::abort();
    }
    database_ = *std::move(opened);
    bank_ = std::make_unique<Bank>(
        Bank::Parts{.database = *database_, .real_clock = clock_, .random = random_, .timers = *timers_});
    const auto prepared = run(bank_->prepare());
    EXPECT_TRUE(prepared);
  }

  TemporaryDirectory directory_;
  boost::asio::io_context context_{1};
  ManualClock clock_{Instant{std::chrono::seconds{1'800'000'000}}};
  SeededRandom random_;
  std::unique_ptr<Timers> timers_ = make_system_timers(context_.get_executor(), clock_);
  std::unique_ptr<db::Database> database_;
  std::unique_ptr<Bank> bank_;
  Duration offset_{};
};

}  // namespace qantara::sandbox_bank
