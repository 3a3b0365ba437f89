"""What an adapter of ``Customers`` promises, check by check."""

from collections.abc import Callable, Iterator
from datetime import date

from flask_bgbilling.ports import (
    Customer,
    CustomerAddress,
    CustomerEmail,
    CustomerParameter,
    CustomerParameterType,
    CustomerPhone,
    CustomerQuery,
    Customers,
    CustomerValue,
    FindsMany,
)
from flask_bgbilling.testing.cases import Check, promise, raises

NOBODY = 2_000_000_000
"""An id that no host has given away yet."""

FEW = 50
TOGETHER = ("Проверочный-Вместе", "проверочный-вместе ежик", "Вместе Ёжик а", "вместе ежик никто")
MANY = 1200
"""More ids than one statement of some databases takes."""

Houses = tuple[int, int]


def checks(houses: Houses) -> tuple[Check, ...]:
    """Every check; ``houses`` are two houses that the host lets addresses be in."""
    return (
        a_created_customer_can_be_read,
        a_customer_that_does_not_exist,
        titles_contain_the_text_whatever_its_case,
        wildcards_are_letters,
        found_customers_are_ordered_and_limited,
        a_renamed_customer_is_found_by_its_new_title,
        parameters_and_groups_fit_together,
        _with(values_of_every_type_come_back, houses),
        _with(values_are_replaced_and_cleared, houses),
        _with(equal_members_are_kept_once, houses),
        a_value_of_another_type_is_refused,
        values_of_many_customers_at_once,
        texts_are_equal_or_not,
        phones_are_compared_by_their_digits,
        _with(addresses_are_found_by_house_flat_and_room, houses),
        _with(searches_together_answer_like_each_by_itself, houses),
        a_composed_title_follows_its_parameters,
        a_deleted_customer_is_gone,
        the_card_has_a_path,
        nobody_has_nothing_open,
    )


def _with(check: Callable[[Customers, Houses], None], houses: Houses) -> Check:
    def bound(customers: Customers) -> None:
        check(customers, houses)

    bound.__name__ = check.__name__
    return bound


def a_created_customer_can_be_read(customers: Customers) -> None:
    """``create``, ``get`` and ``lock`` agree."""
    made = customers.create("Проверочный Пётр Иванович", title_pattern_id=-1)
    promise(isinstance(made, Customer), f"create gave {made!r}, not a Customer")
    promise(type(made.id) is int and made.id > 0, f"create gave the id {made.id!r}: it is a positive whole number")
    promise(made.title == "Проверочный Пётр Иванович", f"create changed the title to {made.title!r}")
    promise(customers.get(made.id) == made, f"get({made.id}) gave {customers.get(made.id)!r}, create gave {made!r}")
    promise(customers.lock(made.id) == made, f"lock({made.id}) gave {customers.lock(made.id)!r}, not {made!r}")
    for group_id in list(customers.groups())[:1]:
        grouped = customers.create("Проверочный с группой", group_id=group_id)
        promise(grouped.group_id == group_id, f"create forgot the group {group_id}: {grouped!r}")


def a_customer_that_does_not_exist(customers: Customers) -> None:
    """Ids that do not exist give ``None``, writing to them raises ``LookupError``, deleting them nothing."""
    promise(customers.get(NOBODY) is None, f"get of a customer that does not exist gave {customers.get(NOBODY)!r}")
    promise(customers.lock(NOBODY) is None, f"lock of a customer that does not exist gave {customers.lock(NOBODY)!r}")
    raises(LookupError, lambda: customers.rename(NOBODY, "x"), "rename of a customer that does not exist: LookupError")
    for parameter in _some(customers, CustomerParameterType.TEXT):
        told = "set_value of a customer that does not exist: LookupError"
        raises(LookupError, lambda number=parameter.id: customers.set_value(NOBODY, number, "x"), told)  # type: ignore[misc]
    made = customers.create("Проверочный без параметра")
    told = "set_value of a parameter that does not exist: LookupError"
    raises(LookupError, lambda: customers.set_value(made.id, NOBODY, "x"), told)
    customers.delete(NOBODY)


def titles_contain_the_text_whatever_its_case(customers: Customers) -> None:
    """``find_by_title`` finds a part of the title, whatever the case, ё as е."""
    made = customers.create("Проверочный-Зелёный Фёдор Щукин | Зеленый Ф. Щ.")
    for text in (
        "Проверочный-Зелёный Фёдор Щукин",
        "ПРОВЕРОЧНЫЙ-ЗЕЛЁНЫЙ ФЁДОР",
        "проверочный-зеленый федор щукин",
        "верочный-Зелёный Фёдор Щу",
        "верочный-зелен",
        "Щукин | Зеленый Ф.",
    ):
        found = [customer.id for customer in customers.find_by_title(text, FEW)]
        promise(made.id in found, f"find_by_title({text!r}) does not find {made.title!r}")
    for text in ("Проверочный-Зелёный Щукин", "Щукин Фёдор Проверочный-Зелёный"):
        found = [customer.id for customer in customers.find_by_title(text, FEW)]
        promise(made.id not in found, f"find_by_title({text!r}) finds {made.title!r}, which does not contain it")


def wildcards_are_letters(customers: Customers) -> None:
    """``%``, ``_`` and a backslash mean themselves."""
    signs = customers.create("Проверочный 100%_\\ скидка")
    plain = customers.create("Проверочный 100 руб скидка")
    for text in ("100%", "%_\\", "Проверочный 100%_\\ ск"):
        found = [customer.id for customer in customers.find_by_title(text, FEW)]
        promise(signs.id in found, f"find_by_title({text!r}) does not find {signs.title!r}")
        promise(plain.id not in found, f"find_by_title({text!r}) takes it for a wildcard and finds {plain.title!r}")


def found_customers_are_ordered_and_limited(customers: Customers) -> None:
    """``find_by_title`` gives the first ones by title."""
    for letter in "вбга":
        customers.create(f"Проверочный-Порядок {letter}")
    titles = [customer.title[-1] for customer in customers.find_by_title("проверочный-порядок", FEW)]
    promise(titles == ["а", "б", "в", "г"], f"find_by_title is not ordered by title: {', '.join(titles)}")
    first = [customer.title[-1] for customer in customers.find_by_title("проверочный-порядок", 2)]
    promise(len(first) == 2, f"find_by_title gave {len(first)} customers, its limit was 2")
    promise(first == ["а", "б"], f"find_by_title with a limit gives the first ones by title, not {', '.join(first)}")


def a_renamed_customer_is_found_by_its_new_title(customers: Customers) -> None:
    """``rename`` counts at once, for finding too."""
    made = customers.create("Проверочный Старый Заголовок")
    title = "Проверочный Новый Заголовок | Проверочный Н. З."
    customers.rename(made.id, title)
    read = customers.get(made.id)
    promise(read is not None and read.title == title, f"after rename get gives {read!r}")
    by_old = customers.find_by_title("Проверочный Старый", FEW)
    promise(made.id not in {one.id for one in by_old}, "after rename find_by_title finds the old title")
    by_new = customers.find_by_title("Новый Заголовок", FEW)
    promise(made.id in {one.id for one in by_new}, "after rename find_by_title does not find the new title")


def parameters_and_groups_fit_together(customers: Customers) -> None:
    """What is kept by id has that id; groups name parameters that exist."""
    parameters = customers.parameters()
    for number, parameter in parameters.items():
        promise(parameter.id == number, f"parameters: {number} holds the parameter {parameter.id}")
        known = isinstance(parameter.type, CustomerParameterType)
        promise(known, f"parameters: the type of {number} is {parameter.type!r}, not a CustomerParameterType")
    for number, group in customers.groups().items():
        promise(group.id == number, f"groups: {number} holds the group {group.id}")
        promise(number > 0, f"groups: {number} is no number of a group; 0 means none")
        unknown = [str(one) for one in group.parameter_ids if one not in parameters]
        promise(not unknown, f"groups: {group.title!r} names parameters that do not exist: {', '.join(unknown)}")
    for number, pattern in customers.title_patterns().items():
        promise(pattern.id == number, f"title_patterns: {number} holds the pattern {pattern.id}")
        promise(number > 0, f"title_patterns: {number} is no entry of the directory; -1 and 0 have their own meaning")


def values_of_every_type_come_back(customers: Customers, houses: Houses) -> None:
    """What ``set_value`` writes, ``values`` reads."""
    made = customers.create("Проверочный Разнотипный")
    wanted: dict[int, CustomerValue] = {}
    for parameter in _one_of_each(customers):
        value, _ = examples(parameter, houses)
        customers.set_value(made.id, parameter.id, value)
        wanted[parameter.id] = value
    read = customers.values([made.id], list(wanted))
    for number, value in wanted.items():
        got = read.get((made.id, number))
        kind = customers.parameters()[number].type
        promise(_same(got, value), f"values: the {kind} parameter {number} was set to {value!r} and gives {got!r}")
    for number in wanted:
        others = set(customers.values([made.id], [number])) - {(made.id, number)}
        promise(not others, f"values gives what was not asked for: {others!r}")


def values_are_replaced_and_cleared(customers: Customers, houses: Houses) -> None:
    """A new value takes the place of the old one; ``None`` and nothing at all clear it."""
    made = customers.create("Проверочный Переменчивый")
    for parameter in _one_of_each(customers):
        key = made.id, parameter.id
        old, new = examples(parameter, houses)
        customers.set_value(*key, old)
        customers.set_value(*key, new)
        got = customers.values([made.id], [parameter.id]).get(key)
        promise(_same(got, new), f"set_value of a {parameter.type} adds instead of replacing: {got!r}, not {new!r}")
        customers.set_value(*key, None)
        left = customers.values([made.id], [parameter.id])
        promise(key not in left, f"set_value(None) does not clear a {parameter.type}: {left.get(key)!r}")
        nothing = _nothing(parameter.type)
        if nothing is not None:
            customers.set_value(*key, old)
            customers.set_value(*key, nothing)
            left = customers.values([made.id], [parameter.id])
            promise(key not in left, f"set_value({nothing!r}) does not clear a {parameter.type}: {left.get(key)!r}")


def equal_members_are_kept_once(customers: Customers, houses: Houses) -> None:
    """Of several equal phones, e-mails or addresses the first one stays."""
    made = customers.create("Проверочный Повторный")
    several: dict[CustomerParameterType, CustomerValue] = {
        CustomerParameterType.PHONE: (CustomerPhone("+7 917 000-11-22", "а"), CustomerPhone("79170001122", "б")),
        CustomerParameterType.EMAIL: (CustomerEmail("check@example.ru", "а"), CustomerEmail("Check@example.ru", "б")),
        CustomerParameterType.ADDRESS: (CustomerAddress(houses[0], "5"), CustomerAddress(houses[0], " 5 ", floor=2)),
    }
    for kind, value in several.items():
        for parameter in _some(customers, kind):
            customers.set_value(made.id, parameter.id, value)
            got = customers.values([made.id], [parameter.id]).get((made.id, parameter.id))
            promise(
                isinstance(got, tuple) and len(got) == 1, f"set_value keeps equal members of a {kind} twice: {got!r}"
            )
            promise(_same(got, value[:1]), f"set_value keeps the last of equal members of a {kind}: {got!r}")  # type: ignore[index]


def a_value_of_another_type_is_refused(customers: Customers) -> None:
    """``set_value`` raises ``ValueError`` for a value of another type."""
    made = customers.create("Проверочный Чужетипный")
    for parameter in _one_of_each(customers):
        wrong: CustomerValue = date(2001, 2, 3) if parameter.type == CustomerParameterType.TEXT else "не то"
        told = f"set_value({wrong!r}) of a {parameter.type} does not raise ValueError"
        raises(ValueError, lambda number=parameter.id, value=wrong: customers.set_value(made.id, number, value), told)  # type: ignore[misc]


def values_of_many_customers_at_once(customers: Customers) -> None:
    """``values`` takes any number of customers; those without a value are left out."""
    for parameter in _some(customers, CustomerParameterType.TEXT):
        made = [customers.create(f"Проверочный Один Из Многих {number}") for number in range(3)]
        customers.set_value(made[0].id, parameter.id, "первый")
        customers.set_value(made[2].id, parameter.id, "третий")
        ids = [*(one.id for one in made), *range(NOBODY, NOBODY + MANY)]
        got = dict(customers.values(ids, [parameter.id]))
        wanted = {(made[0].id, parameter.id): "первый", (made[2].id, parameter.id): "третий"}
        promise(got == wanted, f"values of {len(ids)} customers gave {got!r}, not {wanted!r}")
    promise(not customers.values([], list(customers.parameters())), "values of no customers gives something")


def texts_are_equal_or_not(customers: Customers) -> None:
    """``find_by_text`` compares whole values of one parameter."""
    for parameter in _some(customers, CustomerParameterType.TEXT):
        made = customers.create("Проверочный Текстовый")
        customers.set_value(made.id, parameter.id, " ПРВ 1234 567890 ")
        found = [one.id for one in customers.find_by_text(parameter.id, "ПРВ 1234 567890  ", FEW)]
        promise(made.id in found, "find_by_text does not find an equal value when blanks stand around it")
        for text in ("ПРВ 1234", "ПРВ%", ""):
            found = [one.id for one in customers.find_by_text(parameter.id, text, FEW)]
            promise(made.id not in found, f"find_by_text({text!r}) finds 'ПРВ 1234 567890': values have to be equal")
        for other in list(_some(customers, CustomerParameterType.TEXT, 2))[1:]:
            found = [one.id for one in customers.find_by_text(other.id, "ПРВ 1234 567890", FEW)]
            promise(made.id not in found, f"find_by_text of parameter {other.id} finds a value of {parameter.id}")


def phones_are_compared_by_their_digits(customers: Customers) -> None:
    """``find_by_phones`` compares digits of whole numbers."""
    for parameter in _some(customers, CustomerParameterType.PHONE):
        made = customers.create("Проверочный Телефонный")
        phones = (CustomerPhone("+7 (900) 000-12-34", "дом"), CustomerPhone("79000005678"))
        customers.set_value(made.id, parameter.id, phones)
        for digits in (["79000001234"], ["79000005678"], ["1", "79000005678"], ["79000005678", "79000001234"]):
            found = [one.id for one in customers.find_by_phones(parameter.id, digits, FEW)]
            promise(made.id in found, f"find_by_phones({digits!r}) does not find the numbers {phones!r}")
            promise(found.count(made.id) == 1, f"find_by_phones({digits!r}) gives a customer twice")
        for digits in (["9000001234"], ["7900000"], [""], []):
            found = [one.id for one in customers.find_by_phones(parameter.id, digits, FEW)]
            promise(made.id not in found, f"find_by_phones({digits!r}) finds other numbers: {phones!r}")


def addresses_are_found_by_house_flat_and_room(customers: Customers, houses: Houses) -> None:
    """``find_by_address`` compares the house, and flat and room where they are given."""
    for parameter in _some(customers, CustomerParameterType.ADDRESS):
        made = customers.create("Проверочный Адресный")
        customers.set_value(made.id, parameter.id, (CustomerAddress(houses[0], "95", "2", floor=3),))
        for wanted in (
            CustomerAddress(houses[0], "95", "2"),
            CustomerAddress(houses[0], "95"),
            CustomerAddress(houses[0], floor=7),
        ):
            found = [one.id for one in customers.find_by_address(parameter.id, wanted, MANY)]
            promise(made.id in found, f"find_by_address does not find flat 95, room 2 by {wanted.place!r}")
        for other in (
            CustomerAddress(houses[0], "9"),
            CustomerAddress(houses[0], "95", "3"),
            CustomerAddress(houses[1]),
        ):
            found = [one.id for one in customers.find_by_address(parameter.id, other, MANY)]
            promise(made.id not in found, f"find_by_address finds flat 95, room 2 by {other.place!r}")


def searches_together_answer_like_each_by_itself(customers: Customers, houses: Houses) -> None:
    """``find_many``, where there is one, gives what the methods give, in the order of the queries."""
    if not isinstance(customers, FindsMany):
        return
    made = [customers.create(f"Проверочный-Вместе Ёжик {letter}") for letter in "вбга"]
    queries = [CustomerQuery(few, title=title) for few in (1, 2, FEW) for title in TOGETHER]
    for parameter in _some(customers, CustomerParameterType.TEXT):
        for customer in made[:3]:
            customers.set_value(customer.id, parameter.id, "ПРВ вместе")
        queries += [CustomerQuery(few, parameter_id=parameter.id, text="ПРВ вместе") for few in (2, FEW)]
        queries += [CustomerQuery(FEW, parameter_id=parameter.id, text=text) for text in ("прв", "ПРВ ничей")]
    for parameter in _some(customers, CustomerParameterType.PHONE):
        customers.set_value(made[0].id, parameter.id, (CustomerPhone("79000001234"), CustomerPhone("79000005678")))
        customers.set_value(made[1].id, parameter.id, (CustomerPhone("79000005678"),))
        for phones in (("79000001234", "79000005678"), ("79000005678",), ("1",)):
            queries.append(CustomerQuery(FEW, parameter_id=parameter.id, phones=phones))
    for parameter in _some(customers, CustomerParameterType.ADDRESS):
        for customer, room in zip(made, ("", "2", "3"), strict=False):
            customers.set_value(customer.id, parameter.id, (CustomerAddress(houses[0], "95", room),))
        for address in (
            CustomerAddress(houses[0], "95"),
            CustomerAddress(houses[0], "95", "2"),
            CustomerAddress(houses[1]),
        ):
            queries.append(CustomerQuery(MANY, parameter_id=parameter.id, address=address))
    answers = customers.find_many(queries)
    promise(len(answers) == len(queries), f"find_many gave {len(answers)} answers to {len(queries)} queries")
    for query, answer in zip(queries, answers, strict=True):
        alone = [one.id for one in query.ask(customers)]
        if answer is not None:
            promise([one.id for one in answer] == alone, f"find_many does not answer {query!r} like its own method")


def a_composed_title_follows_its_parameters(customers: Customers) -> None:
    """Where a pattern composes the title, ``set_value`` composes it anew and keeps further spellings."""
    texts = list(_some(customers, CustomerParameterType.TEXT, MANY))
    for pattern in customers.title_patterns().values():
        for parameter in texts:
            if f"${{param_{parameter.id}}}" in pattern.pattern:
                made = customers.create("Проверочный | Второе написание", title_pattern_id=pattern.id)
                customers.set_value(made.id, parameter.id, "Проверочный Составной")
                read = customers.get(made.id)
                title = read.title if read else None
                told = f"the title of pattern {pattern.title!r} does not follow its parameter {parameter.id}: {title!r}"
                promise(title and "Проверочный Составной" in title, told)
                promise(title and "Второе написание" in title, f"a composed title loses further spellings: {title!r}")


def a_deleted_customer_is_gone(customers: Customers) -> None:
    """``delete`` takes the values and all ways of finding along."""
    made = customers.create("Проверочный Удалённый")
    texts = list(_some(customers, CustomerParameterType.TEXT))
    for parameter in texts:
        customers.set_value(made.id, parameter.id, "ПРВ удалённый")
    customers.delete(made.id)
    promise(customers.get(made.id) is None, "a deleted customer can still be read")
    by_title = [one.id for one in customers.find_by_title("Проверочный Удалённый", FEW)]
    promise(made.id not in by_title, "a deleted customer is still found by its title")
    for parameter in texts:
        by_text = [one.id for one in customers.find_by_text(parameter.id, "ПРВ удалённый", FEW)]
        promise(made.id not in by_text, "a deleted customer is still found by a value")
        promise(not customers.values([made.id], [parameter.id]), "a deleted customer leaves its values behind")


def the_card_has_a_path(customers: Customers) -> None:
    """``address`` is a path of this site, another one for each customer."""
    first, second = customers.create("Проверочный А"), customers.create("Проверочный Б")
    path = customers.address(first.id)
    local = path.startswith("/") and not path.startswith("//") and path.isprintable()
    promise(local, f"address gives {path!r}, not a path of this site")
    promise(path != customers.address(second.id), f"address gives {path!r} for two customers")


def nobody_has_nothing_open(customers: Customers) -> None:
    """``opened`` of a person whom the host does not know is empty."""
    promise(len(customers.opened("0")) == 0, "opened gives cards to a person whom nobody knows")


def examples(parameter: CustomerParameter, houses: Houses) -> tuple[CustomerValue, CustomerValue]:
    """Two different values that a parameter can have."""
    match parameter.type:
        case CustomerParameterType.TEXT:
            return "Проверочный <b>текст</b> 'с' \"кавычками\"", "другой"
        case CustomerParameterType.DATE:
            return date(1981, 2, 28), date(2026, 11, 23)
        case CustomerParameterType.LIST:
            items = sorted(parameter.items)
            return frozenset(items[:2]), frozenset(items[-1:])
        case CustomerParameterType.PHONE:
            return (
                (CustomerPhone("+7 (900) 000-00-01", "дом; [поздно]"), CustomerPhone("79000000002")),
                (CustomerPhone("79000000003", "работа"),),
            )
        case CustomerParameterType.EMAIL:
            return (
                (CustomerEmail("first@example.ru", "Первый"), CustomerEmail("second@example.ru")),
                (CustomerEmail("third@example.ru"),),
            )
        case CustomerParameterType.ADDRESS:
            return (
                (CustomerAddress(houses[0], "5", "2", 1, 3, "домофон 5"), CustomerAddress(houses[1])),
                (CustomerAddress(houses[1], "7"),),
            )


def _same(got: CustomerValue | None, wanted: CustomerValue) -> bool:
    """Equality; the formatted text of addresses is the host's own."""
    if isinstance(got, tuple) and isinstance(wanted, tuple):
        return [_without_text(one) for one in got] == [_without_text(one) for one in wanted]
    return type(got) is type(wanted) and got == wanted


def _without_text(member: object) -> object:
    if not isinstance(member, CustomerAddress):
        return member
    return member.house_id, member.flat, member.room, member.entrance, member.floor, member.comment


def _nothing(kind: CustomerParameterType) -> CustomerValue | None:
    if kind == CustomerParameterType.TEXT:
        return "  "
    if kind == CustomerParameterType.LIST:
        return frozenset()
    return None if kind == CustomerParameterType.DATE else ()


TOGETHER = ("Проверочный-Вместе", "проверочный-вместе ежик", "Вместе Ёжик а", "вместе ежик никто")


def _some(customers: Customers, kind: CustomerParameterType, most: int = 1) -> Iterator[CustomerParameter]:
    """Up to so many parameters of a type; a list counts when it offers something. A host need not have each type."""
    for parameter in customers.parameters().values():
        if most and parameter.type == kind and (parameter.items or kind != CustomerParameterType.LIST):
            most -= 1
            yield parameter


def _one_of_each(customers: Customers) -> list[CustomerParameter]:
    return [parameter for kind in CustomerParameterType for parameter in _some(customers, kind)]
