/* The cut of a picture: the whole picture lies behind a window and is dragged there; the sliders, which alone are sent, say
   the same. The numbers mean what rules/covers.py says. */
(() => {
  "use strict";
  const form = document.querySelector("[data-cover-form]");
  if (!form) return;
  const [WIDE, HIGH] = [16, 9];
  const frame = form.querySelector("[data-cut]");
  const picture = frame.querySelector("img");
  const hint = form.querySelector("[data-cut-hint]");
  const sliders = { across: form.elements.across, down: form.elements.down, zoom: form.elements.zoom };
  /* Not rounded while it is dragged, so that slow hands move it too. */
  const cut = { across: 50, down: 50, zoom: 100 };
  let drag = null;

  const boxOf = () => {
    const [width, height] = [picture.naturalWidth, picture.naturalHeight];
    const isWider = width * HIGH > height * WIDE;
    const zoom = cut.zoom / 100;
    const box = { width: (isWider ? (height * WIDE) / HIGH : width) / zoom, height: (isWider ? height : (width * HIGH) / WIDE) / zoom };
    box.freeX = width - box.width;
    box.freeY = height - box.height;
    box.scale = frame.clientWidth / box.width;
    return box;
  };
  const show = () => {
    const box = boxOf();
    picture.style.width = `${picture.naturalWidth * box.scale}px`;
    picture.style.height = `${picture.naturalHeight * box.scale}px`;
    picture.style.left = `${(-box.freeX * box.scale * cut.across) / 100}px`;
    picture.style.top = `${(-box.freeY * box.scale * cut.down) / 100}px`;
  };
  const readSliders = () => {
    for (const name of Object.keys(sliders)) cut[name] = Number(sliders[name].value);
  };
  const writeSliders = () => {
    for (const name of Object.keys(sliders)) sliders[name].value = String(Math.round(cut[name]));
  };
  const within = (value) => Math.min(100, Math.max(0, value));
  const goLive = () => {
    frame.classList.add("is-live");
    hint.hidden = false;
    show();
  };
  const load = (source) => {
    const probe = new Image();
    probe.addEventListener("load", () => {
      picture.src = source;
      picture.decode().then(goLive, goLive);
    });
    probe.src = source;
  };

  form.elements.picture.addEventListener("change", (event) => {
    const [file] = event.target.files;
    if (!file || !file.type.startsWith("image/")) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      Object.assign(cut, { across: 50, down: 50, zoom: 100 });
      writeSliders();
      load(reader.result);
    });
    reader.readAsDataURL(file);
  });
  for (const slider of Object.values(sliders)) {
    slider.addEventListener("input", () => {
      readSliders();
      if (frame.classList.contains("is-live")) show();
    });
  }
  frame.addEventListener("pointerdown", (event) => {
    if (!frame.classList.contains("is-live") || event.button > 0) return;
    event.preventDefault();
    frame.setPointerCapture(event.pointerId);
    drag = { x: event.clientX, y: event.clientY };
  });
  frame.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const box = boxOf();
    const moved = (from, to, free) => (free * box.scale >= 1 ? ((from - to) / (free * box.scale)) * 100 : 0);
    cut.across = within(cut.across + moved(drag.x, event.clientX, box.freeX));
    cut.down = within(cut.down + moved(drag.y, event.clientY, box.freeY));
    drag = { x: event.clientX, y: event.clientY };
    writeSliders();
    show();
  });
  for (const name of ["pointerup", "pointercancel"]) frame.addEventListener(name, () => { drag = null; });
  window.addEventListener("resize", () => { if (frame.classList.contains("is-live")) show(); });

  readSliders();
  if (frame.dataset.source) load(frame.dataset.source);
})();
