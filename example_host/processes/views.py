"""The card of a process: what it is about, whose it is, which contracts are linked."""

from flask import Blueprint, abort, render_template, url_for

from example_host.customers.port import HostCustomers
from example_host.guards import allowed
from example_host.mounting import bgbilling
from example_host.processes.port import HostProcesses

processes = Blueprint("processes", __name__, url_prefix="/processes")

READ, UPDATE = "crm.processes.read", "crm.processes.update"


@processes.get("/<int(max=2147483647):process_id>")
@allowed(READ)
def show(process_id: int) -> str:
    """One process. Links keep the number that a contract had when it was linked."""
    port, customers = HostProcesses(), HostCustomers()
    process = port.get(process_id)
    if process is None:
        abort(404)
    billings = {server.id: server.title for server in bgbilling.settings().servers}
    contracts = [
        (
            contract.title,
            billings.get(contract.billing_id, contract.billing_id),
            url_for("bgbilling.card.show", billing_id=contract.billing_id, cid=contract.cid),
        )
        for contract in port.contracts(process_id)
    ]
    linked = [customer for number in port.customers(process_id) if (customer := customers.get(number)) is not None]
    return render_template("process.html", process=process, contracts=contracts, customers=linked)
