// The operator's interface: the socket in the gateway's data folder.
import {request} from 'node:http';
import {join} from 'node:path';

import type {Gateway} from './gateway.js';
import {eventually} from './shop.js';

export interface Endpoint {
  id: string;
  url: string;
  status: 'ACTIVE' | 'PAUSED' | 'DISABLED';
}

async function get<T>(gateway: Gateway, path: string): Promise<T> {
  const text = await new Promise<string>((resolve, reject) => {
    request({socketPath: join(gateway.dataFolder, 'admin.sock'), path}, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (piece: string) => (body += piece)).on('end', () => resolve(body));
    }).on('error', reject).end();
  });
  return JSON.parse(text) as T;
}

/** Where the webhooks of the application of `dev` go. */
export async function endpoints(gateway: Gateway): Promise<Endpoint[]> {
  const all = await get<Endpoint[]>(gateway, `/admin/v1/webhook-endpoints?app_token=${gateway.info.app_token}`);
  return all.filter(({status}) => status !== 'DISABLED');
}

/** Waits until nothing is on its way to any of them: the demo shop listens too, and each delivery is written down. */
export async function untilDelivered(gateway: Gateway): Promise<void> {
  const pending = async () => {
    let count = 0;
    for (const {id} of await endpoints(gateway)) {
      const deliveries = await get<{status: string}[]>(gateway, `/admin/v1/webhook-endpoints/${id}/deliveries`);
      count += deliveries.filter(({status}) => status === 'PENDING').length;
    }
    return count;
  };
  await eventually(pending, (count) => count === 0, 'webhooks are still on their way');
}
