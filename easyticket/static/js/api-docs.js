/* Draws Swagger UI from the schema whose address stands on #api-docs. It follows the system's light or dark; it sends the
   schema to nobody to be checked; requests are tried out with the cookies that logging in here sets, or with a token. */
(() => {
  "use strict";
  const place = document.getElementById("api-docs");
  const night = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => document.documentElement.classList.toggle("dark-mode", night.matches);
  follow();
  night.addEventListener("change", follow);

  /* What its markup lacks for people who listen or use keys: a heading over the operations, a name of the request's text,
     no link inside the button that opens an operation (the address bar still follows what is open), and examples that can
     be scrolled by keys. */
  const reachable = () => { for (const example of place.querySelectorAll("pre.microlight")) example.tabIndex = 0; };
  new MutationObserver(reachable).observe(place, { childList: true, subtree: true });
  const accessible = ({ React }) => ({
    components: { DeepLink: ({ text }) => React.createElement("span", { className: "nostyle" }, text) },
    wrapComponents: {
      operations: (Operations) => (props) => React.createElement(
        React.Fragment, null,
        React.createElement("h2", { className: "visually-hidden" }, "Operations"),
        React.createElement(Operations, props),
      ),
      TextArea: (TextArea) => (props) => React.createElement(TextArea, { "aria-label": "Request body", ...props }),
    },
  });

  /* Swagger UI fills a form by its fields alone, with "string" where it knows no better, and sends all of that. So the
     form's example goes into its fields, and what is not in that stays empty and is left out of the request: of a form
     that changes something, an empty field could say that what is there is to go. */
  const fillForms = (document) => {
    for (const path of Object.values(document.paths || {})) {
      for (const operation of Object.values(path)) {
        const form = operation.requestBody?.content?.["multipart/form-data"];
        for (const [name, field] of Object.entries(form?.schema?.properties || {})) {
          if (field.format !== "binary") field.example = form.example?.[name] ?? (field.type === "array" ? [] : "");
        }
      }
    }
    return document;
  };
  const filling = {
    statePlugins: { spec: { wrapActions: { updateJsonSpec: (update) => (document) => update(fillForms(document)) } } },
    wrapComponents: {
      ParameterIncludeEmpty: (SendEmpty, { React }) => (props) => React.createElement(
        SendEmpty, { ...props, isIncludedOptions: { ...props.isIncludedOptions, defaultValue: false } },
      ),
    },
  };

  SwaggerUIBundle({
    domNode: place,
    url: place.dataset.schemaUrl,
    layout: "BaseLayout",
    presets: [SwaggerUIBundle.presets.apis],
    plugins: [accessible, filling],
    validatorUrl: null,
    deepLinking: true,
    docExpansion: "none",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    filter: true,
    tryItOutEnabled: true,
  });
})();
