// What was found, as a table for the terminal and as a page of documentation.
import {readFileSync} from 'node:fs';
import {cpus, release, totalmem} from 'node:os';
import {join} from 'node:path';

import {versionOfPostgres} from '../support/postgres.js';
import type {Group} from './groups.js';
import {binary, peersFolder, versionOf} from './processes.js';
import type {Findings, Row, Settings} from './settings.js';

const kMarks: Record<Row['reaches'], string> = {aim: 'aim', 'at least': 'yes', neither: '**no**', 'no bound': ''};

/** Markdown, with columns that line up. */
export function table(rows: Row[]): string {
  const header = ['what', 'Qantara', 'beside', 'figure', 'at least', 'aim', 'reached'];
  const cells = rows.map((row) => [row.what, row.ours, row.beside, row.shown, row.atLeast, row.aim, kMarks[row.reaches]]);
  const widths = header.map((name, i) => Math.max(name.length, ...cells.map((line) => line[i]!.length)));
  const line = (texts: string[]): string => `| ${texts.map((text, i) => text.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(header), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...cells.map(line)].join('\n');
}

function machine(): string[] {
  const quoted = (file: string, pattern: RegExp): string => pattern.exec(readFileSync(file, 'utf8'))?.[1] ?? 'unknown';
  const dependencies = (JSON.parse(readFileSync(join(peersFolder, 'package.json'), 'utf8')) as {dependencies: Record<string, string>}).dependencies;
  const peers = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`);
  return [
    `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, ${quoted('/etc/os-release', /^PRETTY_NAME="(.*)"$/m)}`,
    `${versionOf(binary, '--version')} at ${versionOf('git', 'rev-parse', '--short', 'HEAD')}; SQLite of the system; ${versionOfPostgres()}; ${versionOf('sh', '-c', 'nginx -v 2>&1')}; Node ${process.versions.node}`,
    peers.join(', '),
  ];
}

export function page(found: {group: Group; findings: Findings}[], settings: Settings, begun: {at: Date; load: number}): string {
  const rows = found.flatMap(({findings}) => findings.rows);
  const notes = found.flatMap(({findings}) => findings.notes);
  return `# Benchmarks

Made by \`./dev bench\` in one run, on ${begun.at.toISOString().slice(0, 10)}. What stands here was measured in that run; what it did not
measure is not here.

${table(rows)}

${machine().map((text) => `- ${text}`).join('\n')}
- ${settings.rounds} rounds of ${settings.seconds} s for each measurement, the contenders in turn within each round; the figure is the median.
- Before the run the machine's load was ${begun.load.toFixed(1)}; what others did meanwhile is in the figures${begun.load > 1 ? ', and they are rough' : ''}.
${notes.map((text) => `- ${text}`).join('\n')}

## How to read it

Trust the ratios, not the figures: ours and the others ran in turn, in the same minutes, with the load generator on the same processors
(\`tests/bench/loadgen.cpp\`). Another machine moves both sides of a ratio. 64 connections unless a line says otherwise.

- **create intent** is \`POST /payments/v1/intents\` with an \`Idempotency-Key\` of its own for each request and a thousand customers. It is
  answered when it is on the disk. Ours also writes the event, its place in the outbox, and the answer for whoever repeats the key; log,
  authentication and limits are on, every setting as it comes.
- **Fastify + better-sqlite3** and **Fastify + pg** (\`tests/bench/peers/\`) answer the same request with the same body, check the customer,
  and write the intent with its unique key and an outbox row: a durable commit for each request (WAL with \`synchronous=FULL\`;
  PostgreSQL as it comes, one prepared statement, a pool of 20 through a socket file). Ids are ordered by time there too.
- **create intent on PostgreSQL** is the same request with \`serve --database\`: each contender has a new cluster, with the settings that
  it comes with. **pgbench** sends the one statement of Fastify + pg, prepared, with 16 clients and nothing around it.
- **nginx, a constant** answers as many bytes from memory: what this machine can do over HTTP at all, with one worker for each processor.
- **preallocated log** is our own HTTP server and JSON reader in front of a file of fixed size, flushed for many requests at a time: what
  durability costs without a database (\`tests/bench/raw_log.cpp\`).
- **one commit for each request** is the gateway itself, told to put one request into a commit, on a disk that takes a millisecond longer
  for each flush (\`tests/bench/slow_fsync.cpp\`), as volumes behind a network do.
- **webhook deliveries**: signed POSTs to one receiver in C++ (\`tests/bench/sink.cpp\`), the same for all. *Tuned* is graphile-worker
  with 64 jobs at a time, a local queue of 500 and completions in batches; *as it comes* with 10 at a time.
- **p99** of a given rate counts from when a request was due, not from when there was a connection to send it, so a pause of the
  server is seen by everyone who came in it.
`;
}
