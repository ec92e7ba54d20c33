"""How a form shows what a service refused: the one place where a surface catches such an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from easyticket.core.errors import Conflict, Invalid
from easyticket.web.forms.fields import Form


@contextmanager
def refusals_shown_in(
    form: Form, *, words: Mapping[str, str] | None = None, **renamed: str
) -> Iterator[None]:
    """Run a service call; if it raises Invalid, put its sentences to the form's fields and go on after the block.

    Return the answer for success inside the block, and render the form again after it. `renamed` maps a field of the
    service to another name in the form; what belongs to no field of the form stands above it. `words` maps a sentence
    of the API contract to a kinder one.
    """
    words = words or {}
    try:
        yield
    except Invalid as refusal:
        unplaced = [] if refusal.fields else [words.get(refusal.message, refusal.message)]
        for name, texts in refusal.fields.items():
            shown = renamed.get(name, name)
            sentences = [words.get(text, text) for text in texts]
            if not form.show_refusal(shown, sentences):
                unplaced += sentences
        form.form_errors.extend(unplaced)


@contextmanager
def all_refusals_shown_in(form: Form) -> Iterator[None]:
    """As `refusals_shown_in`, and what the present state forbids stands in the form too, not on a page of its own."""
    with refusals_shown_in(form):
        try:
            yield
        except Conflict as refusal:
            raise Invalid(refusal.message, code=refusal.code) from None


def status_of(form: Form) -> int:
    """Return the HTTP status of a page that shows `form`: 400 with something wrong in it, else 200."""
    return 400 if form.errors else 200
