"""Super contracts and sub-contracts (contract.md 14)."""

from collections.abc import Iterable, Mapping

from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.dto.common import IdTitle
from flask_bgbilling.wire.dto.contracts import ContractBean, HierarchyLinks
from flask_bgbilling.wire.operation import JsonRpc, Operation, XmlAction
from flask_bgbilling.wire.ops.contracts import CONTRACT_SERVICE, by_cid, contract_bean, id_title_elements


def all_subs(*, cid: int) -> Mapping[str, object]:
    """Dependent and independent ones, without the super contract itself."""
    return {"contractId": cid, "subMode": -1, "withSuperCid": False}


def read_links(answer: XmlAnswer) -> HierarchyLinks:
    """``sub`` and ``super`` elements at any depth; of several ``super`` the first counts."""
    return HierarchyLinks(
        subs=_known(id_title_elements(answer.anywhere("sub"))),
        super=next(iter(_known(id_title_elements(answer.anywhere("super")))), None),
    )


def _known(items: Iterable[IdTitle]) -> tuple[IdTitle, ...]:
    return tuple(item for item in items if item.id > 0)


def read_subs(answer: JsonAnswer) -> tuple[ContractBean, ...]:
    """Beans of the sub-contracts."""
    return tuple(contract_bean(item) for item in answer.items())


HIERARCHY = Operation(
    "contract hierarchy",
    forms=(XmlAction("contract.hierarchy", "ContractInfo", fields=by_cid, read=read_links),),
)

SUB_CONTRACTS = Operation(
    "sub-contracts", forms=(JsonRpc(CONTRACT_SERVICE, "contractSubList", params=all_subs, read=read_subs),)
)
