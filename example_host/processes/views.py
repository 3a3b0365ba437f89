"""The card of a process: what it is about, whose it is, which contracts are linked."""

from flask import Blueprint, abort, render_template

from example_host.customers.port import HostCustomers
from example_host.guards import allowed
from example_host.mounting import bgbilling
from example_host.ports import signed_in
from example_host.processes.port import GROUPS, HostProcesses
from example_host.processes.values import shown

processes = Blueprint("processes", __name__, url_prefix="/processes")

READ, UPDATE = "crm.processes.read", "crm.processes.update"


@processes.get("/<int(max=2147483647):process_id>")
@allowed(READ)
def show(process_id: int) -> str:
    """One process. The contracts are a piece of the extension's."""
    port, customers, user = HostProcesses(), HostCustomers(), signed_in()
    process = port.get(process_id)
    if process is None or user is None or not port.visible(str(user.id), process_id):
        abort(404)
    values = [
        (parameter.title, text)
        for parameter in port.parameters().values()
        if (text := shown(parameter, port.value(process_id, parameter.id)))
    ]
    linked = [customer for number in port.customers(process_id) if (customer := customers.get(number)) is not None]
    return render_template(
        "process.html",
        process=process,
        description=port.description(process_id),
        groups=[GROUPS[number] for number in port.groups(process_id) if number in GROUPS],
        values=values,
        contracts=bgbilling.process_contracts(process_id),
        customers=linked,
    )
