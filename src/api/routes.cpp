#include "api/routes.h"

#include <algorithm>

namespace qantara::api {

namespace {

using enum http::Method;
using enum applications::Scope;

constexpr WriteHandler application(WriteHandler handler) { return handler; }
constexpr ApplicationHandler application(ApplicationHandler handler) { return handler; }
constexpr PublicHandler everybody(PublicHandler handler) { return handler; }

// A trailing slash is optional everywhere (http/router.h).
constexpr RouteRow kRoutes[] = {
    {GET, "/healthz", everybody(get_health)},
    {GET, "/readyz", everybody(get_readiness)},

    {POST, "/oauth2/token", everybody(issue_access_token)},
    {GET, "/oauth2/jwks", everybody(get_jwks)},
    {GET, "/.well-known/openid-configuration", everybody(get_oauth_metadata)},
    {GET, "/.well-known/oauth-authorization-server", everybody(get_oauth_metadata)},

    {POST, "/customers/v1", application(create_customer), CUSTOMER_WRITE},
    {POST, "/payments/v1/customer", application(create_customer), CUSTOMER_WRITE},
    {GET, "/customers/v1", application(list_customers), CUSTOMER_READ},
    {GET, "/customers/v1/app-user-id/{app_user_id}", application(get_customer_named), CUSTOMER_READ},
    {GET, "/customers/v1/{customer_id}", application(get_customer), CUSTOMER_READ},
    {PUT, "/customers/v1/{customer_id}", application(update_customer), CUSTOMER_WRITE},
    {GET, "/customers/v1/{customer_id}/destinations", application(list_customer_destinations), DESTINATION_READ},
    {GET, "/customers/v1/{customer_id}/payment-sources", application(list_payment_sources), PAYMENT_READ},
    {GET, "/customers/v1/{customer_id}/payment_sources", application(list_payment_sources), PAYMENT_READ},
    {GET, "/customers/v1/{customer_id}/payment-sources/{payment_source_id}", application(get_payment_source),
     PAYMENT_READ},
    {GET, "/customers/v1/{customer_id}/payment_sources/{payment_source_id}", application(get_payment_source),
     PAYMENT_READ},
    {DELETE, "/customers/v1/{customer_id}/payment-sources/{payment_source_id}", application(delete_payment_source),
     CUSTOMER_WRITE},
    {DELETE, "/customers/v1/{customer_id}/payment_sources/{payment_source_id}", application(delete_payment_source),
     CUSTOMER_WRITE},

    {GET, "/banks/v1", application(list_banks), BANK_READ},
    {GET, "/banks/v1/logos/{file}", everybody(get_bank_logo)},

    {POST, "/payments/v1/destinations", application(create_destination), DESTINATION_WRITE},
    {GET, "/payments/v1/destinations", application(list_destinations), DESTINATION_READ},
    {GET, "/payments/v1/destinations/{payment_destination_id}", application(get_destination), DESTINATION_READ},
    {POST, "/payments/v1/intents", application(create_payment_intent), INTENT_WRITE},
    {GET, "/payments/v1/intents", application(list_payment_intents), PAYMENT_READ},
    {GET, "/payments/v1/intents/{payment_intent_id}", application(get_payment_intent), PAYMENT_READ},
    {POST, "/payments/v1/intents/{payment_intent_id}/cancel", application(cancel_payment_intent), INTENT_WRITE},
    {GET, "/payments/v1", application(list_payments), PAYMENT_READ},
    {GET, "/payments/v1/{payment_id}", application(get_payment), PAYMENT_READ},

    {GET, "/events/v1", application(list_events), WEBHOOK_READ},
    {GET, "/events/v1/{event_id}", application(get_event), WEBHOOK_READ},

    {POST, "/webhooks/v1/endpoints", application(create_webhook_endpoint), WEBHOOK_WRITE},
    {GET, "/webhooks/v1/endpoints", application(list_webhook_endpoints), WEBHOOK_READ},
    {GET, "/webhooks/v1/endpoints/{webhook_endpoint_id}", application(get_webhook_endpoint), WEBHOOK_READ},
    {PATCH, "/webhooks/v1/endpoints/{webhook_endpoint_id}", application(update_webhook_endpoint), WEBHOOK_WRITE},
    {DELETE, "/webhooks/v1/endpoints/{webhook_endpoint_id}", application(delete_webhook_endpoint), WEBHOOK_WRITE},
    {POST, "/webhooks/v1/endpoints/{webhook_endpoint_id}/pause", application(pause_webhook_endpoint), WEBHOOK_WRITE},
    {POST, "/webhooks/v1/endpoints/{webhook_endpoint_id}/resume", application(resume_webhook_endpoint), WEBHOOK_WRITE},
    {POST, "/webhooks/v1/endpoints/{webhook_endpoint_id}/rotate-secret", application(rotate_webhook_secret),
     WEBHOOK_WRITE},
    {POST, "/webhooks/v1/endpoints/{webhook_endpoint_id}/test", application(test_webhook_endpoint), WEBHOOK_WRITE},
    {POST, "/webhooks/v1/endpoints/{webhook_endpoint_id}/replay", application(replay_webhook_events), WEBHOOK_WRITE},
    {GET, "/webhooks/v1/endpoints/{webhook_endpoint_id}/deliveries", application(list_webhook_deliveries),
     WEBHOOK_READ},
    {GET, "/webhooks/v1/endpoints/{webhook_endpoint_id}/deliveries/{event_id}", application(get_webhook_delivery),
     WEBHOOK_READ},
    {GET, "/webhooks/v1/endpoints/{webhook_endpoint_id}/deliveries/{event_id}/attempts",
     application(list_webhook_attempts), WEBHOOK_READ},
    {POST, "/webhooks/v1/endpoints/{webhook_endpoint_id}/deliveries/{event_id}/resend",
     application(resend_webhook_delivery), WEBHOOK_WRITE},

    {POST, "/link/v1/sessions", everybody(open_link_session)},
    {GET, "/link/v1/sessions/{session_id}", everybody(get_link_session)},
    {POST, "/link/v1/sessions/{session_id}/steps/{number}", everybody(answer_link_step)},
    {POST, "/link/v1/sessions/{session_id}/leave", everybody(leave_link_session)},
    {POST, "/link/v1/returns/{token}", everybody(open_returned_session)},
    {GET, "/link/redirect/{token}", everybody(depart_to_bank)},
    {GET, "/link/return/{token}", everybody(return_from_bank)},

    {GET, "/link", everybody(get_link_page)},
    {GET, "/link/assets/{file}", everybody(get_link_asset)},
    // The SDK under all of its published names: one file.
    {GET, "/link/sdk/web/{version}/Lean.min.js", everybody(get_sdk)},
    {GET, "/sa/link/sdk/web/{version}/Lean.min.js", everybody(get_sdk)},
    {GET, "/link/sdk/web/v2/prod/{region}/{version}/Lean.min.js", everybody(get_sdk)},
    {GET, "/link/loader/prod/{region}/{version}/lean-link-loader.min.js", everybody(get_sdk)},
    {GET, "/link/loader/prod/{region}/{version}/lean-sdk.html", everybody(get_web_view_page)},

    {GET, "/openapi.json", everybody(get_openapi)},
    {GET, "/docs", everybody(get_docs_page)},
    {GET, "/docs/assets/{file}", everybody(get_docs_asset)},
};

static_assert(std::ranges::all_of(kRoutes,
                                  [](const RouteRow& row) {
                                    return row.scope.has_value() != std::holds_alternative<PublicHandler>(row.handler);
                                  }),
              "every route of applications says which scope it wants, and no other does");

}  // namespace

std::span<const RouteRow> routes() { return kRoutes; }

}  // namespace qantara::api
