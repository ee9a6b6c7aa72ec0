#include "sandbox_bank/users.h"

#include <algorithm>
#include <array>

namespace qantara::sandbox_bank {

namespace {

using std::chrono::hours;

constexpr Method kSms[] = {Method::sms};
constexpr Method kApp[] = {Method::app};
constexpr Method kSmsOrApp[] = {Method::sms, Method::app};

constexpr TestAccount kOtpAccounts[] = {
    {"AE340260001015528734001", "AED", "250000.00", "CURRENT ACCOUNT"},
    {"AE790260000315528734002", "USD", "50000.00", "DOLLAR ACCOUNT"},
};
constexpr TestAccount kPlainAccounts[] = {
    {"AE240260001015528740001", "AED", "250000.00", "CURRENT ACCOUNT"},
    {"AE400260001015528740101", "BHD", "25000.000", "DINAR ACCOUNT"},
};
constexpr TestAccount kFourHourAccounts[] = {{"AE870260001015528741001", "AED", "250000.00", "CURRENT ACCOUNT"}};
constexpr TestAccount kAppAccounts[] = {{"AE530260001015528742001", "AED", "250000.00", "CURRENT ACCOUNT"}};
constexpr TestAccount kChoiceAccounts[] = {{"AE190260001015528743001", "AED", "250000.00", "CURRENT ACCOUNT"}};
constexpr TestAccount kPoorAccounts[] = {{"AE820260001015528744001", "AED", "5.00", "CURRENT ACCOUNT"}};
constexpr TestAccount kLockAccounts[] = {{"AE480260001015528745001", "AED", "250000.00", "CURRENT ACCOUNT"}};

constexpr auto kUsers = std::to_array<TestUser>({
    {"payer-otp", "Layla Haddad", Login::PASSWORD_AND_CODE, kSms, hours{24}, kOtpAccounts,
     "A code at login and one for each payment; a new payee waits 24 hours.",
     "رمز عند الدخول ورمز لكل دفعة، والمستفيد الجديد ينتظر 24 ساعة."},
    {"payer-plain", "Omar Nasser", Login::PASSWORD, kSms, hours{0}, kPlainAccounts,
     "No code at login, a code for each payment; a new payee can be paid at once.",
     "دون رمز عند الدخول، ورمز لكل دفعة، والمستفيد الجديد جاهز فورًا."},
    {"payer-4h", "Sara Khalil", Login::PASSWORD_AND_CODE, kSms, hours{4}, kFourHourAccounts,
     "As payer-otp; a new payee waits 4 hours.", "مثل payer-otp، والمستفيد الجديد ينتظر 4 ساعات."},
    {"payer-app", "Yousef Saleh", Login::PASSWORD, kApp, hours{0}, kAppAccounts,
     "Payments are approved in the bank’s app.", "تُعتمد الدفعات في تطبيق البنك."},
    {"payer-choice", "Huda Mansour", Login::PASSWORD, kSmsOrApp, hours{0}, kChoiceAccounts,
     "Chooses a code or the bank’s app for each payment.", "يختار رمزًا أو تطبيق البنك لكل دفعة."},
    {"payer-poor", "Karim Aziz", Login::PASSWORD, kSms, hours{0}, kPoorAccounts,
     "Has AED 5.00: larger payments are rejected (AM04).", "لديه 5.00 دراهم: تُرفض الدفعات الأكبر (AM04)."},
    {"payer-lock", "Mona Rashid", Login::PASSWORD, kSms, hours{0}, kLockAccounts,
     "A spare user for wrong passwords: the third one locks.",
     "مستخدم احتياطي لتجربة كلمات المرور الخاطئة: الثالثة تقفل الحساب."},
});

}  // namespace

std::span<const TestUser> test_users() { return kUsers; }

const TestUser* find_user(std::string_view username) {
  const auto* found = std::ranges::find(kUsers, username, &TestUser::username);
  return found == kUsers.end() ? nullptr : found;
}

}  // namespace qantara::sandbox_bank
