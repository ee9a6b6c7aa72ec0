// A source file as the rules see it: its text, and its C++ code without comments and without what strings say.

export class Source {
  // `path` is relative to the root of the repository, with forward slashes.
  constructor(path, text) {
    this.path = path;
    this.text = text;
    if (/\.(cpp|h)$/.test(path)) {
      const {code, strings} = separate(text);
      this.code = code;
      this.strings = strings;
    }
  }

  lineAt(offset) {
    let line = 1;
    for (let i = this.text.indexOf('\n'); i !== -1 && i < offset; i = this.text.indexOf('\n', i + 1)) ++line;
    return line;
  }

  // Every match of `pattern` (a global expression) in `where`, as {line, match}.
  * matches(pattern, where = this.text) {
    for (const match of where.matchAll(pattern)) yield {line: this.lineAt(match.index), match};
  }

  // Every #include, as {line, header, quoted}.
  * includes() {
    for (const {line, match} of this.matches(/^[ \t]*#[ \t]*include[ \t]*(["<])([^">\n]+)[">]/gm)) {
      yield {line, header: match[2], quoted: match[1] === '"'};
    }
  }
}

// Blanks comments and the insides of literals (so that offsets and lines stay), and collects the strings.
export function separate(text) {
  const token = new RegExp(
    [
      String.raw`//(?:[^\n\\]|\\[^])*`, // line comment, with continued lines
      String.raw`/\*[^]*?\*/`, // block comment
      String.raw`R"(?<delimiter>[^()\\\s]*)\((?<raw>[^]*?)\)\k<delimiter>"`, // raw string
      String.raw`"(?<string>(?:[^"\\\n]|\\[^])*)"`,
      String.raw`(?<![0-9A-Fa-f])'(?:[^'\\\n]|\\[^])+'`, // character, but not the separator in 10'000
    ].join('|'),
    'g',
  );
  const strings = [];
  const blank = (piece) => piece.replace(/[^\n]/g, ' ');
  const code = text.replace(token, (whole, ...rest) => {
    const {raw, string} = rest.at(-1);
    const content = raw ?? string;
    if (content === undefined) return whole.startsWith("'") ? `'${blank(whole.slice(1, -1))}'` : blank(whole);
    strings.push({offset: rest.at(-3), text: content});
    return `"${blank(whole.slice(1, -1))}"`;
  });
  return {code, strings};
}

// The offset just past what closes the bracket at `open`; the end of the text if nothing does.
export function closing(code, open) {
  const pairs = {'(': ')', '[': ']', '{': '}'};
  let depth = 0;
  for (let i = open; i < code.length; ++i) {
    if (code[i] in pairs) ++depth;
    else if (Object.values(pairs).includes(code[i]) && --depth === 0) return i + 1;
  }
  return code.length;
}

// From `start` to the semicolon, or the bracket, that ends the statement there.
export function statementAfter(code, start) {
  let depth = 0;
  for (let i = start; i < code.length; ++i) {
    if ('([{'.includes(code[i])) ++depth;
    else if (')]}'.includes(code[i]) && --depth < 0) return code.slice(start, i);
    else if (code[i] === ';' && depth === 0) return code.slice(start, i);
  }
  return code.slice(start);
}

// The statement that `end` lies in, from its beginning to there. Goes back over brackets that are closed and out of
// those that are open, up to a semicolon or a block. clang-format tells a block's brace from an initialiser's: only
// before a block's stands a blank.
export function statementBefore(code, end) {
  let depth = 0;
  for (let i = end - 1; i >= 0; --i) {
    if (')]'.includes(code[i])) ++depth;
    else if ('(['.includes(code[i])) depth = Math.max(0, depth - 1);
    else if (depth > 0) continue;
    else if (';}'.includes(code[i]) && !/^\}\s*[,)]/.test(code.slice(i, end))) return code.slice(i + 1, end);
    else if (code[i] === '{' && !/[\w>(,=]/.test(code[i - 1] ?? '') && !/[=(,]\s*$/.test(code.slice(0, i))) return code.slice(i + 1, end);
  }
  return code.slice(0, end);
}
