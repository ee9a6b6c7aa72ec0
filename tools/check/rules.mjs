// What a machine can hold us to. A rule is {name, applies(path), find(source)}; a finding is {line, remedy}.
import {layers} from './layers.mjs';
import {closing, statementAfter, statementBefore} from './source.mjs';
import {webRules} from './web.mjs';

const isCpp = (path) => /^src\/.*\.(cpp|h)$/.test(path);

// A rule that refuses `pattern` in C++ code, save in the files of `allowed`: the one place that does it for everybody.
function banned({name, pattern, remedy, allowed, only = /^/}) {
  return {
    name,
    applies: (path) => isCpp(path) && only.test(path) && !allowed?.test(path),
    * find(source) {
      for (const {line, match} of source.matches(pattern, source.code)) yield {line, remedy: `${match[0].trim()}: ${remedy}`};
    },
  };
}

// A call of the C library's `name`; not a member, nor the declaration of a function that is called alike.
const call = (name) => String.raw`(?<![.>:\w])(?<!\b(?!return|co_return|else)\w+[\s*&]+)(std)?(::)?${name}\s*\(`;

const bannedCalls = [
  banned({
    name: 'clock',
    pattern: new RegExp(String.raw`\b(system_clock|steady_clock|high_resolution_clock|gettimeofday|clock_gettime)\b|${call('time')}`, 'g'),
    allowed: /^src\/(base\/(clock|timers|log)\.cpp|http\/[^/]+\.cpp|db\/(sqlite|postgres)\/[^/]+\.(cpp|h))$/,
    remedy: 'take a Clock (base/clock.h)',
  }),
  banned({
    name: 'random',
    pattern: new RegExp(String.raw`\b(random_device|getrandom|RAND_bytes)\b|${call('s?rand')}`, 'g'),
    allowed: /^src\/base\/random\.cpp$/,
    remedy: 'take a Random (base/random.h)',
  }),
  banned({
    name: 'sleep',
    pattern: new RegExp(String.raw`\b(sleep_for|this_thread::sleep_until|usleep|nanosleep)\b|${call('sleep')}`, 'g'),
    allowed: /^src\/(http|db)\/.*_test\.cpp$/, // where the peer or the engine has a clock of its own
    remedy: 'wait on a Bell (base/timers.h)',
  }),
  banned({
    name: 'thread',
    pattern: /\bstd::(thread|jthread|async)\b|\bpthread_create\b/g,
    allowed: /^src\/(base\/[^/]+\.cpp|http\/[^/]+\.(cpp|h)|db\/((sqlite|postgres)\/)?[^/]+\.(cpp|h)|metrics\/[^/]+_test\.cpp)$/,
    remedy: 'threads are started in base, http and db; take an Executor',
  }),
  banned({
    name: 'name lookup',
    pattern: /\b(getaddrinfo|gethostbyname|async_resolve)\b/g,
    allowed: /^src\/http\/[^/]+\.cpp$/,
    remedy: 'take an http::Dns (http/client.h)',
  }),
  banned({
    name: 'floating point',
    only: /^src\/(money|json|destinations|events|payment_intents|payments|connectors|sandbox_bank|reconciliation|link|api)\//,
    pattern: /\b(double|float|stod|stof|strtod|strtof|atof)\b/g,
    remedy: 'amounts are integer minor units from the text on (money/money.h)',
  }),
  banned({
    name: 'detached',
    pattern: /\basio::detached\b/g,
    allowed: /^src\/(base|http)\/[^/]+\.cpp$/,
    remedy: 'somebody awaits every coroutine; a server and a loop are started in base and http',
  }),
];

// Which headers of libraries belong to which folder.
const libraries = [
  {pattern: /^boost\/beast/, folders: ['http'], remedy: 'Beast is an affair of http; use http/message.h'},
  {pattern: /^boost\/asio\.hpp$/, folders: [], remedy: 'name the parts of Asio that you need; the whole costs seconds in every file'},
  {
    pattern: /^boost\/asio\/(ip|local|ssl|posix|generic)\/|^boost\/asio\/(basic_|ssl|steady_timer|system_timer|deadline_timer|high_resolution_timer|read|write|connect|signal_set|serial_port|stream_file|thread_pool|detached)/,
    folders: ['base', 'http', 'db'],
    remedy: 'Asio\'s I/O objects are an affair of base, http and db; take an Executor, a Bell, an http::Client',
  },
  {pattern: /^(sqlite3(ext)?|libpq-fe|postgresql\/.*)\.h$/, folders: ['db'], remedy: 'engines are an affair of db; use db/transaction.h'},
  {pattern: /^openssl\//, folders: ['base', 'http', 'jose'], remedy: 'OpenSSL is an affair of base, http and jose; use base/crypto.h'},
];

const libraryHeaders = {
  name: 'library',
  applies: isCpp,
  * find(source) {
    const folder = source.path.split('/')[1];
    for (const {line, header} of source.includes()) {
      for (const {pattern, folders, remedy} of libraries) {
        if (pattern.test(header) && !folders.includes(folder)) yield {line, remedy: `<${header}>: ${remedy}`};
      }
    }
  },
};

const sql = {
  name: 'sql',
  applies: (path) => isCpp(path) && !/^src\/db\/|_store(_test)?\.cpp$/.test(path),
  * find(source) {
    const statement = /^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|(CREATE|ALTER|DROP) (TABLE|INDEX|UNIQUE)|PRAGMA|WITH)\s/;
    for (const {offset, text} of source.strings) {
      if (statement.test(text)) yield {line: source.lineAt(offset), remedy: 'SQL stands in *_store.cpp and migrations/ only'};
    }
  },
};

// docs/how-to/coroutines.md. What compilers got wrong were objects made in the statement that awaits.
const coroutines = {
  name: 'co_await',
  applies: isCpp,
  * find(source) {
    const {code} = source;
    for (const {line, match} of source.matches(/\bco_await\b/g, code)) {
      const remedy = remedyBefore(statementBefore(code, match.index));
      if (remedy) yield {line, remedy};

      const after = statementAfter(code, match.index + match[0].length);
      const outsideLambdas = after.replace(/\{[^]*\}/, '{}');
      if (/\?/.test(outsideLambdas)) yield {line, remedy: 'no ternary in the statement of a co_await: decide before'};
      if (/\bco_await\b/.test(outsideLambdas)) {
        yield {line, remedy: 'one co_await in a statement: await the inner one into a name first'};
      }
      for (const [, captures] of after.matchAll(/[(,]\s*\[([^\]]*)\]\s*(?=[({])/g)) {
        if (captures.split(',').some((one) => !/^\s*(&.*|this|)$/.test(one))) {
          yield {line, remedy: 'no capture by value in the statement of a co_await: make the function object before, or capture by reference'};
        }
      }
    }
    for (const {line, match} of source.matches(/\[[^\][]+\]\s*\([^{;]*\)\s*(mutable\s*)?->\s*[\w:]*(Task|awaitable)<[^{;]*\{/g, code)) {
      const open = match.index + match[0].length - 1;
      if (/\bco_(await|return|yield)\b/.test(code.slice(open, closing(code, open)))) {
        yield {line, remedy: 'a lambda that is a coroutine captures nothing: give it parameters'};
      }
    }
  },
};

// What is wrong with awaiting after this beginning of a statement; nothing if the co_await stands alone.
function remedyBefore(statement) {
  let rest = statement.replace(/^\s*((case\b[^:]*|default|\w+)\s*:(?!:)\s*)*/, '');
  for (let head; (head = /^\s*(else\b|do\b|(?:if|while|for|switch)\s*(?:constexpr\s*)?\()/.exec(rest)); ) {
    const end = head[1].endsWith('(') ? closing(rest, head[0].length - 1) : head[0].length;
    if (head[1].endsWith('(') && rest[end - 1] !== ')') return 'no co_await in a condition: await into a name, then decide';
    rest = rest.slice(end);
  }
  rest = rest.trim();
  if (/\bauto\s*&{0,2}\s*\[[^\]]*\]\s*=$/.test(rest)) return 'no structured binding around co_await: bind a name, then take it apart';
  if (rest === 'co_return') return 'no co_return co_await: await into a name, then return it';
  const alone = rest === '' || rest === '(void)' || /^[^?]*[^=!<>+\-*\/%|&^?]=$/.test(rest) || /^CO_RETURN_IF_ERROR\($/.test(rest) || /^CO_ASSIGN_OR_RETURN\([^?]*,$/.test(rest);
  return alone ? undefined : 'co_await stands alone: auto x = co_await f(names);';
}

// (The brackets keep these expressions from finding themselves.)
const leftovers = {
  name: 'left-over',
  applies: () => true,
  * find(source) {
    for (const {line, match} of source.matches(/\bTO[D]O\b(?!\(#\d+\))|\bFIX[M]E\b|(?:\/\/|#|\*).*\bXX[X]\b|\bnot implement[e]d\b/g)) {
      yield {line, remedy: `${match[0]}: do it, or name its issue, as in TO` + 'DO(#12)'};
    }
  },
};

const machine = {
  name: 'machine',
  applies: () => true,
  * find(source) {
    for (const {line, match} of source.matches(/(?<![\w.~-])\/(work|home|root|Users)\/[\w.-]+|"resolve[d]": "http[^"]*|registr[y]\.npmjs\.org/g)) {
      yield {line, remedy: `${match[0]}: only one machine has this; say it relative to the repository`};
    }
  },
};

export const rules = [layers, ...bannedCalls, libraryHeaders, sql, coroutines, ...webRules, leftovers, machine];
