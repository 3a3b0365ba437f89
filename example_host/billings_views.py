"""Pages about the billings: what is configured, the configuration itself, and the demo's fault switches."""

import json
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from example_host.guards import administrators_only, signed_in_only
from example_host.mounting import bgbilling

billings = Blueprint("billings", __name__)

# What the emulator can be asked to do wrong; the names are its own.
FAULTS: dict[str, dict[str, object]] = {
    "latency": {"delay_ms": 2000},
    "hang": {},
    "reset": {},
    "http-500": {},
    "garbled": {"size": 65536},
    "cut-body": {},
    "wrong-content-type": {},
}
WORKS = "works"


def fault_titles() -> dict[str, str]:
    """The faults in the reader's language."""
    return {
        WORKS: _("Works"),
        "latency": _("Slow: answers after 2 s"),
        "hang": _("Hangs: never answers"),
        "reset": _("Breaks the connection"),
        "http-500": _("Answers HTTP 500"),
        "garbled": _("Answers nonsense"),
        "cut-body": _("Answers half"),
        "wrong-content-type": _("Answers with a wrong content type"),
    }


@billings.get("/billings")
@signed_in_only
def overview() -> str:
    """Configured servers, wrong entries with their reasons, and the switches of emulated ones."""
    settings = bgbilling.settings()
    states = {server.id: fault_of(server.url) for server in settings.servers}
    return render_template("billings.html", settings=settings, states=states, faults=fault_titles())


@billings.post("/billings/<billing_id>/fault")
@signed_in_only
def switch(billing_id: str) -> Response:
    """Switches a fault of an emulated billing on or off."""
    server = bgbilling.settings().server(billing_id)
    chosen = request.form.get("fault", WORKS)
    switched = server is not None and chosen in fault_titles() and _control(server.url, {"clear": True}) is not None
    if switched and server is not None and chosen != WORKS:
        switched = _control(server.url, {"name": chosen, **FAULTS[chosen]}) is not None
    if not switched:
        flash(_("The billing could not be switched: it is not an emulator, or it does not run."), "bad")
    return redirect(url_for("billings.overview"))


@billings.route("/configuration", methods=["GET", "POST"])
@administrators_only
def configuration() -> Response | str:
    """The properties text, with what is wrong with it; saving takes effect within seconds, without a restart."""
    path = Path(current_app.config["BGBILLING_CONFIG"])
    text = request.form.get("text", "").replace("\r\n", "\n") if request.method == "POST" else path.read_text("utf-8")
    problems = bgbilling.check_configuration(text)
    if request.method == "POST" and request.form.get("save"):
        temporary = path.with_suffix(".new")
        temporary.write_text(text, "utf-8")
        temporary.chmod(0o600)
        temporary.replace(path)
        flash(_("The configuration is saved and takes effect within seconds."), "good")
        return redirect(url_for("billings.configuration"))
    return render_template("configuration.html", text=text, problems=problems, explain=bgbilling.explain)


def fault_of(executer: str) -> str | None:
    """The name of the fault that an emulated billing has now; ``None`` when it is no emulator or does not run."""
    active = _control(executer, None)
    if active is None:
        return None
    return active[0] if active else WORKS


def _control(executer: str, order: dict[str, object] | None) -> list[str] | None:
    """Sends an order to an emulator on this machine, or only asks; gives the names of its active faults."""
    parts = urlsplit(executer)
    if parts.hostname not in ("127.0.0.1", "localhost"):
        return None
    body = None if order is None else json.dumps(order).encode()
    request_ = Request(
        f"http://{parts.netloc}/emulator/faults", data=body, headers={"Content-Type": "application/json"}
    )
    try:
        with urlopen(request_, timeout=2) as answer:  # noqa: S310
            return [str(fault["name"]) for fault in json.load(answer)["faults"]]
    except (URLError, OSError, ValueError, KeyError, TypeError):
        return None
