// What the SDK in the shop's page and the hosted page in its frame tell each other. Each message carries the nonce of one
// opening, goes to one exact origin and is taken from one exact window. What comes from the frame is no secret and no id of the
// payer's; what goes there may hold the customer's access token, which the frame's own origin has issued.
import type {Method, Result} from './step.js';

/** What the shop's page asks for, as the link API's `POST /link/v1/sessions` wants it. */
export interface OpenSession {
  app_token: string;
  /** The payer is back from the bank's page: the session that they left is joined. */
  method: Method | 'CAPTURE_REDIRECT';
  /** A token for this customer alone. */
  access_token?: string;
  customer_id?: string;
  permissions?: string[];
  payment_destination_id?: string;
  payment_source_id?: string;
  payment_intent_id?: string;
  reconnect_id?: string;
  consent_attempt_id?: string;
  bank_identifier?: string;
  account_id?: string;
  allow_payment_source_change?: boolean;
  destination_alias?: string;
  success_redirect_url?: string;
  fail_redirect_url?: string;
  language: 'en' | 'ar';
}

/** The published theming keys, as the shop's page wrote them; the page parses and guards them. */
export interface Customization {
  theme_color?: string;
  theme_color_dark?: string;
  button_text_color?: string;
  button_text_color_dark?: string;
  link_color?: string;
  overlay_color?: string;
  button_border_radius?: string | number;
  dialog_mode?: string;
  dialog_background_color_light?: string;
  dialog_background_color_dark?: string;
  force_appearance?: string;
  bottom_inset?: string | number;
}

/** How it ended, and where the payer was. */
export interface Ending extends Result {
  bank?: {bank_identifier: string; is_supported: boolean};
  /** The last screen (screens.ts), and the one on which the payer wanted to leave. */
  exit_point?: string;
  exit_intent_point?: string;
  user_exit_intent?: 'USER_CANCELLED_PAYMENT' | 'USER_COMPLETED_PAYMENT';
  /** The last answer of the gateway's: `OK` or a code, and what it can be traced by. */
  last_api_response?: string;
  lean_correlation_id?: string;
}

/** From the frame to the shop's page. */
export type FromPage =
  | {qantara: 1; nonce: string; type: 'ready'}  // Listening: answer with `open`. Again after each reload of the frame.
  | {qantara: 1; nonce: string; type: 'step'; title: string; over: boolean; screen: string; bank?: string}  // A step is drawn; `over`: closing asks nothing.
  | {qantara: 1; nonce: string; type: 'result'; result: Ending}  // How it ended, told once, before `close`.
  | {qantara: 1; nonce: string; type: 'close'}  // Take the frame away.
  | {qantara: 1; nonce: string; type: 'open_url'; url: string}  // The whole window goes there now, to the bank's own page.
  | {qantara: 1; nonce: string; type: 'problem'; text: string};  // For the shop's engineer: told in the console, in the sandbox.

/** From the shop's page to the frame. */
export type FromShop =
  | {qantara: 1; nonce: string; type: 'open'; session: OpenSession; customization: Customization}
  | {qantara: 1; nonce: string; type: 'leave'};  // Escape or a press beside the dialog: ask before leaving, or close if it is over.

/** Where the frame's page is: `${gateway}${kLinkPage}?app_token=…&origin=…&language=…#nonce`. */
export const kLinkPage = '/link';
