/* The payment page's form: Stripe's fields in our look, one press at a time, and what went wrong said in place.
   Nothing here decides that an order is paid: the page it leads to asks the provider afresh. */
(() => {
  "use strict";
  const form = document.querySelector("[data-card]");
  const { key, secret, returnUrl, busyText, waitText, againText, unsureText, blockedText, overText } = form.dataset;
  const part = (name) => form.querySelector(`[data-card-${name}]`);
  const [fields, loading, problem, button, wait] = ["fields", "loading", "problem", "button", "wait"].map(part);
  const payText = button.textContent;
  /* Nothing can be paid any more in these states of a payment intent, or nothing needs to be. */
  const DECIDED = ["succeeded", "processing", "canceled", "requires_capture"];
  let stripe = null;
  let elements = null;
  let isBusy = false;
  let isOver = false;

  const leave = () => window.location.assign(returnUrl);
  const isDecided = (intent) => Boolean(intent) && DECIDED.includes(intent.status);

  const tell = (text, more) => {
    problem.hidden = !text;
    part("problem-text").textContent = text;
    for (const name of ["result", "reload"]) part(name).hidden = name !== more;
    if (text) problem.focus();
  };
  const setBusy = (busy) => {
    isBusy = busy;
    button.disabled = busy;
    button.textContent = busy ? busyText : payText;
    if (busy) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
    wait.textContent = busy ? waitText : "";
  };
  /* There is nothing to fill in any more, or not yet: only what to do next is left. */
  const closeWith = (text, more) => {
    fields.hidden = button.hidden = true;
    tell(text, more);
  };
  const end = () => {
    isOver = true;
    closeWith(overText, "result");
  };
  const giveUp = () => closeWith(blockedText, "reload");

  /* The site's own colours, light or dark, as the style sheet has them at this moment. */
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const appearance = () => {
    const style = window.getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue(`--${name}`).trim();
    return {
      theme: dark.matches ? "night" : "stripe",
      variables: {
        colorPrimary: color("brand-ink"), colorBackground: color("field"), colorText: color("ink"),
        colorTextSecondary: color("ink-2"), colorTextPlaceholder: color("ink-2"), colorDanger: color("clay-ink"),
        fontFamily: '"Noto Sans", system-ui, sans-serif', fontSizeBase: "16px", borderRadius: color("radius-s"),
        gridRowSpacing: "18px",
      },
      rules: {
        ".Label": { fontSize: "16px", fontWeight: "600" },
        ".Input": { border: `1.5px solid ${color("edge")}`, boxShadow: "none", padding: "12px" },
        ".Input:focus": { borderColor: color("ink"), outline: `3px solid ${color("gold-deep")}`, outlineOffset: "1px", boxShadow: "none" },
        ".Input--invalid": { border: `2px solid ${color("clay-ink")}`, boxShadow: "none" },
        ".Error": { fontSize: "15px", fontWeight: "600" },
      },
    };
  };

  const show = () => {
    elements = stripe.elements({ clientSecret: secret, appearance: appearance(), locale: "en" });
    const payment = elements.create("payment", { layout: "tabs" });
    /* From here on Stripe shows by itself that its fields are on their way. */
    payment.on("loaderstart", () => { loading.hidden = true; });
    payment.on("ready", () => {
      loading.hidden = true;
      fields.classList.remove("is-loading");
      if (!isBusy) button.disabled = isOver;
    });
    payment.on("loaderror", giveUp);
    payment.mount(fields.appendChild(document.createElement("div")));
    dark.addEventListener("change", () => elements.update({ appearance: appearance() }));
  };
  const begin = async () => {
    loading.hidden = false;
    fields.classList.add("is-loading");
    if (!window.Stripe) throw new Error("Stripe.js is not there");
    stripe = window.Stripe(key);
    const { paymentIntent } = await stripe.retrievePaymentIntent(secret);
    if (isDecided(paymentIntent)) leave();
    else show();
  };

  const explain = (error) => {
    const intent = error.payment_intent;
    const isDeclined = error.type === "card_error" || (Boolean(intent) && intent.status === "requires_payment_method");
    if (isDecided(intent)) leave();
    else if (isOver) end();
    else if (error.type === "validation_error") tell(error.message);
    else if (isDeclined) tell(`${error.message} ${againText}`);
    else tell(unsureText, "result");
  };
  const pay = async () => {
    setBusy(true);
    tell("");
    let answer;
    try {
      answer = await stripe.confirmPayment({ elements, confirmParams: { return_url: returnUrl }, redirect: "if_required" });
    } catch {
      answer = { error: {} };
    }
    if (!answer.error) { leave(); return; }
    setBusy(false);
    explain(answer.error);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!isBusy && !isOver && elements) pay();
  });
  /* A payment that is under way when the time is over is waited for. */
  document.addEventListener("hold-over", () => { if (isBusy) isOver = true; else end(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
  begin().catch(giveUp);
})();
