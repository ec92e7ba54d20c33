// A stand-in for Stripe.js: the Payment Element for cards without a frame, against the Stripe double. Where the real
// script would throw an IntegrationError or warn, this one throws.
(() => {
  "use strict";
  const source = new URL(document.currentScript.src);
  const API = source.hostname === "js.stripe.com" ? "https://api.stripe.com" : source.origin;
  const VERSION = "2026-10-28.endive";
  const OPEN = ["requires_payment_method", "requires_confirmation", "requires_action"];

  class IntegrationError extends Error {
    name = "IntegrationError";
  }

  function demand(truth, message) {
    if (!truth) throw new IntegrationError(message);
  }

  function only(options, known, where) {
    for (const name of Object.keys(options)) {
      demand(known.includes(name), `Unrecognized ${where} parameter: ${name} is not a recognized parameter.`);
    }
  }

  function intentOf(secret) {
    demand(/^pi_[A-Za-z0-9]+_secret_[A-Za-z0-9]+$/.test(secret ?? ""),
      "Invalid value for elements(): clientSecret should be a client secret of the form ${id}_secret_${secret}.");
    return secret.split("_secret_")[0];
  }

  async function ask(key, method, path, fields) {
    const form = new URLSearchParams({ key, _stripe_version: VERSION, ...fields });
    const url = method === "GET" ? `${API}${path}?${form}` : `${API}${path}`;
    try {
      const response = await fetch(url, method === "GET" ? {} : { method, body: form });
      return await response.json();
    } catch {
      return { error: { type: "api_connection_error", message: "We are experiencing issues connecting to our payments provider." } };
    }
  }

  const SHEET = new CSSStyleSheet();
  SHEET.replaceSync(`
    .fields { display: grid; gap: .75rem; grid-template-columns: 1fr 1fr; font: 16px system-ui; }
    .wide { grid-column: 1 / -1; }
    label { display: grid; gap: .25rem; }
    input { font: inherit; padding: .7rem; border: 1px solid #767676; border-radius: 6px; background: #fff; color: #1a1a1a;
      min-width: 0; box-sizing: border-box; width: 100%; }
    .bank { position: fixed; inset: 0; display: grid; place-content: center; gap: 1rem; background: #fff; color: #1a1a1a;
      font: 16px system-ui; z-index: 2147483647; }
    .bank button { font: inherit; padding: .8rem 1.2rem; }`);
  const FIELDS = [
    ["number", "Card number", "cc-number", "wide", /^[0-9]{14,19}$/, "number"],
    ["expiry", "Expiration date (MM / YY)", "cc-exp", "", /^(0[1-9]|1[0-2])[0-9]{2}$/, "expiry"],
    ["cvc", "Security code", "cc-csc", "", /^[0-9]{3,4}$/, "cvc"],
  ];

  class PaymentElement {
    #key; #secret; #listeners = {}; #host = null; #root = null;
    inputs = {};

    constructor(key, secret) {
      this.#key = key;
      this.#secret = secret;
    }

    get isMounted() {
      return this.#host !== null && this.#host.isConnected;
    }

    on(event, listener) {
      demand(["ready", "change", "focus", "blur", "escape", "loaderror", "loaderstart"].includes(event),
        `Invalid event name: ${event}.`);
      (this.#listeners[event] ??= []).push(listener);
      return this;
    }

    off(event, listener) {
      this.#listeners[event] = (this.#listeners[event] ?? []).filter((known) => listener && known !== listener);
      return this;
    }

    once(event, listener) {
      const first = (detail) => { this.off(event, first); listener(detail); };
      return this.on(event, first);
    }

    tell(event, detail = {}) {
      for (const listener of this.#listeners[event] ?? []) listener({ elementType: "payment", ...detail });
    }

    mount(target) {
      const host = typeof target === "string" ? document.querySelector(target) : target;
      demand(host instanceof HTMLElement,
        `The selector you specified (${target}) applies to no DOM elements that are currently on the page.`);
      demand(!this.isMounted, "This Element is already mounted.");
      this.#host = host;
      // A shadow, so that the fields are no part of a form around them, as those in Stripe's frame.
      this.#root ??= document.createElement("div");
      if (!this.#root.shadowRoot) this.#fill(this.#root.attachShadow({ mode: "open" }));
      host.replaceChildren(this.#root);
      host.classList.add("StripeElement");
      this.tell("loaderstart");
      this.#load();
    }

    #fill(shadow) {
      shadow.adoptedStyleSheets = [SHEET];
      const fields = Object.assign(document.createElement("div"), { className: "fields" });
      for (const [name, words, autocomplete, width] of FIELDS) {
        const label = Object.assign(document.createElement("label"), { className: width });
        const input = Object.assign(document.createElement("input"), { name, autocomplete, inputMode: "numeric" });
        input.addEventListener("input", () => this.#changed());
        label.append(words, input);
        fields.append(label);
        this.inputs[name] = input;
      }
      shadow.append(fields);
    }

    async #load() {
      const fields = { client_secret: this.#secret };
      const intent = await ask(this.#key, "GET", `/v1/payment_intents/${intentOf(this.#secret)}`, fields);
      const error = intent.error ?? (OPEN.includes(intent.status) ? null
        : { type: "invalid_request_error", message: "This PaymentIntent is in a terminal state and cannot be used to initialize Elements." });
      if (error) this.tell("loaderror", { error });
      else this.tell("ready");
    }

    #changed() {
      const complete = this.incomplete() === null;
      const empty = Object.values(this.inputs).every((input) => !input.value);
      this.tell("change", { complete, empty, collapsed: false, value: { type: "card" } });
    }

    value(name) {
      return this.inputs[name].value.replace(/[\s/]/g, "");
    }

    incomplete() {
      for (const [name, words, , , pattern, code] of FIELDS) {
        if (!pattern.test(this.value(name))) {
          return { type: "validation_error", code: `incomplete_${code}`, message: `Your ${words.toLowerCase()} is incomplete.` };
        }
      }
      return null;
    }

    focus() {
      this.inputs.number.focus();
    }

    unmount() {
      this.#host?.classList.remove("StripeElement");
      this.#host?.replaceChildren();
      this.#host = null;
    }

    destroy() {
      this.unmount();
    }
  }

  class Elements {
    #key; #payment = null;

    constructor(key, options) {
      only(options, ["clientSecret", "appearance", "fonts", "locale", "loader"], "elements()");
      intentOf(options.clientSecret);
      this.#key = key;
      this.clientSecret = options.clientSecret;
    }

    get payment() {
      return this.#payment;
    }

    create(type, options = {}) {
      demand(type === "payment", `This double has no Element of the type ${type}.`);
      demand(this.#payment === null, "Can only create one Element of type payment through an Elements instance.");
      only(options, ["layout", "defaultValues", "fields", "terms", "wallets", "paymentMethodOrder", "business", "readOnly"],
        "elements.create()");
      this.#payment = new PaymentElement(this.#key, this.clientSecret);
      return this.#payment;
    }

    getElement(type) {
      return type === "payment" ? this.#payment : null;
    }

    update(options) {
      only(options, ["appearance", "locale"], "elements.update()");
    }

    async submit() {
      demand(this.#payment?.isMounted, "elements should have a mounted Payment Element or Express Checkout Element.");
      const error = this.#payment.incomplete();
      return error ? { error } : { selectedPaymentMethod: "card" };
    }
  }

  // 3-D Secure: what Stripe shows in a frame of the bank.
  function askTheBank() {
    return new Promise((decided) => {
      const host = document.body.appendChild(document.createElement("div"));
      const shadow = host.attachShadow({ mode: "open" });
      shadow.adoptedStyleSheets = [SHEET];
      const bank = Object.assign(document.createElement("div"), { className: "bank", role: "dialog", ariaLabel: "3-D Secure" });
      bank.append(Object.assign(document.createElement("h2"), { textContent: "3-D Secure" }));
      for (const [outcome, words] of [["passed", "Complete authentication"], ["failed", "Fail authentication"]]) {
        const button = Object.assign(document.createElement("button"), { type: "button", textContent: words });
        button.addEventListener("click", () => { host.remove(); decided(outcome); });
        bank.append(button);
      }
      shadow.append(bank);
    });
  }

  class StripeInstance {
    #key; #confirming = false;

    constructor(key) {
      this.#key = key;
    }

    elements(options = {}) {
      return new Elements(this.#key, options);
    }

    async retrievePaymentIntent(clientSecret) {
      const fields = { client_secret: clientSecret };
      return this.#result(await ask(this.#key, "GET", `/v1/payment_intents/${intentOf(clientSecret)}`, fields));
    }

    confirmPayment(options) {
      only(options ?? {}, ["elements", "clientSecret", "confirmParams", "redirect"], "stripe.confirmPayment()");
      const { elements, clientSecret, confirmParams = {}, redirect = "always" } = options ?? {};
      demand(elements instanceof Elements, "stripe.confirmPayment(): expected `elements`, which this double needs.");
      demand(elements.payment?.isMounted,
        "Invalid value for stripe.confirmPayment(): elements should have a mounted Payment Element or Express Checkout Element.");
      demand(clientSecret === undefined || clientSecret === elements.clientSecret,
        "The client secret is another one than that of elements.");
      demand(["always", "if_required"].includes(redirect), "redirect should be one of: always, if_required.");
      only(confirmParams, ["return_url", "payment_method_data", "receipt_email", "shipping", "expand"], "confirmParams");
      demand(redirect === "if_required" || confirmParams.return_url,
        "You must provide a return_url in confirmParams when calling stripe.confirmPayment().");
      if (confirmParams.return_url) {
        demand(/^https?:\/\//.test(confirmParams.return_url), "return_url must be an absolute URL with http or https.");
      }
      demand(!this.#confirming, "stripe.confirmPayment() is running already.");
      this.#confirming = true;
      return this.#confirm(elements, confirmParams, redirect).finally(() => { this.#confirming = false; });
    }

    async #confirm(elements, confirmParams, redirect) {
      const invalid = elements.payment.incomplete();
      if (invalid) return { error: invalid };
      const path = `/v1/payment_intents/${intentOf(elements.clientSecret)}`;
      const payment = elements.payment;
      const fields = {
        client_secret: elements.clientSecret,
        use_stripe_sdk: "true",
        "payment_method_data[type]": "card",
        "payment_method_data[card][number]": payment.value("number"),
        "payment_method_data[card][exp_month]": payment.value("expiry").slice(0, 2),
        "payment_method_data[card][exp_year]": payment.value("expiry").slice(2),
        "payment_method_data[card][cvc]": payment.value("cvc"),
      };
      if (confirmParams.return_url) fields.return_url = confirmParams.return_url;
      let intent = await ask(this.#key, "POST", `${path}/confirm`, fields);
      if (intent.status === "requires_action") {
        const outcome = await askTheBank();
        const told = { client_secret: elements.clientSecret, outcome };
        intent = await ask(this.#key, "POST", `${path}/authenticate`, told);
        if (intent.last_payment_error) intent = { error: { ...intent.last_payment_error, payment_intent: intent } };
      }
      if (intent.error || redirect === "if_required") return this.#result(intent);
      const back = new URL(confirmParams.return_url);
      back.searchParams.set("payment_intent", intent.id);
      back.searchParams.set("payment_intent_client_secret", elements.clientSecret);
      back.searchParams.set("redirect_status", intent.status === "succeeded" ? "succeeded" : "pending");
      window.location.assign(back);
      return new Promise(() => {});
    }

    #result(answer) {
      return answer.error ? { error: answer.error } : { paymentIntent: answer };
    }
  }

  window.Stripe = (key, options = {}) => {
    demand(typeof key === "string" && key !== "", "Please call Stripe() with your publishable key. You used an empty string.");
    demand(/^pk_(test|live)_/.test(key), "You should not use your secret key with Stripe.js. Please pass a publishable key instead.");
    only(options, ["locale", "apiVersion", "betas", "developerTools"], "Stripe()");
    return new StripeInstance(key);
  };
  window.Stripe.version = "stand-in";
})();
