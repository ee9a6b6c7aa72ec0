#include "sandbox_bank/states.h"

namespace qantara::sandbox_bank {

namespace {

template <class Enum>
struct Spelling {
  Enum value;
  std::string_view text;
};

template <class Enum>
inline constexpr int kSpellings = 0;

template <>
inline constexpr auto kSpellings<ScaStatus> = std::to_array<Spelling<ScaStatus>>({
    {ScaStatus::received, "received"},
    {ScaStatus::psuAuthenticated, "psuAuthenticated"},
    {ScaStatus::scaMethodSelected, "scaMethodSelected"},
    {ScaStatus::started, "started"},
    {ScaStatus::finalised, "finalised"},
    {ScaStatus::failed, "failed"},
    {ScaStatus::exempted, "exempted"},
});
template <>
inline constexpr auto kSpellings<PaymentStatus> = std::to_array<Spelling<PaymentStatus>>({
    {PaymentStatus::RCVD, "RCVD"},
    {PaymentStatus::PDNG, "PDNG"},
    {PaymentStatus::ACSC, "ACSC"},
    {PaymentStatus::RJCT, "RJCT"},
    {PaymentStatus::CANC, "CANC"},
});
template <>
inline constexpr auto kSpellings<ConsentStatus> = std::to_array<Spelling<ConsentStatus>>({
    {ConsentStatus::received, "received"},
    {ConsentStatus::valid, "valid"},
    {ConsentStatus::rejected, "rejected"},
    {ConsentStatus::expired, "expired"},
    {ConsentStatus::terminatedByTpp, "terminatedByTpp"},
});
template <>
inline constexpr auto kSpellings<BeneficiaryStatus> = std::to_array<Spelling<BeneficiaryStatus>>({
    {BeneficiaryStatus::pendingAuthorisation, "pendingAuthorisation"},
    {BeneficiaryStatus::listed, "listed"},
    {BeneficiaryStatus::rejected, "rejected"},
    {BeneficiaryStatus::removed, "removed"},
});
template <>
inline constexpr auto kSpellings<Subject> = std::to_array<Spelling<Subject>>({
    {Subject::consent, "consent"},
    {Subject::beneficiary, "beneficiary"},
    {Subject::payment, "payment"},
});
template <>
inline constexpr auto kSpellings<Method> = std::to_array<Spelling<Method>>({
    {Method::sms, "sms"},
    {Method::app, "app"},
    {Method::page, "page"},
});
template <>
inline constexpr auto kSpellings<DueEvent> = std::to_array<Spelling<DueEvent>>({
    {DueEvent::time_out, "time_out"},
    {DueEvent::approve, "approve"},
    {DueEvent::deny, "deny"},
    {DueEvent::expire, "expire"},
    {DueEvent::execute, "execute"},
    {DueEvent::reject, "reject"},
});

template <class Enum>
std::string_view spelling(Enum value) {
  for (const auto& row : kSpellings<Enum>) {
    if (row.value == value) return row.text;
  }
  return "";
}

}  // namespace

std::string_view to_text(ScaStatus status) { return spelling(status); }
std::string_view to_text(PaymentStatus status) { return spelling(status); }
std::string_view to_text(ConsentStatus status) { return spelling(status); }
std::string_view to_text(BeneficiaryStatus status) { return spelling(status); }
std::string_view to_text(Subject subject) { return spelling(subject); }
std::string_view to_text(Method method) { return spelling(method); }
std::string_view to_text(DueEvent event) { return spelling(event); }

template <class Enum>
std::optional<Enum> parse(std::string_view text) {
  for (const auto& row : kSpellings<Enum>) {
    if (row.text == text) return row.value;
  }
  return std::nullopt;
}
template std::optional<ScaStatus> parse(std::string_view);
template std::optional<PaymentStatus> parse(std::string_view);
template std::optional<ConsentStatus> parse(std::string_view);
template std::optional<BeneficiaryStatus> parse(std::string_view);
template std::optional<Subject> parse(std::string_view);
template std::optional<Method> parse(std::string_view);
template std::optional<DueEvent> parse(std::string_view);

}  // namespace qantara::sandbox_bank
