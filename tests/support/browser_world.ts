// Everything that a browser test needs: a gateway with its bank, a shop to visit, and a browser to visit it with.
import {Browser, type Window} from './browser.js';
import {Flow, type FlowOptions} from './browser_flow.js';
import {type Gateway, startGateway} from './gateway.js';
import {Merchant, type ShopPage} from './merchant.js';
import {Receiver} from './receiver.js';
import {type Destination, Shop} from './shop.js';

export interface ToConnect {
  customer: string;
  destination: Destination;
  [config: string]: unknown;
}

export class World {
  private constructor(
    readonly shop: Shop,
    readonly merchant: Merchant,
    readonly browser: Browser,
    private readonly bank: Gateway | undefined,
  ) {}

  /** A call to the bank that takes longer than `bankTimeout` has no outcome. End it with `close()`, in `after`. */
  static async open(bankTimeout = '10s'): Promise<World> {
    return World.around(await Shop.open(bankTimeout), undefined);
  }

  /** The same with a bank that stays when the gateway is killed. */
  static async openApart(): Promise<World> {
    const bank = await startGateway({verb: 'sandbox-bank'});
    const receiver = await Receiver.listen();
    const flags = ['--sandbox-bank-url', bank.bankUrl, '--allow-webhook-network', '127.0.0.0/8', '--bank-timeout', '10s'];
    const gateway = await startGateway({verb: 'serve', flags});
    const app = await gateway.json<{app_token: string; webhook_secret: string}>(
      'app', 'create', '--name', 'Marsa Wallet', '--webhook-url', receiver.url,
    );
    receiver.secret = app.webhook_secret;
    return World.around(new Shop(gateway, receiver, app.app_token, bank.bankUrl), bank);
  }

  private static async around(shop: Shop, bank: Gateway | undefined): Promise<World> {
    try {
      return new World(shop, await Merchant.listen(() => shop.gateway.url), await Browser.launch(), bank);
    } catch (error) {
      await shop.close();
      await bank?.dispose();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.merchant.close();
    await this.shop.close();
    await this.bank?.dispose();
  }

  /** The shop's page in a new tab, before anything is pressed. */
  async visit(window: Window, options: FlowOptions = {}, how: ShopPage = {}): Promise<Flow> {
    const page = await window.tab();
    return new Flow(window, await this.merchant.visit(page, {language: options.language ?? 'en', ...how}), options);
  }

  async connecting(window: Window, {customer, destination, ...config}: ToConnect, options: FlowOptions = {}, how: ShopPage = {}): Promise<Flow> {
    const flow = await this.visit(window, options, how);
    return flow.open('connect', {
      app_token: this.shop.appToken,
      permissions: ['payments'],
      customer_id: customer,
      payment_destination_id: destination.id,
      ...config,
    });
  }

  async paying(window: Window, intent: string, options: FlowOptions = {}, how: ShopPage = {}): Promise<Flow> {
    const flow = await this.visit(window, options, how);
    return flow.open('pay', {app_token: this.shop.appToken, payment_intent_id: intent});
  }

  /** An intent of AED 1,000.00 that `user` can pay now. */
  async payable(user: string, more: Record<string, unknown> = {}): Promise<{intent: string; destination: Destination; customer: string}> {
    const destination = await this.shop.destination();
    const customer = await this.shop.connected(user, destination);
    return {intent: await this.shop.intent(customer, destination, more), destination, customer};
  }
}
