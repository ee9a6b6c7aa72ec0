// The documentation of the API: /openapi.json, drawn by Swagger UI. Requests that are tried out go to this gateway.

/** Without examples of filters: Swagger UI would fill them in, and whoever tries a list out would find nothing. */
function withoutFilters(description) {
  const lists = Object.values(description.paths).flatMap((path) => Object.values(path)).map(({parameters}) => parameters ?? []);
  for (const parameter of [...lists.flat(), ...Object.values(description.components.parameters)]) {
    if (parameter.in === 'query' && !parameter.required) delete parameter.examples;
  }
  return description;
}

SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  // Members with their descriptions, unfolded as deep as a payment in an intent.
  defaultModelRendering: 'model',
  defaultModelExpandDepth: 3,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  responseInterceptor: (response) => {
    if (new URL(response.url).pathname === '/openapi.json') response.text = JSON.stringify(withoutFilters(JSON.parse(response.text)));
    return response;
  },
});
