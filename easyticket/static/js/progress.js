/* What takes a while tells how far it is: lists that are downloaded, and rehearsals. The same address is asked for lines of
   JSON (http/watched.py); without this script the browser waits for the same answer. Pressed is what has data-watched, which
   says what the bar is called. */
(() => {
  "use strict";
  const LINES = "application/x-ndjson";
  const PATIENCE = 400; /* milliseconds: what is done sooner needs no bar */
  const BROKEN = "It broke off before it was done. Try it once more.";
  const announce = (text) => {
    document.getElementById("announcer").textContent = text;
  };

  const showBar = (control) => {
    const box = document.createElement("div");
    const bar = document.createElement("progress");
    const text = document.createElement("p");
    box.className = "watched mt-2";
    box.hidden = true;
    bar.setAttribute("aria-label", control.dataset.watched);
    text.className = "small muted num mb-0";
    box.append(bar, text);
    control.closest(".button-row").after(box);
    const timer = setTimeout(() => { box.hidden = false; announce(text.textContent); }, PATIENCE);
    return {
      move(line) {
        if (line.total) { bar.max = line.total; bar.value = line.done; }
        text.textContent = line.text;
      },
      end() { clearTimeout(timer); box.remove(); },
      fail() { clearTimeout(timer); bar.remove(); box.hidden = false; text.textContent = BROKEN; announce(BROKEN); },
    };
  };

  const eachLine = async (response, take) => {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines) take(JSON.parse(line));
    }
  };

  const bytesOf = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const keep = (pieces, line) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(pieces, { type: line.type }));
    link.download = line.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    announce(`${line.name} is downloaded.`);
  };
  const goTo = (url) => {
    const isHere = new URL(url, location.href).pathname === location.pathname;
    if (!isHere) return location.assign(url);
    history.replaceState(null, "", url);
    location.reload();
  };

  /* `plainly` does it as without this script: who is signed out, or has asked too often, sees the page that says so. */
  const watch = async (control, url, options, plainly) => {
    control.dataset.running = "";
    document.querySelector(".watched")?.remove();
    const bar = showBar(control);
    const pieces = [];
    let last = null;
    try {
      const response = await fetch(url, { ...options, headers: { Accept: LINES } });
      if (!response.ok || !response.headers.get("Content-Type").startsWith(LINES)) {
        bar.end();
        return plainly();
      }
      await eachLine(response, (line) => {
        if (line.piece) pieces.push(bytesOf(line.piece));
        else if (line.text) bar.move(line);
        else last = line;
      });
      if (!last) throw new Error("the last line is missing");
      bar.end();
      if (last.url) goTo(last.url);
      else keep(pieces, last);
    } catch {
      bar.fail();
    } finally {
      delete control.dataset.running;
    }
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-watched]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (link.dataset.running === undefined) watch(link, link.href, {}, () => location.assign(link.href));
  });
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || !button.matches("[data-watched]")) return;
    const form = event.target;
    event.preventDefault();
    if (button.dataset.running !== undefined) return;
    const options = { method: "POST", body: new FormData(form, button) };
    watch(button, form.action, options, () => form.submit()).finally(() => {
      button.disabled = false;
      button.removeAttribute("aria-busy");
    });
  });
})();
