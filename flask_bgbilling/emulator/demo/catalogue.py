"""Directories of one provider: modules, services, tariffs, options, types of money, statuses, groups,
users."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.demo.providers import Provider
from flask_bgbilling.emulator.demo.rows import Rows

INET, NPAY, RSCM, VOICE, BILL, TV, CERBERCRYPT, CARD = range(1, 9)
MODULES = (
    (INET, "Интернет", "inet", "inet.api"),
    (NPAY, "Абонплата", "npay", "npay"),
    (RSCM, "Разовые услуги", "rscm", "rscm"),
    (VOICE, "Телефония", "voice", "voice"),
    (BILL, "Документы", "bill", "bill"),
    (TV, "Телевидение", "tv", "tv"),
    (CERBERCRYPT, "Карты доступа ТВ", "cerbercrypt", "cerbercrypt"),
    (CARD, "Карты оплаты", "card", "card"),
)
PLUGINS = (("dispatch", "Рассылки"), ("bonus", "Бонусы"), ("cashcheck", "Фискальные чеки"), ("helpdesk", "HelpDesk"))

SERVICE_INET, SERVICE_FEE, SERVICE_TV, SERVICE_CALLS, SERVICE_VISIT, SERVICE_RENT = 11, 12, 13, 14, 15, 16
SERVICES = (
    (SERVICE_INET, "Интернет", INET),
    (SERVICE_FEE, "Абонентская плата", NPAY),
    (SERVICE_TV, "Телевидение", TV),
    (SERVICE_CALLS, "Междугородные звонки", VOICE),
    (SERVICE_VISIT, "Выезд мастера", RSCM),
    (SERVICE_RENT, "Аренда оборудования", NPAY),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A tariff plan; ``fee`` a month goes to ``service``. ``face`` 0 any, 1 person, 2 legal entity."""

    id: int
    title: str
    fee: Decimal
    service: int
    face: int = 1
    actual: bool = True
    groups: int = 0
    pattern: str = ""


PLANS = (
    Plan(1, "Домашний 50 (350 р.)", Decimal(350), SERVICE_INET, actual=False),
    Plan(2, "Домашний 100 (400 р.)", Decimal(400), SERVICE_INET),
    Plan(3, "Домашний 300 (550 р.)", Decimal(550), SERVICE_INET),
    Plan(4, "Домашний 500 (700 р.)", Decimal(700), SERVICE_INET),
    Plan(5, "Гигабит (990,50 р.)", Decimal("990.50"), SERVICE_INET),
    Plan(6, "Социальный", Decimal(150), SERVICE_INET, groups=1 << 5),
    Plan(7, "Сотрудник", Decimal(0), SERVICE_INET, groups=1 << 4),
    Plan(8, "Бизнес 50 (2 500 р.)", Decimal(2500), SERVICE_INET, face=2),
    Plan(9, "Бизнес 200 (6 000 р.)", Decimal(6000), SERVICE_INET, face=2),
    Plan(10, "ТВ Базовый (180 р.)", Decimal(180), SERVICE_TV, face=0),
    Plan(11, "ТВ Кино и спорт (320 р.)", Decimal(320), SERVICE_TV),
    Plan(12, "Телефон безлимитный (250 р.)", Decimal(250), SERVICE_CALLS, face=0),
    Plan(13, "Зимний 2019 (архив)", Decimal(300), SERVICE_INET, actual=False),
    Plan(14, "Аренда роутера (99 р.)", Decimal(99), SERVICE_RENT, face=0),
)
PLAN = {plan.id: plan for plan in PLANS}
PERSON_PLANS = (1, 2, 2, 2, 3, 3, 4, 5, 6)
FIRM_PLANS = (8, 8, 9)

OPTIONS = ((1, "Турбо на сутки", "Скорость вдвое выше"), (2, "Статический IP", ""), (3, "Антивирус", ""))
MODES = (
    (1, 1, "на 1 сутки (50 р.)", Decimal(50), 1, 1),
    (2, 1, "на 7 суток (200 р.)", Decimal(200), 1, 7),
    (3, 2, "помесячно (100 р.)", Decimal(100), 2, 1),
    (4, 3, "помесячно (79 р.)", Decimal(79), 2, 1),
)

CASH, TRANSFER, ACQUIRING, ONLINE, FAST, RECALCULATION, AUTOMATIC, FROM_CONTRACT = 1, 3, 4, 5, 6, 7, 8, 9
PAYMENT_TYPES = (
    (10, "Касса", 0, 1, 0),
    (CASH, "Наличные", 10, 0, 0),
    (2, "Терминал в офисе", 10, 0, 0),
    (11, "Банк", 0, 1, 0),
    (TRANSFER, "Банковский перевод", 11, 0, 0),
    (ACQUIRING, "Эквайринг", 11, 0, 0),
    (12, "Платёжные системы", 0, 1, 0),
    (ONLINE, "Личный кабинет", 12, 0, 0),
    (FAST, "СБП", 12, 0, 0),
    (RECALCULATION, "Перерасчёт", 0, 0, 0),
    (AUTOMATIC, "Корректировка автоматическая", 0, 0, 1),
    (FROM_CONTRACT, "Перевод с другого договора", 0, 0, 1),
)
CONNECTION, VISIT, EQUIPMENT_SALE, OPTION_ACTIVATION, PENALTY, REFUND, TO_CONTRACT = 21, 22, 23, 24, 25, 26, 27
CHARGE_TYPES = (
    (20, "Услуги", 0, 1, 0, 0),
    (CONNECTION, "Подключение", 20, 0, 0, 0),
    (VISIT, "Выезд мастера", 20, 0, 0, 0),
    (EQUIPMENT_SALE, "Продажа оборудования", 20, 0, 0, 0),
    (OPTION_ACTIVATION, "Активация опции", 0, 0, 1, 0),
    (PENALTY, "Штраф", 0, 0, 0, 0),
    (REFUND, "Возврат средств", 0, 0, 0, 1),
    (TO_CONTRACT, "Перевод на другой договор", 0, 0, 1, 0),
)

ACTIVE, DISCONNECTING, DISCONNECTED, CLOSED, SUSPENDED, CONNECTING = range(6)
STATUSES = (
    (ACTIVE, "Активен", 1),
    (DISCONNECTING, "В отключении", 0),
    (DISCONNECTED, "Отключен", 1),
    (CLOSED, "Закрыт", 1),
    (SUSPENDED, "Приостановлен", 1),
    (CONNECTING, "В подключении", 0),
)
INTERNAL_GROUP, PRIVATE_GROUP, FIRM_GROUP, VIP_GROUP, STAFF_GROUP, SOCIAL_GROUP, DEBTOR_GROUP = range(7)
GROUPS = (
    (INTERNAL_GROUP, "Служебная", 1, 0, "меняется только администратором"),
    (PRIVATE_GROUP, "Частный сектор", 1, 1, ""),
    (FIRM_GROUP, "Юридические лица", 1, 1, ""),
    (VIP_GROUP, "VIP", 1, 1, "приоритет обслуживания"),
    (STAFF_GROUP, "Сотрудники", 1, 1, ""),
    (SOCIAL_GROUP, "Льготники", 1, 1, ""),
    (DEBTOR_GROUP, "Должники", 1, 0, ""),
    (61, "Старая группа", 0, 1, "не показывать"),
    (62, "Акция «Приведи друга»", 1, 1, ""),
)
LABEL_OF_GROUP: Final = 100
"""A group's label has the group's id plus this; labels beyond are only labels."""

ADMIN, OPERATOR, ACCOUNTANT, READER, LIMITED, BLOCKED = 1, 2, 3, 4, 5, 6
USERS = (
    (ADMIN, "admin", "admin", "Администратор", 0, ("read", "write", "admin")),
    (OPERATOR, "operator", "operator", "Иванова О. П.", 0, ("read", "write")),
    (ACCOUNTANT, "accountant", "accountant", "Бухгалтерова Н. С.", 0, ("read", "write")),
    (READER, "reader", "reader", "Наблюдателев В. В.", 0, ("read",)),
    (LIMITED, "limited", "limited", "Стажёров И. К.", 0, ("read",)),
    (BLOCKED, "blocked", "blocked", "Бывшев А. А.", 1, ("read", "write")),
)
WITHOUT_BALANCE = (
    "contract/ContractBalance*",
    "ru.bitel.bgbilling.kernel.contract.balance/BalanceService.*",
)
"""What ``limited`` may not run."""

SCRIPTS = ("Скидка постоянного клиента", "Проверка задолженности", "Повышение скорости ночью")
ACTIONS = (
    (1, "Проверить порт", "Опрос коммутатора", 0, "Порт 12 поднят\nОшибок нет\nДоговор ${title}"),
    (2, "Показать остаток", "Остаток на договоре", 1, "Остаток ${balance}"),
)
CARDS = (("standard.xsl", "Стандартная"), ("connect.xsl", "Заявка на подключение"), ("act.xsl", "Акт сверки"))


def add_catalogue(rows: Rows, owner: Provider, now: datetime) -> None:
    """Writes every directory of the provider that does not depend on contracts."""
    _add_modules(rows, now)
    _add_tariffs(rows, now)
    _add_money_types(rows)
    _add_contract_directories(rows, owner)
    _add_users(rows, now)
    _add_settings(rows)


def _add_modules(rows: Rows, now: datetime) -> None:
    for number, title, name, package in MODULES:
        rows.add(schema.module, id=number, title=title, name=name)
        rows.new(
            schema.installed_modules,
            name=name,
            title=title,
            version="9.2",
            build="2510",
            type="module",
            enabled=1,
            pack_client=f"ru.bitel.bgbilling.modules.{package}.client",
            pack_server=f"ru.bitel.bgbilling.modules.{name}.server",
        )
    for name, title in PLUGINS:
        rows.new(schema.plugin, name=f"ru.bitel.bgbilling.plugins.{name}", title=title, enabled=1, config="")
    for number, title, module in SERVICES:
        rows.add(
            schema.service,
            id=number,
            title=title,
            mid=module,
            parentId=0,
            dateFrom=None,
            dateTo=None,
            comment="",
            isusing=1,
            unit=0,
            lm=now,
        )


def _add_tariffs(rows: Rows, now: datetime) -> None:
    for plan in PLANS:
        tree = 1000 + plan.id
        rows.add(
            schema.tariff_plan,
            id=plan.id,
            title=plan.title,
            title_web=plan.title.split(" (")[0],
            use_title_in_web=1,
            actual=int(plan.actual),
            gr=plan.groups,
            pattern=plan.pattern,
            face=plan.face,
            tree_id=tree,
            config="",
            lm=now,
            comment="" if plan.actual else "архивный",
        )
        module = next(module for number, _, module in SERVICES if number == plan.service)
        for mid in {module, NPAY}:
            rows.new(schema.module_tariff_tree, mid=mid, tree_id=tree)
    rows.add(schema.tariff_group, id=1, title="Смена тарифа в кабинете", tm=1, df=1, pos=0)
    rows.add(schema.tariff_group, id=2, title="Бизнес", tm=0, df=30, pos=1)
    for group, plan_id in ((1, 2), (1, 3), (1, 4), (1, 5), (2, 8), (2, 9)):
        rows.new(schema.tariff_group_tariff, tgid=group, tpid=plan_id, date1=None, date2=None)
    for number, title, description in OPTIONS:
        rows.add(
            schema.tariff_option,
            id=number,
            title=title,
            comment="",
            description=description,
            date_from=None,
            date_to=None,
            enable=1,
            tariffs="2,3,4,5" if number == 1 else "",
        )
    for number, option, title, cost, period, amount in MODES:
        rows.add(
            schema.tariff_option_activate_mode,
            id=number,
            option_id=option,
            title=title,
            charge_type_id=OPTION_ACTIVATION,
            charge_summa=cost,
            charge_proportional=0,
            period_mode=period,
            period_col=amount,
            date_from=None,
            date_to=None,
        )


def _add_money_types(rows: Rows) -> None:
    for number, title, parent, folder, fixed in PAYMENT_TYPES:
        rows.add(schema.contract_payment_types, id=number, title=title, up=parent, type=folder, flag=fixed)
    for number, title, parent, folder, fixed, payback in CHARGE_TYPES:
        rows.add(
            schema.contract_charge_types,
            id=number,
            title=title,
            up=parent,
            type=folder,
            flag=fixed,
            payback=payback,
        )
    rows.add(schema.setup, id="contract.balance.transfer.payment.type", value=str(FROM_CONTRACT))
    rows.add(schema.setup, id="contract.balance.transfer.charge.type", value=str(TO_CONTRACT))
    rows.add(schema.contract_reserve_types, id=1, title="Залог за оборудование", used=1)
    rows.add(schema.contract_reserve_types, id=2, title="Рассрочка (старый тип)", used=0)
    rows.add(schema.closed_date_type, id=1, title="Основной")


def _add_contract_directories(rows: Rows, owner: Provider) -> None:
    for status, title, manual in STATUSES:
        rows.add(schema.contract_status_list, id=status, title=title, manual=manual)
    rows.add(schema.contract_label, id=1, parent_id=0, title="Сегменты", type=1, sort_position=0)
    for number, title, shown, editable, comment in GROUPS:
        rows.add(schema.contract_group, id=number, title=title, enable=shown, editable=editable, comment=comment)
        rows.add(
            schema.contract_label,
            id=LABEL_OF_GROUP + number,
            parent_id=0,
            title=title,
            type=0,
            sort_position=number,
            comment=comment,
            forbidden=int(not editable),
        )
    for number, title in ((201, "Пакет «Семья»"), (202, "Оптика в квартиру")):
        rows.add(schema.contract_label, id=number, parent_id=1, title=title, type=0, sort_position=number)
    rows.add(schema.domain, id=1, parentId=0, title="Основной", comment="")
    rows.add(schema.domain, id=2, parentId=1, title="Филиал «Юг»", comment="обслуживается отдельно")
    rows.add(schema.firm, id=1, title=f"ООО «{owner.name}»")
    rows.add(schema.contract_comment_patterns, id=1, title="ФИО и адрес", pat="${2}, ${3}")
    common = {"tgid": "", "scrid": "", "patid": 0, "dtl": 0, "pfid": 1}
    for number, title, pattern, tariff, groups, face, mode, limit, modules in (
        (0, "По умолчанию", owner.pattern, "", 0, 0, 1, Decimal(0), ""),
        (1, "Физическое лицо", owner.pattern, "2", 0, 0, 1, Decimal(0), f"{INET},{NPAY}"),
        (2, "Юридическое лицо", f"Ю{owner.pattern}", "8", 1 << FIRM_GROUP, 1, 0, Decimal(-3000), f"{INET},{BILL}"),
        (3, "Сотрудник", owner.pattern, "7", 1 << STAFF_GROUP, 0, 1, Decimal(0), f"{INET}"),
    ):
        rows.add(
            schema.contract_pattern,
            id=number,
            title=title,
            name_pattern=pattern,
            closesumma=limit,
            tpid=tariff,
            gr=groups,
            mode=mode,
            fc=face,
            pgid=2 if face else 1,
            status=0,
            domainId=1,
            data=f"modules={modules}",
            **common,
        )
    rows.new(schema.named_number, title="Основная нумерация", comment=owner.pattern, count_number=4, last_index=400)
    for title in SCRIPTS:
        rows.new(schema.script, title=title, script="")
    for number, title, description, customer, report in ACTIONS:
        rows.add(
            schema.additional_action,
            id=number,
            title=title,
            description=description,
            customer=customer,
            report=report,
        )
    for position, (name, title) in enumerate(CARDS):
        rows.add(schema.contract_card, position=position, id=name, title=title)


def _add_users(rows: Rows, now: datetime) -> None:
    for number, login, password, name, blocked, rights in USERS:
        rows.add(
            schema.user,
            id=number,
            login=login,
            name=name,
            email=f"{login}@billing.example.ru",
            descr="",
            pswd=password,
            dt=now,
            status=blocked,
            config="",
        )
        for right in rights:
            rows.add(schema.user_right, uid=number, name=right, allowed=1)
    for operations in WITHOUT_BALANCE:
        rows.add(schema.user_right, uid=LIMITED, name=operations, allowed=0)
    rows.add(schema.bgs_group, id=1, title="Администраторы", comment="")
    rows.add(schema.bgs_group, id=2, title="Абонентский отдел", comment="")
    rows.add(schema.bgs_user_group, uid=ADMIN, gid=1)
    for number in (OPERATOR, ACCOUNTANT, READER, LIMITED):
        rows.add(schema.bgs_user_group, uid=number, gid=2)


def _add_settings(rows: Rows) -> None:
    rows.add(schema.gui_config, key="cashcheck.default.checkbox.mode", value="defaulton")
    rows.add(schema.gui_config, key="cashcheck.user.admin.checkbox.mode", value="off")
