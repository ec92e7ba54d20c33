"""Security headers of every answer: a Content-Security-Policy without 'unsafe-inline', and no caching of private pages."""

from __future__ import annotations

from flask import Flask, Response, current_app, g, request

_POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
}


def allow_in_policy(directive: str, sources: str) -> None:
    """Widen the policy of the running answer only, for example `worker-src` on the gate page."""
    g.setdefault("policy", {})[directive] = sources


def allow_camera() -> None:
    """Let the running page use the camera and the scanner's worker."""
    g.camera = True
    allow_in_policy("worker-src", "'self' blob:")


def init_headers(app: Flask) -> None:
    """Add the headers to every answer."""
    app.after_request(_add_headers)
    app.after_request(_drop_host)


def _drop_host(response: Response) -> Response:
    """Make a redirect to ourselves relative: the router makes it absolute from the Host header, which anybody can set."""
    if response.location and response.location.startswith(request.host_url):
        response.location = response.location.removeprefix(request.host_url.rstrip("/"))
    return response


def _add_headers(response: Response) -> Response:
    policy = {**_POLICY, **g.get("policy", {})}
    response.headers.setdefault(
        "Content-Security-Policy", "; ".join(f"{name} {sources}" for name, sources in policy.items())
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    camera = "(self)" if g.get("camera") else "()"
    response.headers.setdefault("Permissions-Policy", f"camera={camera}, microphone=(), geolocation=()")
    if current_app.config["SETTINGS"].is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    # Everything that is not a versioned file may show something private: nobody keeps a copy.
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
    return response
