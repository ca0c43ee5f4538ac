// In the browser. A file of its own, so that the page can forbid scripts that are written into it.
SwaggerUIBundle({
  url: '../openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  // The key stays in this browser, and is there again after a reload.
  persistAuthorization: true,
  // It would send the document's address to somebody else's server.
  validatorUrl: null,
})
