#include "api/routes.h"

namespace qantara::api {

namespace {

using enum http::Method;

WriteHandler application(WriteHandler handler) { return handler; }
ApplicationHandler application(ApplicationHandler handler) { return handler; }
PublicHandler everybody(PublicHandler handler) { return handler; }

// A trailing slash is optional everywhere (http/router.h).
const RouteRow kRoutes[] = {
    {GET, "/healthz", everybody(get_health)},
    {GET, "/readyz", everybody(get_readiness)},

    {POST, "/customers/v1", application(create_customer)},
    {POST, "/payments/v1/customer", application(create_customer)},
    {GET, "/customers/v1", application(list_customers)},
    {GET, "/customers/v1/app-user-id/{app_user_id}", application(get_customer_named)},
    {GET, "/customers/v1/{customer_id}", application(get_customer)},
    {PUT, "/customers/v1/{customer_id}", application(update_customer)},
    {GET, "/customers/v1/{customer_id}/destinations", application(list_customer_destinations)},
    {GET, "/customers/v1/{customer_id}/payment-sources", application(list_payment_sources)},
    {GET, "/customers/v1/{customer_id}/payment_sources", application(list_payment_sources)},
    {GET, "/customers/v1/{customer_id}/payment-sources/{payment_source_id}", application(get_payment_source)},
    {GET, "/customers/v1/{customer_id}/payment_sources/{payment_source_id}", application(get_payment_source)},
    {DELETE, "/customers/v1/{customer_id}/payment-sources/{payment_source_id}", application(delete_payment_source)},
    {DELETE, "/customers/v1/{customer_id}/payment_sources/{payment_source_id}", application(delete_payment_source)},

    {GET, "/banks/v1", application(list_banks)},
    {GET, "/banks/v1/logos/{file}", everybody(get_bank_logo)},

    {POST, "/payments/v1/destinations", application(create_destination)},
    {GET, "/payments/v1/destinations", application(list_destinations)},
    {GET, "/payments/v1/destinations/{payment_destination_id}", application(get_destination)},
    {POST, "/payments/v1/intents", application(create_payment_intent)},
    {GET, "/payments/v1/intents", application(list_payment_intents)},
    {GET, "/payments/v1/intents/{payment_intent_id}", application(get_payment_intent)},
    {POST, "/payments/v1/intents/{payment_intent_id}/cancel", application(cancel_payment_intent)},
    {GET, "/payments/v1", application(list_payments)},
    {GET, "/payments/v1/{payment_id}", application(get_payment)},

    {GET, "/events/v1", application(list_events)},
    {GET, "/events/v1/{event_id}", application(get_event)},

    {POST, "/webhooks/v1/endpoints", application(create_webhook_endpoint)},
    {GET, "/webhooks/v1/endpoints", application(list_webhook_endpoints)},
    {GET, "/webhooks/v1/endpoints/{webhook_endpoint_id}", application(get_webhook_endpoint)},
    {PATCH, "/webhooks/v1/endpoints/{webhook_endpoint_id}", application(update_webhook_endpoint)},
    {DELETE, "/webhooks/v1/endpoints/{webhook_endpoint_id}", application(delete_webhook_endpoint)},
    {POST, "/webhooks/v1/endpoints/{webhook_endpoint_id}/pause", application(pause_webhook_endpoint)},
    {POST, "/webhooks/v1/endpoints/{webhook_endpoint_id}/resume", application(resume_webhook_endpoint)},
    {POST, "/webhooks/v1/endpoints/{webhook_endpoint_id}/rotate-secret", application(rotate_webhook_secret)},
    {POST, "/webhooks/v1/endpoints/{webhook_endpoint_id}/test", application(test_webhook_endpoint)},
    {POST, "/webhooks/v1/endpoints/{webhook_endpoint_id}/replay", application(replay_webhook_events)},
    {GET, "/webhooks/v1/endpoints/{webhook_endpoint_id}/deliveries", application(list_webhook_deliveries)},
    {GET, "/webhooks/v1/endpoints/{webhook_endpoint_id}/deliveries/{event_id}", application(get_webhook_delivery)},
    {GET, "/webhooks/v1/endpoints/{webhook_endpoint_id}/deliveries/{event_id}/attempts",
     application(list_webhook_attempts)},
    {POST, "/webhooks/v1/endpoints/{webhook_endpoint_id}/deliveries/{event_id}/resend",
     application(resend_webhook_delivery)},

    {POST, "/link/v1/sessions", everybody(open_link_session)},
    {GET, "/link/v1/sessions/{session_id}", everybody(get_link_session)},
    {POST, "/link/v1/sessions/{session_id}/steps/{number}", everybody(answer_link_step)},
    {POST, "/link/v1/sessions/{session_id}/leave", everybody(leave_link_session)},

    {GET, "/link", everybody(get_link_page)},
    {GET, "/link/assets/{file}", everybody(get_link_asset)},
    // The SDK under all of its published names: one file.
    {GET, "/link/sdk/web/{version}/Lean.min.js", everybody(get_sdk)},
    {GET, "/sa/link/sdk/web/{version}/Lean.min.js", everybody(get_sdk)},
    {GET, "/link/sdk/web/v2/prod/{region}/{version}/Lean.min.js", everybody(get_sdk)},
    {GET, "/link/loader/prod/{region}/{version}/lean-link-loader.min.js", everybody(get_sdk)},

    {GET, "/openapi.json", everybody(get_openapi)},
    {GET, "/docs", everybody(get_docs_page)},
    {GET, "/docs/assets/{file}", everybody(get_docs_asset)},
};

}  // namespace

std::span<const RouteRow> routes() { return kRoutes; }

}  // namespace qantara::api
