// The rules for what people see (web/): what a payer's page may not do, whatever it is for.

// A rule that refuses `pattern` outside of comments in the files that `only` names.
function refused({name, pattern, remedy, only = /\.(tsx?|html|css)$/}) {
  return {
    name,
    applies: (path) => path.startsWith('web/') && only.test(path),
    * find(source) {
      for (const {line, match} of source.matches(pattern, withoutComments(source.text))) {
        yield {line, remedy: `${match[0].trim().split('\n')[0]}: ${remedy}`};
      }
    },
  };
}

// Blanks whole comment lines, and what stands in /* */ or <!-- -->; offsets and lines stay.
const withoutComments = (text) =>
  text.replace(/^[ \t]*\/\/.*$|\/\*[^]*?\*\/|<!--[^]*?-->/gm, (comment) => comment.replace(/[^\n]/g, ' '));

const side = '(left|right)';

export const webRules = [
  refused({
    name: 'markup',
    pattern: /\b(innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|createContextualFragment|srcdoc)\b|\bdocument\.write(ln)?\b|\beval\s*\(|\bnew\s+Function\b/g,
    only: /\.tsx?$/,
    remedy: 'text stays text: a child in JSX, or textContent',
  }),
  refused({
    name: 'storage',
    pattern: /\b(localStorage|sessionStorage|indexedDB)\b|\bdocument\s*\.\s*cookie\b/g,
    only: /\.tsx?$/,
    remedy: 'the gateway keeps the state, the page keeps it in memory',
  }),
  refused({
    name: 'postMessage',
    pattern: /\bpostMessage\([^;]*?,\s*(['"`])\*\1|\btargetOrigin\s*:\s*(['"`])\*\2/g,
    only: /\.tsx?$/,
    remedy: 'name the one origin that may read it',
  }),
  refused({
    name: 'other host',
    // Namespaces are names, nobody ever has a host under .example (RFC 2606), and HOST is a word in a sentence.
    pattern: /\bhttps?:\/\/(?!www\.w3\.org\/|(?:[\w-]+\.)*example\b(?!\.)|[A-Z]+\b)[\w[]|(?<=\b(?:src|href)\s*=\s*["']|url\(["']?)\/\//g,
    only: /(?<!\.test)\.(tsx?|html|css)$/,
    remedy: 'pages load nothing from elsewhere',
  }),
  refused({
    name: 'inline',
    pattern: /<script\b(?![^>]*\bsrc\s*=)[^>]*>|<style\b|\s(style|on[a-z]+)\s*=/g,
    only: /\.html$/,
    remedy: 'the Content-Security-Policy lets scripts and styles come from files only',
  }),
  refused({
    name: 'direction',
    pattern: new RegExp(
      [
        String.raw`(?<![\w-])(?:(?:margin|padding|inset|border|scroll-margin|scroll-padding)-)?${side}(?:-(?:width|style|color))?\s*:`,
        String.raw`(?<![\w-])border-(?:top|bottom)-${side}-radius\s*:`,
        String.raw`(?<![\w-])(?:text-align|float|clear)\s*:\s*${side}\b`,
      ].join('|'),
      'g',
    ),
    only: /\.(css|html)$/,
    remedy: 'Arabic reads the other way: margin-inline-start, inset-inline-end, text-align: start',
  }),
  refused({
    name: 'direction',
    pattern: /\b(?:margin|padding|border|scrollMargin|scrollPadding)(?:Top|Bottom)?(?:Left|Right)\w*\s*[:=]|\btextAlign\s*[:=]\s*['"](?:left|right)\b/g,
    only: /\.tsx?$/,
    remedy: 'Arabic reads the other way: marginInlineStart, textAlign: \'start\'',
  }),
];
