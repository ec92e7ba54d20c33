/* Small improvements over pages that work without any script: CSRF for htmx, quantity steppers with a live total,
   the hold's timer, submit buttons that do not fire twice, menus that close, a jump to the error summary. */
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const all = (scope, selector) => Array.from((scope || document).querySelectorAll(selector));
  const announce = (text) => {
    const region = document.getElementById("announcer");
    if (region) region.textContent = text;
  };

  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector('meta[name="csrf-token"]');
    if (token) event.detail.headers["X-CSRFToken"] = token.content;
  });

  /* Amounts are integer minor units; the server's text for zero ("GH₵ 0.00") shows how the currency is written. */
  const writeMoney = (minor, zero) => {
    const [shape, , separator, decimals = ""] = zero.match(/(0)(?:([.,])(0+))?/) || ["0", "0"];
    const digits = String(minor).padStart(decimals.length + 1, "0");
    const whole = decimals ? digits.slice(0, -decimals.length) : digits;
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, separator === "," ? "." : ",");
    const number = decimals ? grouped + separator + digits.slice(-decimals.length) : grouped;
    return zero.replace(shape, () => number);
  };
  const quantityOf = (input) => Math.max(0, Number.parseInt(input.value, 10) || 0);

  const showTotal = (form) => {
    const inputs = all(form, "[data-unit-minor]");
    const count = inputs.reduce((sum, input) => sum + quantityOf(input), 0);
    const priced = inputs.reduce((sum, input) => sum + quantityOf(input) * Number(input.dataset.unitMinor), 0);
    /* The fee is counted once on the whole order and rounded half up, as the order itself counts it. */
    const step = Number(form.dataset.feeStep || 1);
    const minor = priced + step * Math.floor((priced * Number(form.dataset.feeBasisPoints || 0) + 5000 * step) / (10000 * step));
    const total = form.querySelector("[data-total]");
    if (total) {
      total.classList.toggle("is-empty", count === 0);
      const amount = minor === 0 && form.dataset.moneyFree ? form.dataset.moneyFree : writeMoney(minor, form.dataset.moneyZero);
      total.textContent = count ? amount : total.dataset.empty || "";
    }
    const counter = form.querySelector("[data-count]");
    if (counter) counter.textContent = count === 1 ? counter.dataset.one : counter.dataset.many.replace("{n}", count);
    const button = form.querySelector("[data-needs-tickets]");
    if (button) button.toggleAttribute("disabled", count === 0);
  };

  const limitsOf = (input) => [Number(input.min || 0), input.max === "" ? Infinity : Number(input.max)];
  const showStepper = (stepper) => {
    const input = stepper.querySelector("input");
    const [least, most] = limitsOf(input);
    for (const button of all(stepper, "[data-step]")) {
      button.hidden = false;
      button.disabled = Number(button.dataset.step) < 0 ? quantityOf(input) <= least : quantityOf(input) >= most;
    }
  };
  const takeStep = (button) => {
    const stepper = button.closest("[data-stepper]");
    const input = stepper.querySelector("input");
    const [least, most] = limitsOf(input);
    const wanted = quantityOf(input) + Number(button.dataset.step);
    /* From nothing straight to the smallest order, and from the smallest order straight to nothing. */
    const smallest = Number(input.dataset.smallest || 1);
    const jumped = wanted > 0 && wanted < smallest ? (Number(button.dataset.step) > 0 ? smallest : 0) : wanted;
    input.value = Math.min(most, Math.max(least, jumped));
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
    announce(`${input.getAttribute("aria-label") || "Quantity"}: ${input.value}`);
  };

  const clockText = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  /* Paying for tickets that are not held leads nowhere: from now on the same press holds them again. */
  const offerHoldAgain = (hold) => {
    for (const button of all(document, "[data-over-action]")) {
      button.setAttribute("formaction", button.dataset.overAction);
      button.textContent = hold.dataset.overButton;
    }
  };
  const startHold = (hold) => {
    if (hold.dataset.started) return;
    hold.dataset.started = "yes";
    /* The server counts whole seconds only: one more, so that the hold is never over here before it is over there. */
    const endsAt = Date.now() + (Number(hold.dataset.secondsLeft) + 1) * 1000;
    const clock = hold.querySelector("[data-clock]");
    const told = new Set();
    let timer = 0;
    const tick = () => {
      const left = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
      const isShort = left <= 300;
      hold.classList.toggle("is-short", isShort && left > 0);
      hold.classList.toggle("is-over", left === 0);
      clock.hidden = !isShort || left === 0;
      clock.textContent = clockText(left);
      const minute = [1, 2, 5].find((minutes) => left > 0 && left <= minutes * 60);
      if (minute && !told.has(minute)) {
        told.add(minute);
        announce(minute === 1 ? hold.dataset.minuteText : hold.dataset.minutesText.replace("{n}", minute));
      }
      if (left === 0) {
        hold.querySelector("[data-hold-text]").textContent = hold.dataset.overText;
        announce(hold.dataset.overText);
        offerHoldAgain(hold);
        hold.dispatchEvent(new CustomEvent("hold-over", { bubbles: true }));
        clearInterval(timer);
      }
    };
    timer = setInterval(tick, 1000);
    tick();
  };

  const setBusy = (form, busy) => {
    for (const button of all(form, "button[type=submit], button:not([type])")) {
      if (!busy && !button.hasAttribute("aria-busy")) continue;
      button.toggleAttribute("aria-busy", busy);
      if (busy) button.setAttribute("aria-busy", "true");
      button.disabled = busy;
    }
  };

  const wake = (scope) => {
    for (const stepper of all(scope, "[data-stepper]")) showStepper(stepper);
    for (const form of all(scope, "[data-ticket-form]")) showTotal(form);
    for (const hold of all(scope, "[data-hold]")) startHold(hold);
    for (const button of all(scope, "[data-reveal]")) button.hidden = false;
    for (const select of all(scope, "[data-auto-submit]")) select.closest("form").classList.add("submits-itself");
    /* Tabs that do not fit beside each other: the page's own one is in sight. */
    for (const tab of all(scope, ".tabs [aria-current]")) tab.closest(".tabs").scrollLeft = tab.offsetLeft - 60;
    for (const button of all(scope, ".submits-itself [data-without-script]")) button.hidden = true;
  };

  document.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    if (step) takeStep(step);
    const reveal = event.target.closest("[data-reveal]");
    if (reveal) {
      const input = document.getElementById(reveal.dataset.reveal);
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      reveal.textContent = shown ? reveal.dataset.hideText : reveal.dataset.showText;
      reveal.setAttribute("aria-pressed", String(shown));
    }
    if (event.target.closest("[data-print]")) window.print();
    for (const menu of all(document, "details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  document.addEventListener("input", (event) => {
    const stepper = event.target.closest("[data-stepper]");
    if (stepper) showStepper(stepper);
    const form = event.target.closest("[data-ticket-form]");
    if (form) showTotal(form);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-auto-submit]")) event.target.form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.matches("[data-downloads]")) return;
    /* After the browser has read the form, so that the pressed button's value is still sent. */
    setTimeout(() => setBusy(event.target, true), 0);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest && event.target.closest("form");
    if (form) setBusy(form, false);
  });
  document.addEventListener("htmx:load", (event) => wake(event.target));

  /* A button in a list makes the list anew around it: its row stays where it was under the thumb, and the focus goes to
     what the row offers now; where the row is gone, to the one that took its place. */
  let place = null;
  const topOf = (element) => element.getBoundingClientRect().top;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const asked = event.detail.requestConfig && event.detail.requestConfig.elt;
    const row = asked && asked.closest("[data-row]");
    place = row && { ids: [row, row.nextElementSibling, row.previousElementSibling].map((each) => each && each.id), top: topOf(row) };
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const asked = event.detail.requestConfig && event.detail.requestConfig.elt;
    /* What was done before says nothing about what is looked for now. */
    if (asked && asked.matches("[role=search]")) for (const said of all(document, ".flashes")) said.remove();
    const row = place && place.ids.map((id) => id && document.getElementById(id)).find(Boolean);
    if (row) {
      window.scrollBy({ top: topOf(row) - place.top, behavior: "instant" });
      const button = row.querySelector("button");
      if (button) button.focus({ preventScroll: true });
    }
    place = null;
  });
  /* Pages that come back from the browser's back-forward cache, or a field value the browser kept. */
  window.addEventListener("pageshow", () => {
    for (const form of all(document, "form")) setBusy(form, false);
    wake(document);
  });
  wake(document);
  const problem = document.querySelector("[data-focus]");
  if (problem) problem.focus();
})();
