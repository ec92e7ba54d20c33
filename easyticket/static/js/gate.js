/* The gate with a script: camera, sounds, answers without a new page. Every decision is the server's; what happens here is
   only how a code gets there and how long its answer stays. Without this file the page works as a plain form. */
(() => {
  "use strict";
  const gate = document.querySelector("[data-gate]");
  const form = document.getElementById("entry");
  if (!gate || !form) return;
  const byId = (id) => document.getElementById(id);
  const ADMIT_STAYS = 1000;
  const SAME_CODE_IGNORED = 3000;
  const ANSWER_WITHIN = 8000;
  const TRY_AGAIN_AFTER = 2500;
  const COUNTS_EVERY = 15000;

  /* ------------------------------------------------------------------------------------------ sounds */
  const SIGNALS = {
    admit: { tones: [[880, 0, 0.12], [1320, 0.12, 0.2]], shape: "sine", shake: [90] },
    already: { tones: [[520, 0, 0.16], [520, 0.24, 0.16]], shape: "triangle", shake: [140, 90, 140] },
    stop: { tones: [[165, 0, 0.55]], shape: "square", shake: [550] },
    lost: { tones: [[300, 0, 0.12], [240, 0.16, 0.12], [190, 0.32, 0.2]], shape: "triangle", shake: [60, 60, 60, 60, 60] },
  };
  const soundButton = byId("sound");
  let audio = null;
  let isLoud = read("gate-sound") !== "off";
  const openAudio = () => {
    const Audio = window.AudioContext || window.webkitAudioContext;
    if (!audio && Audio) audio = new Audio();
    if (audio && audio.state === "suspended") audio.resume();
  };
  const signal = (kind) => {
    const { tones, shape, shake } = SIGNALS[kind];
    /* Browsers refuse to shake or sound before the first touch, and complain when asked. */
    const wasTouched = !navigator.userActivation || navigator.userActivation.hasBeenActive;
    if (navigator.vibrate && wasTouched) navigator.vibrate(shake);
    if (!isLoud || !audio || audio.state !== "running") return;
    for (const [pitch, after, length] of tones) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      const starts = audio.currentTime + after;
      tone.type = shape;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, starts);
      volume.gain.exponentialRampToValueAtTime(0.4, starts + 0.015);
      volume.gain.exponentialRampToValueAtTime(0.0001, starts + length);
      tone.connect(volume).connect(audio.destination);
      tone.start(starts);
      tone.stop(starts + length + 0.02);
    }
  };
  const showSound = () => {
    soundButton.setAttribute("aria-pressed", String(isLoud));
    soundButton.textContent = isLoud ? "Sound on" : "Sound off";
  };

  /* Storage may be switched off: the gate works without remembering. */
  function read(name) {
    try { return sessionStorage.getItem(name); } catch { return null; }
  }
  function keep(name, value) {
    try { sessionStorage.setItem(name, value); } catch { /* works on without */ }
  }

  /* --------------------------------------------------------------------------------- what is on screen
     ADMIT without a notice goes by itself; everything else stays until somebody has seen it and says so. */
  const answer = byId("answer");
  let leaves = 0;
  let isHolding = false;
  let lost = null;

  const showReady = () => {
    clearTimeout(leaves);
    isHolding = false;
    lost = null;
    answer.replaceChildren(byId("ready").content.cloneNode(true));
    if (matchMedia("(pointer: fine)").matches) form.code.focus();
  };

  const addButton = (text, action) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.textContent = text;
    button.addEventListener("click", (event) => { event.stopPropagation(); action(); });
    answer.firstElementChild.append(button);
  };

  const settle = (kind) => {
    clearTimeout(leaves);
    signal(kind);
    isHolding = kind !== "admit" || answer.querySelector(".result-notice") !== null;
    if (isHolding) addButton("Next", showReady);
    else leaves = setTimeout(showReady, ADMIT_STAYS);
  };

  const showAnswer = (parts) => {
    const scans = parts.getElementById("scans");
    scans.open = byId("scans").open;
    byId("scans").replaceWith(scans);
    byId("counts").replaceWith(parts.getElementById("counts"));
    answer.replaceChildren(...parts.getElementById("answer").children);
    settle(answer.firstElementChild.dataset.result);
  };

  const showLost = (scan, word, text, ...buttons) => {
    clearTimeout(leaves);
    if (lost === scan) return;
    lost = scan;
    isHolding = true;
    answer.replaceChildren(byId("lost").content.cloneNode(true));
    answer.querySelector(".result-word").textContent = word;
    answer.querySelector(".result-line").textContent = text;
    for (const [name, action] of [...buttons, ["Leave it", showReady]]) addButton(name, action);
    signal("lost");
  };

  const connection = byId("connection");
  const showConnection = (isThere) => {
    connection.textContent = isThere ? "Online" : "No connection";
    connection.classList.toggle("is-lost", !isThere);
  };

  /* ------------------------------------------------------------------------------------ asking the server
     A code that got no answer keeps its key, so that asking again never counts the same person twice. */
  let unanswered = {};
  try { unanswered = JSON.parse(read("gate-unanswered") || "{}"); } catch { unanswered = {}; }
  let asking = null;

  /* randomUUID exists on https and localhost only. */
  const newKey = () => {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [8, 13, 18, 23].reduce((text, at) => `${text.slice(0, at)}-${text.slice(at)}`, hex);
  };
  const remember = (code, key) => {
    if (key) unanswered[code] = key;
    else delete unanswered[code];
    keep("gate-unanswered", JSON.stringify(unanswered));
  };

  /* null where no answer came. */
  const ask = async (address, options = {}) => {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), ANSWER_WITHIN);
    try {
      const reply = await fetch(address, { ...options, headers: { "HX-Request": "true" }, signal: patience.signal });
      const text = await reply.text();
      if (reply.status >= 500) return null;
      return { status: reply.status, signIn: reply.headers.get("HX-Redirect"), parts: new DOMParser().parseFromString(text, "text/html") };
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
    }
  };

  const check = (code) => {
    if (asking && asking.code === code) return;
    const key = unanswered[code] || newKey();
    remember(code, key);
    send({ code, key });
  };

  const send = async (scan) => {
    asking = scan;
    clearTimeout(leaves);
    const body = new FormData(form);
    body.set("code", scan.code);
    body.set("scan_key", scan.key);
    const reply = await ask(form.action, { method: "POST", body });
    /* Somebody went on to the next code meanwhile: the newer one owns the screen. */
    if (asking !== scan) return;
    asking = null;
    showConnection(reply !== null);
    if (reply === null) {
      showLost(scan, "NOT CHECKED", "No connection. Keep this person waiting: the code is asked again by itself.", ["Try now", () => send(scan)]);
      setTimeout(() => { if (lost === scan && !asking) send(scan); }, TRY_AGAIN_AFTER);
    } else if (reply.signIn) {
      showLost(scan, "SIGNED OUT", "Sign in to go on scanning.", ["Sign in", () => location.assign(reply.signIn)]);
    } else if (!reply.parts.getElementById("answer")) {
      showLost(scan, "NOT CHECKED", "This page was open too long. Reload it and scan again.", ["Reload", () => location.reload()]);
    } else {
      remember(scan.code, null);
      lost = null;
      showAnswer(reply.parts);
    }
  };

  const refreshCounts = async () => {
    const reply = await ask(gate.dataset.countsUrl);
    showConnection(reply !== null);
    const fresh = reply && reply.parts.getElementById("counts");
    if (fresh) byId("counts").replaceWith(fresh);
  };

  /* ------------------------------------------------------------------------------- typing and scanners
     Scanners that act as keyboards type the code and press Enter, wherever the focus is. */
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    openAudio();
    const code = form.code.value.trim();
    form.code.value = "";
    if (code) check(code);
    else if (isHolding) showReady();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isHolding) showReady();
    const isLetter = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isLetter && event.target !== form.code) form.code.focus();
  });
  answer.addEventListener("click", () => { if (isHolding && !lost) showReady(); });

  /* ------------------------------------------------------------------------------------------- camera */
  const camera = byId("camera");
  const startButton = byId("camera-start");
  const fault = byId("camera-fault");
  const torch = byId("torch");
  const seen = { code: "", at: 0 };
  let scanner = null;

  const see = ({ data }) => {
    const code = data.trim();
    const isSame = code === seen.code && Date.now() - seen.at < SAME_CODE_IGNORED;
    if (!code || (!isSame && (asking || isHolding))) return;
    /* A ticket that stays before the camera stays seen. */
    seen.code = code;
    seen.at = Date.now();
    if (!isSame) check(code);
  };

  const startCamera = async () => {
    fault.hidden = true;
    camera.hidden = false;
    startButton.hidden = true;
    try {
      scanner = scanner || new QrScanner(camera.querySelector("video"), see, {
        returnDetailedScanResult: true, preferredCamera: "environment", maxScansPerSecond: 12, onDecodeError: () => {},
      });
      await scanner.start();
      torch.hidden = !(await scanner.hasFlash());
      stayAwake();
    } catch {
      stopCamera();
      fault.textContent = "The camera cannot be used here. Allow it for this page, or type the code.";
      fault.hidden = false;
    }
  };
  const stopCamera = () => {
    if (scanner) scanner.stop();
    camera.hidden = true;
    startButton.hidden = false;
  };
  const showTorch = async () => {
    await scanner.toggleFlash();
    torch.setAttribute("aria-pressed", String(scanner.isFlashOn()));
  };

  /* A phone that falls asleep keeps a queue waiting. */
  let lock = null;
  const stayAwake = async () => {
    if (!navigator.wakeLock || document.visibilityState !== "visible" || (lock && !lock.released)) return;
    try { lock = await navigator.wakeLock.request("screen"); } catch { lock = null; }
  };

  startButton.addEventListener("click", () => { openAudio(); startCamera(); });
  byId("camera-stop").addEventListener("click", stopCamera);
  torch.addEventListener("click", showTorch);
  soundButton.addEventListener("click", () => {
    isLoud = !isLoud;
    keep("gate-sound", isLoud ? "on" : "off");
    openAudio();
    showSound();
    if (isLoud) signal("admit");
  });
  document.addEventListener("visibilitychange", stayAwake);
  document.addEventListener("pointerdown", openAudio, { once: true });
  window.addEventListener("online", () => { refreshCounts(); if (lost && !asking) send(lost); });
  window.addEventListener("offline", () => showConnection(false));
  setInterval(refreshCounts, COUNTS_EVERY);

  byId("tools").hidden = false;
  showSound();
  showConnection(navigator.onLine);
  stayAwake();
  if (matchMedia("(pointer: fine)").matches) form.code.focus();
  /* Once the camera was allowed, the gate opens with it. */
  if (navigator.permissions) {
    navigator.permissions.query({ name: "camera" }).then((state) => { if (state.state === "granted") startCamera(); }, () => {});
  }
})();
