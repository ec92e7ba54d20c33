/* Draws ReDoc from the schema whose address stands on #api-redoc, in the palette of the site's style sheet: its variables
   already follow the system's light or dark. ReDoc takes colours once, so a change of the system loads the page again. */
(() => {
  "use strict";
  const place = document.getElementById("api-redoc");
  const styles = getComputedStyle(document.documentElement);
  const colour = (name) => styles.getPropertyValue(`--${name}`).trim();

  const palette = () => ({
    colors: {
      primary: { main: colour("brand-ink") },
      success: { main: colour("brand-ink") },
      warning: { main: colour("gold-ink"), light: colour("gold-soft"), dark: colour("gold-ink"), contrastText: colour("ink") },
      error: { main: colour("clay-ink") },
      text: { primary: colour("ink"), secondary: colour("ink-2") },
      border: { dark: colour("edge"), light: colour("line") },
      gray: { 50: colour("sunk"), 100: colour("line") },
    },
    schema: { nestedBackground: colour("sunk"), requireLabelColor: colour("clay-ink"), linesColor: colour("edge"), typeNameColor: colour("ink-2") },
    sidebar: { backgroundColor: colour("sunk"), textColor: colour("ink"), activeTextColor: colour("brand-ink") },
    rightPanel: { backgroundColor: "#16201b", textColor: "#fbfaf6" },
    codeBlock: { backgroundColor: "#0b100d" },
    fab: { backgroundColor: colour("brand"), color: colour("on-brand") },
    typography: {
      fontFamily: styles.getPropertyValue("--bs-font-sans-serif"),
      fontSize: "16px",
      headings: { fontFamily: styles.getPropertyValue("--bs-font-sans-serif"), fontWeight: "800" },
      code: { color: colour("clay-ink"), backgroundColor: colour("sunk") },
      links: { color: colour("brand-ink"), visited: colour("brand-ink"), hover: colour("ink") },
    },
  });

  Redoc.init(place.dataset.schemaUrl, { theme: palette(), hideDownloadButton: true, nativeScrollbars: true }, place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => location.reload());
})();
