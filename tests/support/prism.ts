// Somebody else's judgement: Prism as a proxy between the tests and a gateway, with api/openapi.yaml in its hand.
//
// With QANTARA_VALIDATE=1 every gateway of the functional tests stands behind one, and `api()` fails on what it objects to.
// Prism tells its objections in a header and lets everything pass, so that refusals can be tested too. But it reads JSON and
// writes it anew (`1000.00` becomes `1000`) and answers what it cannot read by itself; so it is for tests of what is said,
// not of how it is written.
import {type ChildProcess, spawn} from 'node:child_process';
import {fileURLToPath} from 'node:url';

export const isValidating = process.env['QANTARA_VALIDATE'] === '1';

const root = new URL('../../../', import.meta.url);
const program = fileURLToPath(new URL('tests/node_modules/.bin/prism', root));
const description = fileURLToPath(new URL('api/openapi.yaml', root));
const kPatienceMs = 60_000;

const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export class Prism {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async before(upstream: string): Promise<Prism> {
    const child = spawn(program, ['proxy', '--host', '127.0.0.1', '--port', '0', description, upstream], {stdio: ['ignore', 'pipe', 'pipe']});
    running.add(child);
    let said = '';
    const url = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`prism does not listen:\n${said}`)), kPatienceMs);
      // It is read to the end, or it would stand still.
      const hear = (text: string) => {
        said = `${said}${text}`.slice(-10_000);
        const [, address] = /listening on (http:\/\/[\d.:]+)/.exec(said) ?? [];
        if (address === undefined) return;
        clearTimeout(timer);
        resolve(address);
      };
      child.stdout.setEncoding('utf8').on('data', hear);
      child.stderr.setEncoding('utf8').on('data', hear);
      child.once('error', reject);
    });
    return new Prism(child, url);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('close', resolve));
    this.child.kill('SIGKILL');
    await ended;
    running.delete(this.child);
  }
}

/**
 * What Prism objects to in an exchange. Of a request that the gateway refused it may object to anything, and of a path with
 * a slash at its end it cannot know that the slash is optional: OpenAPI has no word for it.
 */
export function objection(path: string, status: number, headers: Headers): string | undefined {
  if (/\/(\?|$)/.test(path)) return undefined;
  const violations = JSON.parse(headers.get('sl-violations') ?? '[]') as {location: string[]; message: string}[];
  const [first] = violations.filter(({location}) => status < 400 || location[0] !== 'request');
  return first && `${first.location.join('.')}: ${first.message}`;
}
