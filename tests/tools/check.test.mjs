// The rules of ./dev check, on small samples: each with what it must refuse and what it must leave alone.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {levels} from '../../tools/check/layers.mjs';
import {compareRoutes} from '../../tools/check/routes.mjs';
import {rules} from '../../tools/check/rules.mjs';
import {Source} from '../../tools/check/source.mjs';
import {clashes} from '../../tools/check/unity.mjs';

// The findings as "rule:line".
function findings(path, text) {
  const source = new Source(path, text);
  return rules.flatMap((rule) => (rule.applies(path) ? [...rule.find(source)].map(({line}) => `${rule.name}:${line}`) : []));
}

const refused = (path, text, ...expected) => assert.deepEqual(findings(path, text), expected, `${path}: ${text}`);
const accepted = (path, text) => refused(path, text);
const include = (header) => `#include "${header}"\n`;

test('a folder includes itself and folders on lower levels', () => {
  accepted('src/payments/payments.cpp', include('payments/payment.h') + include('events/events.h') + include('base/result.h'));
  accepted('src/payments/payments.cpp', include('payment_intents/payment_intent.h'));
  accepted('src/connectors/berlin_group/connector.cpp', include('banking/connector.h') + include('connectors/berlin_group/mapping.h'));
  accepted('src/gateway/main.cpp', include('cli/cli.h') + include('sandbox_bank/server.h'));
});

test('refuses an upward include', () => {
  refused('src/payments/payments.cpp', include('base/result.h') + include('link/sessions.h'), 'layers:2');
  refused('src/customers/customers.h', include('payment_sources/source.h'), 'layers:1');
  refused('src/money/money_test.cpp', include('events/events.h'), 'layers:1');
});

test('refuses a sideways include on every level', () => {
  for (const folders of levels) {
    for (const one of folders) {
      for (const other of folders) {
        if (one !== other) refused(`src/${one}/a.cpp`, include(`${other}/b.h`), 'layers:1');
      }
    }
  }
});

test('the sandbox bank stands on levels 0 and 1 only', () => {
  accepted('src/sandbox_bank/ledger.cpp', include('db/database.h') + include('money/money.h') + include('migrations/sandbox_bank.h'));
  refused('src/sandbox_bank/ledger.cpp', include('events/events.h'), 'layers:1');
  refused('src/sandbox_bank/ledger.cpp', include('banking/bank.h'), 'layers:1');
});

test('connectors stand side by side', () => {
  accepted('src/connectors/registry.cpp', include('connectors/berlin_group/connector.h') + include('connectors/obie/connector.h'));
  refused('src/connectors/obie/connector.cpp', include('connectors/berlin_group/mapping.h'), 'layers:1');
});

test('refuses includes that hide where they lead', () => {
  refused('src/payments/payments.cpp', include('payment.h'), 'layers:1');
  refused('src/payments/payments.cpp', '#include <money/money.h>\n', 'layers:1');
  refused('src/payments/payments.cpp', include('elsewhere/a.h'), 'layers:1');
  refused('src/elsewhere/a.cpp', '\n', 'layers:1');
});

test('refuses the machine’s clock, randomness, sleeps, threads and name lookups', () => {
  const cases = [
    ['clock', 'auto now = std::chrono::system_clock::now();'],
    ['clock', 'auto now = std::chrono::steady_clock::now();'],
    ['clock', 'auto now = time(nullptr);'],
    ['clock', 'auto now = ::time(nullptr);'],
    ['clock', 'return time(nullptr);'],
    ['random', 'std::random_device device;'],
    ['random', 'int n = rand();'],
    ['random', 'int n = std::rand();'],
    ['sleep', 'std::this_thread::sleep_for(1s);'],
    ['sleep', 'usleep(1);'],
    ['thread', 'std::thread worker(f);'],
    ['thread', 'std::jthread worker(f);'],
    ['name lookup', 'getaddrinfo(a, b, c, d);'],
    ['detached', 'asio::co_spawn(executor, f(), asio::detached);'],
  ];
  for (const [rule, line] of cases) refused('src/payments/payments.cpp', `\n${line}\n`, `${rule}:2`);
  accepted('src/base/clock.cpp', 'auto now = std::chrono::system_clock::now();');
  accepted('src/base/random.cpp', 'std::random_device device;');
  accepted('src/db/sqlite/writer.cpp', 'std::thread writer(f);');
  refused('src/base/text.cpp', 'auto now = std::chrono::system_clock::now();', 'clock:1');
  refused('src/http/client.cpp', 'std::this_thread::sleep_for(1s);', 'sleep:1');
  accepted('src/http/client_test.cpp', 'std::this_thread::sleep_for(1s);');
  refused('src/payments/payments_test.cpp', 'std::this_thread::sleep_for(1s);', 'sleep:1');
});

test('does not take comments, strings and longer names for calls', () => {
  accepted('src/payments/payments.cpp', '// no std::thread and no time(0) here\n/* rand() */ auto text = "rand()";\n');
  accepted('src/payments/payments.cpp', 'auto raw = R"sql(rand() " time(0))sql";\nint n = 10\'000; auto c = \'"\'; operand(n); retry_time(n); clock.time(n); int sleep(int n); Instant time() const;');
  refused('src/payments/payments.cpp', 'auto raw = R"(a "quoted" text)"; int n = rand();', 'random:1');
  refused('src/payments/payments.cpp', "char quote = '\"'; int n = rand();", 'random:1');
});

test('refuses floating point where money passes', () => {
  refused('src/money/money.cpp', 'double d = 1;', 'floating point:1');
  refused('src/api/read.cpp', 'auto d = std::stod(text);', 'floating point:1');
  accepted('src/http/server.cpp', 'double load = 0.5;');
});

test('refuses SQL outside of stores', () => {
  const text = 'tx.execute("SELECT id FROM payments WHERE id = $1", id);';
  refused('src/payments/payments.cpp', text, 'sql:1');
  refused('src/payments/payments.cpp', 'f(R"(\n  UPDATE payments SET status = $1)");', 'sql:1');
  accepted('src/payments/payment_store.cpp', text);
  accepted('src/db/sqlite/sqlite.cpp', text);
  accepted('src/payments/payments.cpp', 'f("DELETE", "UPDATE_PAYMENT_SOURCE", "select a bank");');
});

test('keeps the headers of libraries in their folders', () => {
  refused('src/api/api.cpp', '#include <boost/beast/http.hpp>\n', 'library:1');
  refused('src/base/clock.cpp', '#include <boost/beast/core.hpp>\n', 'library:1');
  refused('src/payments/payments.cpp', '#include <sqlite3.h>\n', 'library:1');
  refused('src/payments/payments.cpp', '#include <boost/asio/steady_timer.hpp>\n', 'library:1');
  refused('src/webhooks/dispatcher.cpp', '#include <boost/asio/ip/tcp.hpp>\n', 'library:1');
  refused('src/http/server.cpp', '#include <boost/asio.hpp>\n', 'library:1');
  accepted('src/http/server.cpp', '#include <boost/beast/http.hpp>\n#include <boost/asio/ip/tcp.hpp>\n');
  accepted('src/db/sqlite/sqlite.cpp', '#include <sqlite3.h>\n');
});

test('co_await stands alone', () => {
  const alone = [
    'co_await f();',
    '(void)co_await f();',
    'const auto x = co_await f(a, b);',
    'const Result<std::map<int, int>> x =\n    co_await f(a);',
    'x = co_await f();',
    'if (ready) co_await f();',
    'for (int i = 0; i < n; ++i) co_await f(i);',
    'for (;;) {\n  co_await f();\n}',
    'else co_await f();',
    'case A: co_await f(); break;',
    'CO_RETURN_IF_ERROR(co_await f(a));',
    'CO_ASSIGN_OR_RETURN(const auto x, co_await f(a));',
    'CO_ASSIGN_OR_RETURN(const auto x, co_await db.write([&](Tx& tx) { return a ? b(tx) : c(tx); }));',
    'auto x = co_await db.write([&a, this](Tx& tx) { return f(tx); });',
  ];
  for (const text of alone) accepted('src/payments/payments.cpp', `Task<int> g() {\n${text}\n}`);
});

test('refuses co_await inside of a larger expression', () => {
  const tangled = [
    'co_return co_await f();',
    'if (co_await f()) return;',
    'while (co_await f()) {}',
    'switch (co_await f()) {}',
    'for (auto& x : co_await f()) {}',
    'auto [a, b] = co_await f();',
    'const auto& [a, b] = co_await f();',
    'auto x = g(co_await f());',
    'auto x = g(a,\n           co_await f());',
    'auto x = Order{co_await f()};',
    'auto x = a + co_await f();',
    'sum += co_await f();',
    'auto x = !co_await f();',
    'auto x = (co_await f()).value();',
    'auto x = a ? co_await f() : b;',
    'auto x = co_await f(a ? b : c);',
    'auto x = co_await f([copy] { return copy; });',
    'auto x = co_await f([a = std::move(b)] { return a; });',
    'auto x = co_await f(a, [=] { return b; });',
  ];
  for (const text of tangled) {
    const found = findings('src/payments/payments.cpp', `Task<int> g() {\n  ${text}\n}`);
    assert.ok(found.length > 0 && found.every((one) => one.startsWith('co_await:')), `${text} → ${found}`);
  }
});

test('a lambda that is a coroutine captures nothing', () => {
  const path = 'src/api/api.cpp';
  refused(path, 'auto f = [&](const Request& r) -> Task<Response> {\n  co_return g(r);\n};', 'co_await:1');
  refused(path, 'add("/", [this](R r) -> http::Task<Response> { co_return g(r); });', 'co_await:1');
  accepted(path, 'auto f = [](const Request& r, Services& s) -> Task<Response> {\n  co_return g(r);\n};');
  accepted(path, 'auto f = [&](const Request& r) -> Task<Response> { return handler(r, services); };');
});

test('refuses what was left over, and what only one machine has', () => {
  refused('docs/architecture.md', 'text\nTO' + 'DO: later\n', 'left-over:2');
  refused('src/base/a.cpp', '// FIX' + 'ME\n', 'left-over:1');
  accepted('src/base/a.cpp', '// TO' + 'DO(#12): when there is a second engine\n');
  accepted('docs/a.md', 'AEXXXX is a mask; 501 is Not Implemented\n');
  refused('dev', 'cd /ho' + 'me/someone/qantara\n', 'machine:1');
  refused('tests/package-lock.json', '"resolve' + 'd": "https://somewhere/x.tgz"\n', 'machine:1');
  accepted('dev', 'cd build/work/home\n');
});

test('what files of one folder keep to themselves has different names', () => {
  const inNamespace = (text, name = 'qantara::db') => `namespace ${name} {\nnamespace {\n\n${text}\n\n}  // namespace\n}  // namespace ${name}\n`;
  const clashing = (first, second, path = 'src/db/b.cpp') =>
    [...clashes([new Source('src/db/a.cpp', inNamespace(first)), new Source(path, inNamespace(second))])].length;

  assert.equal(clashing('constexpr int kLimit = 1;', 'const std::size_t kLimit = 2;'), 1);
  assert.equal(clashing('struct Row {\n};', 'class Row final {\n};'), 1);
  assert.equal(clashing('int value(char c) {\n}', 'int value(char c) {\n}'), 1);
  assert.equal(clashing('constexpr std::array<int, 2> kTable = {1, 2};', 'const char kTable[] = "";'), 1);
  // Overloads, other names, another program, another namespace, and locals do not clash.
  assert.equal(clashing('int value(char c) {\n}', 'int value(int i) {\n}'), 0);
  assert.equal(clashing('constexpr int kA = 1;', 'constexpr int kB = 1;'), 0);
  assert.equal(clashing('constexpr int kA = 1;', 'constexpr int kA = 1;', 'src/db/b_test.cpp'), 0);
  assert.equal(clashing('constexpr int kA = 1;', 'constexpr int kA = 1;', 'src/http/b.cpp'), 0);
  assert.equal(clashing('int f() {\n  const int x = 1;\n}', 'int g() {\n  const int x = 1;\n}'), 0);
  const elsewhere = new Source('src/db/b.cpp', inNamespace('constexpr int kA = 1;', 'qantara::db::sqlite'));
  assert.equal([...clashes([new Source('src/db/a.cpp', inNamespace('constexpr int kA = 1;')), elsewhere])].length, 0);
});

test('pages take nothing for markup or code', () => {
  const path = 'web/link/step.tsx';
  for (const text of [
    'node.innerHTML = text;', 'node.outerHTML = text;', "node.insertAdjacentHTML('beforeend', text);", '<p dangerouslySetInnerHTML={{__html: text}} />',
    'document.write(text);', 'document.writeln(text);', 'eval(text);', "new Function('a', text);", 'frame.srcdoc = text;', 'range.createContextualFragment(text);',
  ]) refused(path, `\n${text}\n`, 'markup:2');
  accepted(path, '// innerHTML would do it\n/* eval() */\nconst evaluation = retrieval(text);\nnode.textContent = text;\n');
  accepted('tests/e2e/a.test.ts', 'node.innerHTML = text;');
});

test('pages keep nothing in the browser', () => {
  for (const text of ["localStorage.setItem('a', b);", "window.sessionStorage['a'] = b;", "indexedDB.open('a');", "document.cookie = 'a=b';"]) {
    refused('web/sdk/index.ts', text, 'storage:1');
  }
  accepted('web/sdk/index.ts', 'const cookie = document.title;');
});

test('pages tell one origin, never any', () => {
  for (const text of ["parent.postMessage(message, '*');", 'parent.postMessage({a: [1, 2]},\n  "*");', "port.postMessage(message, {targetOrigin: '*'});"]) {
    const found = findings('web/sdk/index.ts', text);
    assert.ok(found.length === 1 && found[0].startsWith('postMessage:'), `${text} → ${found}`);
  }
  accepted('web/sdk/index.ts', "parent.postMessage(message, origin);\nconst star = '*';\n");
});

test('pages load nothing from elsewhere', () => {
  refused('web/link/index.html', '<script src="https://cdn.net/a.js"></script>', 'other host:1');
  refused('web/link/index.html', '<script src="//cdn.net/a.js"></script>', 'other host:1');
  refused('web/link/a.css', "@import url('//cdn.net/a.css');", 'other host:1');
  refused('web/shop/a.tsx', "const logo = 'http://img.net/a.png';", 'other host:1');
  refused('web/shop/a.tsx', "const logo = 'https://www.example.evil.net/a.png';", 'other host:1');
  accepted('web/shop/a.tsx', "// see https://html.spec.whatwg.org\nconst svg = 'http://www.w3.org/2000/svg', such = 'https://shop.example', as = 'https://GATEWAY/a';\n");
  accepted('web/shop/a.test.ts', "assert(isWeb('https://shop.net'));");
});

test('pages have their scripts and styles in files', () => {
  const path = 'web/link/index.html';
  for (const text of ['<script>start()</script>', '<script type="module">start()</script>', '<style>p {}</style>', '<p style="color: red">', '<body onload="start()">']) {
    refused(path, text, 'inline:1');
  }
  accepted(path, '<!-- no <script> here -->\n<script type="module" src="./main.tsx"></script>\n<link rel="stylesheet" href="./a.css">\n');
});

test('pages know start and end, not left and right', () => {
  const path = 'web/link/a.css';
  for (const text of [
    'p { margin-left: 1px; }', 'p {padding-right:1px}', 'p { left: 0; }', 'p { right : 0; }', 'p { border-left: 0; }', 'p { border-right-color: red; }', 'p { inset-left: 0; }',
    'p { border-top-left-radius: 0; }', 'p { text-align: left; }', 'p { float:right; }', 'p { scroll-margin-left: 0; }',
  ]) refused(path, text, 'direction:1');
  accepted(path, '/* left: 0 */\np { margin-inline-start: 1px; text-align: start; inset-inline-end: 0; border-start-start-radius: 0; --left: 0; }\n');
  refused('web/link/a.tsx', '<p style={{marginLeft: 1}} />', 'direction:1');
  refused('web/link/a.tsx', "node.style.textAlign = 'right';", 'direction:1');
  accepted('web/link/a.tsx', "const left = '1', {right} = box; rect.left; node.style.marginInlineStart = left;");
});

test('compares routes with their description', () => {
  const yaml = [
    'openapi: 3.1.0',
    'paths:',
    '  /customers/v1:',
    '    post:',
    '      responses: {}',
    '  /customers/v1/{customer_id}:',
    '    get:',
    'components:',
    '  schemas:',
    '    get: {}',
  ].join('\n');
  const rows = [{method: 'POST', path: '/customers/v1'}, {method: 'GET', path: '/banks/v1'}];
  assert.deepEqual([...compareRoutes(yaml, rows)], [
    {line: 7, remedy: 'GET /customers/v1/{customer_id} is described but not served'},
    {line: 1, remedy: 'GET /banks/v1 is served but not described'},
  ]);
});
