// The sanitizer presets compile the files of a library, or of a test program, as one (a unity build): headers are read once.
// So what a file keeps to itself in an unnamed namespace must not be named like another file's of the same folder.
import {closing} from './source.mjs';

// Yields {source, line, remedy}. Knows declarations as clang-format writes them: their first line starts in column one.
export function* clashes(sources) {
  const seen = new Map();
  for (const source of sources.filter(({path}) => /^src\/.*\.cpp$/.test(path))) {
    const [, folder] = source.path.split('/');
    const batch = `${folder}${source.path.endsWith('_test.cpp') ? '_test' : ''}`;
    for (const {line, name, key} of privateNames(source)) {
      const other = seen.get(`${batch} ${key}`);
      if (other && other !== source.path) {
        yield {source, line, remedy: `${name} is also in ${other}: name it after what it is, or share it in a header`};
      }
      seen.set(`${batch} ${key}`, other ?? source.path);
    }
  }
}

function* privateNames(source) {
  const {code} = source;
  for (const unnamed of code.matchAll(/^namespace \{/gm)) {
    const open = unnamed.index + unnamed[0].length - 1;
    const body = code.slice(open, closing(code, open));
    const at = (match) => source.lineAt(open + match.index);
    const around = namespaceAround(code, open);
    const declared = (match, name, key) => ({line: at(match), name, key: `${around} ${key}`});

    for (const match of body.matchAll(/^(?:struct|class|union|enum(?: class)?) (\w+)[^;{]*\{/gm)) yield declared(match, match[1], match[1]);
    for (const match of body.matchAll(/^(?:inline |static )*(?:constexpr|const|constinit) [^=({;\n]*?\b(\w+)(?:\[\w*\])? ?[={(]/gm)) {
      // A constexpr function is compared by its parameters, like any other.
      if (!/\($/.test(match[0])) yield declared(match, match[1], match[1]);
    }
    for (const match of body.matchAll(/^(?!return|using|namespace|struct|class|enum|TEST|INSTANTIATE)\w[\w:<>,&*[\] ]*?[ &*](\w+)(\([^;{]*?\)) ?(?:const |noexcept )*\{/gm)) {
      yield declared(match, match[1], match[1] + match[2].replace(/\s+/g, ' '));
    }
  }
}

// "qantara::db" for code inside of `namespace qantara::db {`.
function namespaceAround(code, offset) {
  const open = [...code.slice(0, offset).matchAll(/^namespace ([\w:]+) \{/gm)];
  return open.filter((one) => closing(code, one.index + one[0].length - 1) > offset).map((one) => one[1]).join('::');
}
