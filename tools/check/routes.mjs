// Compares api/openapi.yaml with the rows of the router, as `qantara routes --json` prints them:
// [{"method": "GET", "path": "/customers/v1/{customer_id}"}, …].

// Only as much YAML as an OpenAPI file's `paths:` needs: two blanks before a path, four before a method.
export function describedRoutes(yaml) {
  const routes = new Map();
  let inPaths = false;
  let path = '';
  for (const [index, text] of yaml.split('\n').entries()) {
    if (/^\S/.test(text) && !text.startsWith('#')) inPaths = /^paths:/.test(text);
    if (!inPaths) continue;
    path = /^ {2}["']?(\/[^"':]*)["']?:/.exec(text)?.[1] ?? path;
    const method = /^ {4}(get|head|post|put|patch|delete|options):/.exec(text)?.[1];
    if (method) routes.set(`${method.toUpperCase()} ${path}`, index + 1);
  }
  return routes;
}

export function* compareRoutes(yaml, rows) {
  const described = describedRoutes(yaml);
  const served = new Set(rows.map(({method, path}) => `${method} ${path}`));
  for (const [route, line] of described) {
    if (!served.has(route)) yield {line, remedy: `${route} is described but not served`};
  }
  for (const route of served) {
    if (!described.has(route)) yield {line: 1, remedy: `${route} is served but not described`};
  }
}
