"""Orders of everybody, found by what somebody who asks for help can say."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, staff_only
from easyticket.queries.all_orders import list_all_orders
from easyticket.web.admin import blueprint
from easyticket.web.forms.admin_lists import read_list_search
from easyticket.web.views.admin_orders import order_row

PER_PAGE = 25


@blueprint.get("/orders/")
@staff_only
def orders() -> ResponseReturnValue:
    """Find orders; each is looked at, resent and refunded at its event's desk."""
    search, now = read_list_search(request.args), clock.now()
    page = list_all_orders(current_actor(), search.words, page=search.page, per_page=PER_PAGE)
    rows = [order_row(order, now) for order in page.items]
    return render_template("admin/orders.html", page=page, rows=rows, search=search)
