"""Categories of events: made, renamed, switched off, deleted."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, staff_only
from easyticket.queries.categories import count_category, get_category, list_categories
from easyticket.services.categories import create_category, delete_category, update_category
from easyticket.web.admin import blueprint
from easyticket.web.forms.admin import CategoryForm
from easyticket.web.forms.fields import Form
from easyticket.web.forms.refusals import refusals_shown_in, status_of
from easyticket.web.views.admin_events import category_row


@blueprint.get("/categories/")
@staff_only
def categories() -> ResponseReturnValue:
    """List all categories, switched off ones too."""
    rows = [category_row(each) for each in list_categories(clock.now(), include_inactive=True)]
    return render_template("admin/categories.html", rows=rows)


@blueprint.route("/categories/new/", methods=["GET", "POST"])
@staff_only
def new_category() -> ResponseReturnValue:
    """Make a category."""
    form = CategoryForm()
    if form.validate_on_submit():
        with refusals_shown_in(form):
            made = create_category(actor=current_actor(), now=clock.now(), **form.values())
            flash(f"{made.name} can be chosen now." if made.is_active else "Saved.", "success")
            return redirect(url_for("admin.categories"), 303)
    return render_template("admin/category.html", form=form, row=None), status_of(form)


@blueprint.route("/categories/<slug>/", methods=["GET", "POST"])
@staff_only
def category(slug: str) -> ResponseReturnValue:
    """Change a category."""
    found = get_category(slug, include_inactive=True)
    form = CategoryForm(obj=found)
    if form.validate_on_submit():
        with refusals_shown_in(form):
            update_category(actor=current_actor(), category=found, changes=form.values(), now=clock.now())
            flash("Saved.", "success")
            return redirect(url_for("admin.categories"), 303)
    row = category_row(count_category(found, clock.now()))
    return render_template("admin/category.html", form=form, row=row), status_of(form)


@blueprint.post("/categories/<slug>/delete/", endpoint="delete_category")
@staff_only
def delete(slug: str) -> ResponseReturnValue:
    """Delete a category; its events go on without one."""
    if Form().validate_on_submit():
        found = get_category(slug, include_inactive=True)
        delete_category(actor=current_actor(), category=found, now=clock.now())
        flash("Deleted. Its events have no category now.", "success")
    return redirect(url_for("admin.categories"), 303)
