// The documentation of the API: /openapi.json, drawn by Swagger UI. Requests that are tried out go to this gateway.
SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  // Members with their descriptions, unfolded as deep as a payment in an intent.
  defaultModelRendering: 'model',
  defaultModelExpandDepth: 3,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
