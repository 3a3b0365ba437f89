"""Directories of names that many areas need: users, payment and charge types, statuses (transport.md 11).

The version probe of a directory is an operation of its own; who asks for it and when is the matter of
:mod:`flask_bgbilling.wire.directories`.
"""

from collections.abc import Iterator, Mapping

from flask_bgbilling.wire.answers import JsonAnswer
from flask_bgbilling.wire.codec import flag, integer, text
from flask_bgbilling.wire.dto.common import IdTitle
from flask_bgbilling.wire.dto.server import BillingUser, Names, TypeNode, names
from flask_bgbilling.wire.operation import Directory, JsonRpc, Operation, Service
from flask_bgbilling.wire.version import BELOW_8_2, FROM_8_2, band

USER_SERVICE = Service("ru.bitel.bgbilling.kernel.bgsecure", "UserService")
DIRECTORY_SERVICE = Service("ru.bitel.bgbilling.kernel.directory.api", "DirectoryService")
PAYMENT_SERVICE = Service("ru.bitel.bgbilling.kernel.contract.balance", "PaymentService")
CHARGE_SERVICE = Service("ru.bitel.bgbilling.kernel.contract.balance", "ChargeService")
STATUS_SERVICE = Service("ru.bitel.bgbilling.kernel.contract.api", "ContractStatusService")
STATUS_MONITOR_SERVICE = Service("ru.bitel.bgbilling.kernel.contract.status", "ContractStatusMonitorService")

FLAT_LISTS = band(since="7.1")
TREES_ONLY = band(below="7.1")
DEEPEST_TREE = 30
FOLDER = 1


def nothing() -> Mapping[str, object]:
    """No parameters."""
    return {}


def item_class_of_kernel(item_class: str) -> Mapping[str, object]:
    """Parameters of the version probe for a directory of the kernel."""
    return {"directoryItemClass": item_class, "moduleId": 0}


def payment_tree() -> Mapping[str, object]:
    """Parameters of the tree of payment types."""
    return {"editable": 0, "showEmptyRoot": False}


def charge_tree() -> Mapping[str, object]:
    """Parameters of the tree of charge types."""
    return {"editable": 0, "isPayback": False, "showEmptyRoot": False}


def every_status() -> Mapping[str, object]:
    """Parameters of the list of statuses, those set by the billing itself included."""
    return {"onlyManual": False}


def read_version(answer: JsonAnswer) -> int:
    """The version number of a directory; 0 when the server has none."""
    return integer(answer.returned)


def read_users(answer: JsonAnswer) -> tuple[BillingUser, ...]:
    """Accounts with their logins."""
    return tuple(
        BillingUser(integer(item.get("id")), text(item.get("login")), text(item.get("name"))) for item in answer.items()
    )


def read_user_names(answer: JsonAnswer) -> Names:
    """Names by id. The entry named ``customer`` shares its id with another one and is dropped."""
    return names(
        tuple(
            IdTitle(integer(item.get("id")), name)
            for item in answer.items()
            if (name := text(item.get("name")) or text(item.get("title"))) != "customer"
        )
    )


def read_names(answer: JsonAnswer) -> Names:
    """A flat list of ids and titles."""
    return names(tuple(IdTitle(integer(item.get("id")), text(item.get("title"))) for item in answer.items()))


def read_type_tree(answer: JsonAnswer) -> tuple[TypeNode, ...]:
    """The types below the root, which itself is no type; folders hold children, or nothing yet."""
    root = answer.returned
    return _children(root, DEEPEST_TREE) if isinstance(root, Mapping) else _nodes(answer.items(), DEEPEST_TREE)


def read_tree_names(answer: JsonAnswer) -> Names:
    """The titles of a tree as a flat directory."""
    return names(tuple(IdTitle(node.id, node.title) for node in flattened(read_type_tree(answer))))


def flattened(nodes: tuple[TypeNode, ...]) -> Iterator[TypeNode]:
    """The nodes of a tree in the order in which a person reads them."""
    for node in nodes:
        yield node
        yield from flattened(node.children)


def _children(node: Mapping[str, object], depth: int) -> tuple[TypeNode, ...]:
    children = node.get("children")
    return _nodes(children, depth) if isinstance(children, list) and depth > 0 else ()


def _nodes(items: list[Mapping[str, object]], depth: int) -> tuple[TypeNode, ...]:
    return tuple(
        TypeNode(
            integer(item.get("id")),
            text(item.get("title")),
            integer(item.get("parentId")),
            _children(item, depth - 1),
            folder=integer(item.get("type")) == FOLDER or bool(item.get("children")),
            editable=item.get("editable") is None or flag(item["editable"]),
        )
        for item in items
        if isinstance(item, Mapping)
    )


DIRECTORY_VERSION = Operation(
    "directory version", (JsonRpc(DIRECTORY_SERVICE, "getVersion", item_class_of_kernel, read_version),)
)
USER_LIST = Operation("user list", (JsonRpc(USER_SERVICE, "listUsers", nothing, read_users),))
USER_NAMES = Operation("user names", (JsonRpc(USER_SERVICE, "userInfoList", nothing, read_user_names),))
PAYMENT_TYPE_NAMES = Operation(
    "payment type names",
    (
        JsonRpc(PAYMENT_SERVICE, "paymentTypeTree", payment_tree, read_tree_names, TREES_ONLY),
        JsonRpc(PAYMENT_SERVICE, "paymentTypeList", nothing, read_names, FLAT_LISTS),
    ),
)
CHARGE_TYPE_NAMES = Operation(
    "charge type names",
    (
        JsonRpc(CHARGE_SERVICE, "chargeTypeTree", charge_tree, read_tree_names, TREES_ONLY),
        JsonRpc(CHARGE_SERVICE, "chargeTypeList", nothing, read_names, FLAT_LISTS),
    ),
)
PAYMENT_TYPE_NODES = Operation(
    "payment type tree", (JsonRpc(PAYMENT_SERVICE, "paymentTypeTree", payment_tree, read_type_tree),)
)
CHARGE_TYPE_NODES = Operation(
    "charge type tree", (JsonRpc(CHARGE_SERVICE, "chargeTypeTree", charge_tree, read_type_tree),)
)
STATUS_NAMES = Operation(
    "status names",
    (
        JsonRpc(STATUS_MONITOR_SERVICE, "getStatusList", every_status, read_names, BELOW_8_2),
        JsonRpc(STATUS_SERVICE, "getStatusList", every_status, read_names, FROM_8_2),
    ),
)

_USER_CLASS = "ru.bitel.bgbilling.kernel.bgsecure.common.bean.UserInfo"
_PAYMENT_CLASS = "ru.bitel.bgbilling.kernel.contract.balance.common.bean.PaymentType"
_CHARGE_CLASS = "ru.bitel.bgbilling.kernel.contract.balance.common.bean.ChargeType"

USERS = Directory("users", USER_NAMES, _USER_CLASS)
LOGINS = Directory("logins", USER_LIST, _USER_CLASS)
PAYMENT_TYPES = Directory("payment types", PAYMENT_TYPE_NAMES, _PAYMENT_CLASS)
PAYMENT_TYPE_TREE = Directory("payment type tree", PAYMENT_TYPE_NODES, _PAYMENT_CLASS)
CHARGE_TYPES = Directory("charge types", CHARGE_TYPE_NAMES, _CHARGE_CLASS)
CHARGE_TYPE_TREE = Directory("charge type tree", CHARGE_TYPE_NODES, _CHARGE_CLASS)
STATUSES = Directory("statuses", STATUS_NAMES)
