/* The desk's first screens keep themselves up to date: told by the server as long as it has a seat, else by asking every
   now and then; not while nobody looks. */
(() => {
  "use strict";
  const figures = () => document.getElementById("figures");
  if (!figures() || !window.htmx) return;
  const PAUSE = 20000;
  let source = null;
  let timer = 0;
  let open = [];
  let sentence = "";

  /* Nobody is thrown off a link they are about to follow; what has a name gets the focus back. */
  const isBusy = () => figures().contains(document.activeElement) && !document.activeElement.id;
  const refresh = () => {
    if (!isBusy()) window.htmx.trigger(figures(), "refresh");
  };
  const ask = (pause) => {
    clearInterval(timer);
    timer = pause ? setInterval(refresh, pause) : 0;
  };
  const rest = () => {
    if (source) source.close();
    source = null;
    ask(0);
  };
  const listen = () => {
    rest();
    if (!window.EventSource) return ask(PAUSE);
    source = new EventSource(figures().dataset.live);
    source.addEventListener("open", () => ask(0));
    source.addEventListener("pulse", (event) => {
      if (event.data !== figures().dataset.pulse) refresh();
    });
    source.addEventListener("error", () => {
      if (source && source.readyState === EventSource.CLOSED) ask(PAUSE);
    });
  };

  const saidIn = () => {
    const line = figures().querySelector("[data-sentence]");
    return line ? line.textContent : "";
  };
  document.addEventListener("htmx:beforeSwap", () => {
    open = Array.from(figures().querySelectorAll("details[open][id]"), (details) => details.id);
    sentence = saidIn();
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const id of open) {
      const details = document.getElementById(id);
      if (details) details.open = true;
    }
    if (saidIn() !== sentence) document.getElementById("announcer").textContent = saidIn();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return rest();
    refresh();
    listen();
  });
  window.addEventListener("pagehide", rest);
  listen();
})();
