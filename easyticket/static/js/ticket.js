/* Keeps the screen on while a ticket is shown, where the browser can: a phone that goes dark in the queue holds everybody up. */
(() => {
  "use strict";
  if (!("wakeLock" in navigator)) return;
  const hint = document.querySelector("[data-awake]");
  const stayAwake = async () => {
    if (document.visibilityState !== "visible") return;
    try {
      const lock = await navigator.wakeLock.request("screen");
      hint.hidden = false;
      lock.addEventListener("release", () => { hint.hidden = true; });
    } catch (refusal) {
      /* The phone saves power: then it does what it always does, and the hint does not promise otherwise. */
      hint.hidden = true;
    }
  };
  document.addEventListener("visibilitychange", stayAwake);
  stayAwake();
})();
