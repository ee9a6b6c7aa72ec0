#include "payments/check_schedule.h"

#include <algorithm>
#include <span>

namespace qantara::payments {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kUnknown[] = {seconds{2}, seconds{5}, seconds{15}, minutes{1}, minutes{5}, minutes{15}, hours{1}};
constexpr Duration kCode[] = {minutes{16}, minutes{16}, hours{1}};
constexpr int kQuickApprovalChecks = 15;    // 30 s at 2 s
constexpr int kSteadyApprovalChecks = 120;  // then about nine minutes at 5 s

Duration at(std::span<const Duration> schedule, int checks) {
  return schedule[std::min(static_cast<std::size_t>(checks), schedule.size() - 1)];
}

}  // namespace

Duration next_check_delay(PaymentStatus status, int checks, std::span<const Duration> of_bank) {
  switch (status) {
    case PaymentStatus::AWAITING_LOGIN_MFA:
    case PaymentStatus::AWAITING_PAYMENT_MFA:
      return at(kCode, checks);
    case PaymentStatus::AWAITING_APP_AUTH:
      if (checks < kQuickApprovalChecks) return seconds{2};
      return checks < kSteadyApprovalChecks ? Duration{seconds{5}} : Duration{minutes{5}};
    case PaymentStatus::SUBMITTING:
    case PaymentStatus::PENDING_WITH_BANK:
    case PaymentStatus::ACCEPTED_BY_BANK:
    case PaymentStatus::FAILED:
      return at(of_bank.empty() ? kUnknown : of_bank, checks);
  }
  return hours{1};
}

}  // namespace qantara::payments
