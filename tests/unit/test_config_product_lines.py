"""The long example lines of the product description load as they are."""

from flask_bgbilling.config.check import check
from flask_bgbilling.config.loading import load_text
from flask_bgbilling.config.properties import IdTitle, parse

JDBC = (
    "jdbc:mysql://127.0.0.1/bgbilling?useUnicode=true&characterEncoding=UTF-8&connectionCollation=utf8_unicode_ci"
    "&allowUrlInLocalInfile=true&zeroDateTimeBehavior=convertToNull&jdbcCompliantTruncation=false"
    "&elideSetAutoCommits=true&cachePrepStmts=true&useCursorFetch=true&queryTimeoutKillsConnection=true"
)
COPYING = "15:9;72:46;73:5;74:51;75:68;76:69;77:56;78:7;14:8;12:6;109:48;110:50;114:12;115[1,2]:25[4,3];customerTitle:1"
IMPORT_DS = "72:456;73:386;74:457;75:458;76:459;77:460;78:401;14:399;12:42;46:378;115[1,2]:421[14575,14576]"
IMPORT_TKS = "72:95;73:51;74:96;75:97;76:98;77:99;78:59;14:60;12:9,80,83"
PREPROCESS = "if (numberFrom.length() == 11) { numberFrom = numberFrom.substring(1) }; return numberFrom;"

SERVERS = f"""
bgbilling:server.1.id=bitel
bgbilling:server.1.title=BiTel
bgbilling:server.1.url=http://billing.bitel.ru/executer
bgbilling:server.1.customerIdParam=100
bgbilling:server.1.copyParamMapping={COPYING}
bgbilling:server.1.db.driver=com.mysql.jdbc.Driver
bgbilling:server.1.db.url={JDBC}
bgbilling:server.1.db.user=bill
bgbilling:server.1.db.pswd=pass
cnt=1
bgbilling:server.{{@inc:cnt}}.id=ds
bgbilling:server.{{@cnt}}.title=Домашняя сеть
bgbilling:server.{{@cnt}}.url=https://ds.example.org:7443/bgbilling/executer
# необязательные параметры
bgbilling:server.{{@cnt}}.customerIdParam=12
bgbilling:server.{{@cnt}}.timezone=Europe/Moscow
bgbilling:server.{{@cnt}}.requestTimeOut=20000
bgbilling:server.{{@cnt}}.version=9.2
bgbilling:server.{{@cnt}}.markerRequestParam=caller:bgerp
bgbilling:server.{{@cnt}}.contract_pattern.4.title_pattern=D${{N}}
bgbilling:server.{{@inc:cnt}}.id=tks
bgbilling:server.{{@cnt}}.title=ТКС
bgbilling:server.{{@cnt}}.url=http://tks.example.org/executer
bgbilling:search.contract.param.address.paramIds=9,12
"""

IMPORT = f"""
# загрузчик контрагентов
# дата рожд, адреса  услуг, сот. телефон(ы), паспорт с.-н.
bgbilling:creator.confirmParameters=73,12,14,74
# поиск по с.-н. паспорта, адресам услуг, сот. телефонам
bgbilling:creator.searchParameters=74,12,14
# расстояние по Левинштейну
bgbilling:creator.titleDistance=2
bgbilling:creator.importParameters=72,73,74,75,76,77,78,14,12
bgbilling:creator.importBillingIds=ds,tks

# группа параметров контрагента
bgbilling:creator.parameterGroupRule.1.paramGroupId=3

bgbilling:creator.server.1.billingId=ds
bgbilling:creator.server.1.user=bgcrm
bgbilling:creator.server.1.pswd=bgcrmv2
bgbilling:creator.server.1.paramMapping={IMPORT_DS}
bgbilling:creator.server.1.pageSize=10
bgbilling:creator.server.1.minCustomerTitleLength=10

bgbilling:creator.server.2.billingId=tks
bgbilling:creator.server.2.user=bgcrm
bgbilling:creator.server.2.pswd=bgcrmv2
bgbilling:creator.server.2.paramMapping={IMPORT_TKS}
bgbilling:creator.server.2.pageSize=10

scheduler.task.{{@inc:cnt}}.class=CustomerCreator
scheduler.task.{{@cnt}}.minutes=2,12,22,32,42,52
bgbilling:contractType.{{@inc:cnt}}.title=Интернет
bgbilling:contractType.{{@cnt}}.billing=bitel
bgbilling:contractType.{{@cnt}}.patternId=4
bgbilling:contractType.{{@cnt}}.tariffList=17:Тариф (400 р.);18:Тариф (600 р.)
bgbilling:contractType.{{@cnt}}.tariffPosition=-1
"""

MESSAGES = f"""
messageType.1.title=Звонки
messageType.1.class=MessageTypeCall
messageType.1.search.{{@inc:cnt}}.title=По номеру/примечанию
messageType.1.search.{{@cnt}}.class=BGBillingMessageTypeSearchContractByTitleAndComment
messageType.1.search.{{@cnt}}.billingId=bitel
messageType.1.search.{{@inc:cnt}}.title=Договор по номеру звонящего
messageType.1.search.{{@cnt}}.class=BGBillingMessageTypeSearchCall
messageType.1.search.{{@cnt}}.billingId=bitel
messageType.1.search.{{@cnt}}.commands=contractByPhoneParam:27
messageType.1.search.{{@cnt}}.expressionNumberPreprocess={PREPROCESS}
messageType.1.search.{{@inc:cnt}}.title=Договор по параметру email
messageType.1.search.{{@cnt}}.class=BGBillingMessageTypeSearchEmail
messageType.1.search.{{@cnt}}.billingId=bitel
messageType.1.search.{{@cnt}}.paramIds=7
messageType.1.saver.class=BGBillingMessageTypeContactSaverPhone
messageType.1.saver.paramId=27
messageType.200.title=HelpDesk
messageType.200.billingId=bitel
messageType.200.class=MessageTypeHelpDesk
messageType.200.user=helpdesk
messageType.200.pswd=word
messageType.200.processTypeId=9
messageType.200.openStatusId=1
messageType.200.closeStatusId=2
messageType.200.statusParamId=30
# опционально
#messageType.200.markMessagesReadStatusIds=1,2
# максимальное количество однократно импортируемых сообщений топиков
messageType.200.pageSize=100000
messageType.200.addFirstMessageInDescription=1
messageType.200.newMessageEvent=1
"""

PROCESS_TYPE = """
bgbilling:processLinkedContract.{@inc:cnt}.groupIds=3,4
bgbilling:processLinkedContract.{@cnt}.titleRegexp=^D.+
bgbilling:processLinkedContract.{@cnt}.billingIds=bitel,ds
bgbilling:linkCustomerOnContractLink=0
bgbilling:processShowLinkContractProcess=1
"""

# What stands in the description with its places not filled in.
WITH_PLACES = """
bgbilling:server.{@inc:cnt}.id=<ID>
bgbilling:server.{@cnt}.title=<TITLE>
bgbilling:server.{@cnt}.url=<URL>
bgbilling:server.{@cnt}.requestTimeOut=<TIMEOUT>
bgbilling:server.{@cnt}.contract_pattern.<pat_num>.title_pattern=<pattern>
bgbilling:login.<BILLING_ID>=<LOGIN>
messageType.<ID>.search.{@cnt}.billingId=<BILLING_ID>
"""


def test_the_whole_configuration_has_no_mistakes() -> None:
    assert check(SERVERS + IMPORT + MESSAGES) == []
    assert check(PROCESS_TYPE) == []


def test_servers() -> None:
    settings = load_text(SERVERS)
    assert settings.disabled_servers == ()
    bitel, ds, tks = settings.servers
    assert (bitel.id, bitel.title, bitel.url) == ("bitel", "BiTel", "http://billing.bitel.ru/executer")
    assert bitel.customer_parameter_id == 100
    assert bitel.copy_parameter_mapping == COPYING
    assert bitel.database is not None
    assert bitel.database.url == JDBC
    assert (bitel.database.user, bitel.database.password) == ("bill", "pass")
    assert bitel.database.driver == "com.mysql.jdbc.Driver"
    assert (ds.number, ds.id, ds.request_timeout, ds.version) == (2, "ds", 20.0, "9.2")
    assert ds.timezone.key == "Europe/Moscow"
    assert ds.marker == ("caller", "bgerp")
    assert dict(ds.contract_patterns) == {4: "D${N}"}
    assert (tks.number, tks.title) == (3, "ТКС")
    assert settings.search.address_parameter_ids == (9, 12)


def test_blocks_of_later_parts_keep_their_values() -> None:
    properties = parse(SERVERS + IMPORT + MESSAGES)
    assert properties["bgbilling:creator.server.1.paramMapping"] == IMPORT_DS
    assert properties["bgbilling:creator.server.2.paramMapping"] == IMPORT_TKS
    assert properties.integers("bgbilling:creator.importParameters") == (72, 73, 74, 75, 76, 77, 78, 14, 12)
    assert properties.words("bgbilling:creator.importBillingIds") == ("ds", "tks")
    (contract_type,) = properties.indexed("bgbilling:contractType.").values()
    assert contract_type.id_titles("tariffList") == (
        IdTitle(17, "Тариф (400 р.)"),
        IdTitle(18, "Тариф (600 р.)"),
    )
    searches = list(properties.indexed("messageType.1.search.").values())
    assert [search.text("title") for search in searches] == [
        "По номеру/примечанию",
        "Договор по номеру звонящего",
        "Договор по параметру email",
    ]
    assert searches[1].text("expressionNumberPreprocess") == PREPROCESS
    (task,) = properties.keyed("scheduler.task.").values()
    assert task.text("minutes") == "2,12,22,32,42,52"


def test_places_that_nobody_filled_in_are_reported_and_break_nothing() -> None:
    settings = load_text(WITH_PLACES)
    assert settings.servers == ()
    assert [server.number for server in settings.disabled_servers] == [1]
    problems = {(problem.line, problem.code) for problem in check(WITH_PLACES)}
    assert {(2, "server-id"), (4, "url"), (5, "positive"), (6, "key-index"), (8, "key-index")} <= problems
