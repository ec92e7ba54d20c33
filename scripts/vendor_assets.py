"""Makes easyticket/static/vendor and easyticket/static/fonts from npm packages named here; run it again after changing a version.

Needs node's ``npm`` and the development requirements (fonttools with brotli). Nothing of this runs when EasyTicket runs.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "easyticket" / "static" / "vendor"
FONTS = ROOT / "easyticket" / "static" / "fonts"

PACKAGES = {
    "htmx.org": "2.0.11",
    "bootstrap": "5.3.8",
    "qr-scanner": "1.4.2",
    "swagger-ui-dist": "5.35.0",
    "redoc": "2.5.4",
    "@fontsource-variable/noto-sans": "5.2.10",
    "@fontsource/noto-sans-mono": "5.3.0",
    "sass": "1.77.8",
}
COPIES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "bootstrap/LICENSE": "bootstrap.LICENSE.txt",
    "qr-scanner/qr-scanner.umd.min.js": "qr-scanner.umd.min.js",
    "qr-scanner/qr-scanner-worker.min.js": "qr-scanner-worker.min.js",
    "qr-scanner/LICENSE": "qr-scanner.LICENSE.txt",
    "swagger-ui-dist/swagger-ui-bundle.js": "swagger-ui-bundle.js",
    "swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt": "swagger-ui-bundle.js.LICENSE.txt",
    "swagger-ui-dist/swagger-ui.css": "swagger-ui.css",
    "swagger-ui-dist/LICENSE": "swagger-ui.LICENSE.txt",
    "swagger-ui-dist/NOTICE": "swagger-ui.NOTICE.txt",
    "redoc/bundles/redoc.standalone.js": "redoc.standalone.js",
    "redoc/bundles/redoc.standalone.js.LICENSE.txt": "redoc.standalone.js.LICENSE.txt",
    "redoc/LICENSE": "redoc.LICENSE.txt",
}
#: What is changed in a copied file; each stands there once. Mostly cut out, because it would ask for what is not here.
CHANGES = {
    # The page has its main landmark already.
    "swagger-ui-bundle.js": {'"main",{id:"operations"': '"div",{id:"operations"'},
    "swagger-ui.css": {"/*# sourceMappingURL=swagger-ui.css.map*/": ""},
    "redoc.standalone.js": {
        "//# sourceMappingURL=redoc.standalone.js.map": "",
        r"\n//# sourceMappingURL=d87bcbdbea8f8f5aa26f.worker.js.map": "",
        # The picture beside "API docs by Redocly", the one thing ReDoc fetches from elsewhere without being told to.
        'n.createElement("img",{alt:"redocly logo",onError:()=>t(!1),src:"https://cdn.redoc.ly/redoc/logo-mini.svg"})': "null",
        # The one colour its theme has no name for, too dark by night.
        "  color: #0e7c86;\n": "  color: inherit;\n",
    },
}

#: What nearly every page needs: ASCII, Western European letters, typographic punctuation, arrows, the euro and the minus.
CORE = [*range(0x20, 0x7F), *range(0xA0, 0x100), 0x152, 0x153, *map(ord, "–—‘’‚“”„•…€−×→←")]
#: Small second file: cedi, naira and the letters of Ga, Ewe and Twi.
GHANA = list(map(ord, "₵₦ɛƐɔƆŋŊɖƉƒƑɣƔʋƲ"))
#: Third file, asked for only where a page uses it: Central European letters, Yoruba, Igbo and Hausa.
WIDER = [*range(0x100, 0x180), *map(ord, "ẸẹỌọṢṣỊịỤụṄṅɓƁɗƊƙƘƴƳǝƎ"), 0x300, 0x301, 0x303, 0x323]
WIDER = [code for code in WIDER if code not in {*CORE, *GHANA}]
#: Weights and widths the style sheet uses; fewer make a smaller file.
AXES = {"wght": (400, 800), "wdth": (75, 100)}
#: Fonts for PDFs must be whole and static: file name -> (weight, width).
STATIC = {"Regular": (400, 100), "Bold": (700, 100), "CondensedBold": (800, 75)}
#: What ticket codes and order numbers are written with.
CODE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"


def run(program: str, *arguments: str | Path) -> None:
    """Runs one program to its end.

    :raises subprocess.CalledProcessError: when it fails; :raises FileNotFoundError: when it is not installed.
    """
    subprocess.run([program, *map(str, arguments)], check=True)  # noqa: S603 - only what this script names


def install_packages(folder: Path) -> Path:
    """Installs PACKAGES into ``folder`` and returns its node_modules. No package may run anything or report home."""
    names = [f"{name}@{version}" for name, version in PACKAGES.items()]
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"]
    run("npm", "install", *options, "--prefix", folder, *names)
    return folder / "node_modules"


def copy_scripts(modules: Path) -> None:
    """Copies the files that are taken as they are but for CHANGES, with their licences."""
    for source, target in COPIES.items():
        shutil.copyfile(modules / source, VENDOR / target)
    for name, changes in CHANGES.items():
        text = (VENDOR / name).read_text(encoding="utf-8")
        for old, new in changes.items():
            if text.count(old) != 1:
                raise ValueError(f"{name} has {text.count(old)} times what is to be changed once: {old}")
            text = text.replace(old, new)
        (VENDOR / name).write_text(text.rstrip() + "\n", encoding="utf-8")


def compile_bootstrap(modules: Path) -> None:
    """Compiles the chosen parts of Bootstrap (vendor_assets.scss) into one compressed style sheet."""
    options = ["--quiet", "--quiet-deps", "--no-source-map", "--no-charset", "--style=compressed"]
    load_path = f"--load-path={modules / 'bootstrap' / 'scss'}"
    source, target = ROOT / "scripts" / "vendor_assets.scss", VENDOR / "bootstrap.css"
    run("node", modules / "sass" / "sass.js", *options, load_path, source, target)


def open_font(path: Path) -> TTFont:
    """Opens a font so that making it twice gives the same bytes."""
    return TTFont(path, recalcTimestamp=False)


def subset(font: TTFont, codes: list[int]) -> TTFont:
    """Leaves only ``codes`` and the layout features the style sheet relies on."""
    options = Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum", "liga"]
    options.hinting = False
    options.name_IDs = [1, 2, 3, 4, 6, 13, 14]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    return font


def make_web_fonts(files: Path) -> None:
    """Writes the variable woff2 files that site.css names, each holding its own range of characters."""
    parts = {
        "core": ("latin", CORE),
        "ghana": ("latin-ext", GHANA),
        "dotted": ("vietnamese", WIDER),
        "wider": ("latin-ext", WIDER),
    }
    for name, (source, codes) in parts.items():
        font = open_font(files / f"noto-sans-{source}-wdth-normal.woff2")
        font = subset(instancer.instantiateVariableFont(font, AXES), codes)
        font.flavor = "woff2"
        font.save(FONTS / f"noto-sans-{name}.woff2")


def make_static_fonts(files: Path, folder: Path) -> None:
    """Writes one TrueType file per style with all our characters, for documents that embed fonts (PDF tickets)."""
    for style, (weight, width) in STATIC.items():
        paths = []
        # Where the package keeps a letter is its own affair: the dotted ones of Yoruba and Igbo are among the Vietnamese.
        for source, codes in (("latin", CORE), ("latin-ext", GHANA + WIDER), ("vietnamese", WIDER)):
            font = open_font(files / f"noto-sans-{source}-wdth-normal.woff2")
            font = subset(instancer.instantiateVariableFont(font, {"wght": weight, "wdth": width}), codes)
            font.flavor = None
            paths.append(folder / f"{style}-{source}.ttf")
            font.save(paths[-1])
        merged = Merger().merge([str(path) for path in paths])
        rename(merged, "Noto Sans Easy", style)
        merged["head"].created = merged["head"].modified = 0
        merged.recalcTimestamp = False
        merged.save(FONTS / f"NotoSansEasy-{style}.ttf")


def make_code_font(files: Path) -> None:
    """Writes the font of printed ticket codes: capitals, digits and the dash, all of one width."""
    font = subset(open_font(files / "noto-sans-mono-latin-700-normal.woff2"), [0x20, *map(ord, CODE)])
    font.flavor = None
    rename(font, "Noto Sans Easy", "Code")
    font.save(FONTS / "NotoSansEasy-Code.ttf")


def rename(font: TTFont, family: str, style: str) -> None:
    """Gives a changed font its own name, so that it never hides an installed original."""
    names = {1: f"{family} {style}", 2: "Regular", 4: f"{family} {style}", 6: f"NotoSansEasy-{style}"}
    for name_id, text in names.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].fsSelection = 0x40
    font["head"].macStyle = 0


def main() -> None:
    """Makes every vendored file again from its package."""
    for folder in (VENDOR, FONTS):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        modules = install_packages(folder)
        copy_scripts(modules)
        compile_bootstrap(modules)
        noto = modules / "@fontsource-variable" / "noto-sans"
        make_web_fonts(noto / "files")
        make_static_fonts(noto / "files", folder)
        make_code_font(modules / "@fontsource" / "noto-sans-mono" / "files")
        shutil.copyfile(noto / "LICENSE", FONTS / "OFL.txt")


if __name__ == "__main__":
    main()
