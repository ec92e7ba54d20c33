/* Pasting several cells of a spreadsheet into one cell of a price table: they go to the server with the place they were
   pasted at, as if they had been pasted below the table, and come back in its cells. */
(() => {
  "use strict";
  document.addEventListener("paste", (event) => {
    const cell = event.target.closest && event.target.closest("[data-paste]");
    const text = event.clipboardData ? event.clipboardData.getData("text/plain").replace(/[\r\n]+$/, "") : "";
    if (!cell || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    const form = cell.form;
    form.elements.paste.value = text;
    form.elements.paste_at.value = cell.dataset.paste;
    form.requestSubmit(form.querySelector("[data-paste-button]"));
  });
})();
