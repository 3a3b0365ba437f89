"""The rules of the import as they are configured: what is read, what is left out, what is reported together."""

from flask_bgbilling.config.check import check
from flask_bgbilling.config.creator import CreatorSettings, creator_settings
from flask_bgbilling.config.loading import load_text

SERVERS = "".join(
    f"bgbilling:server.{number}.{key}={value}\n"
    for number, name in ((1, "ds"), (2, "tks"))
    for key, value in (("id", name), ("title", name), ("url", f"http://{name}/executer"))
)
C = "bgbilling:creator"
ACCOUNTS = "".join(
    f"{C}.server.{number}.{key}={value}\n"
    for number, name in ((1, "ds"), (2, "tks"))
    for key, value in (("billingId", name), ("user", "bgcrm"), ("pswd", "bgcrmv2"))
)
EXAMPLE = (
    f"{C}.confirmParameters=73,12,14,74\n{C}.searchParameters=74,12,14\n{C}.titleDistance=2\n"
    f"{C}.importParameters=72,73,74,75,76,77,78,14,12\n{C}.parameterGroupRule.1.paramGroupId=3\n{ACCOUNTS}"
    f"{C}.server.1.paramMapping=72:456;73:386;74:457;75:458;76:459;77:460;78:401;14:399;12:42;46:378;"
    f"115[1,2]:421[14575,14576]\n{C}.server.1.pageSize=10\n"
    f"{C}.server.2.paramMapping=72:95;73:51;74:96;75:97;76:98;77:99;78:59;14:60;12:9,80,83\n{C}.server.2.pageSize=10\n"
)


def read(text: str) -> CreatorSettings:
    return creator_settings(load_text(SERVERS + text))


def found(text: str) -> list[tuple[str, str]]:
    return [(problem.code, problem.key.removeprefix(f"{C}.")) for problem in check(SERVERS + text)]


def test_the_example_of_the_description() -> None:
    creator = read(EXAMPLE)
    assert (creator.confirm, creator.search) == ((73, 12, 14, 74), (74, 12, 14))
    assert creator.imported == (72, 73, 74, 75, 76, 77, 78, 14, 12)
    assert (creator.title_distance, creator.billing_ids, creator.review_several) == (2, (), False)
    first, second = creator.servers
    assert (first.billing_id, first.user, first.password, first.page_size) == ("ds", "bgcrm", "bgcrmv2", 10)
    assert first.shortest_title == 10
    assert first.sources[72] == (456,)
    assert first.sources[115] == (421,)
    assert first.items[115] == {14575: 1, 14576: 2}
    assert second.sources[12] == (9, 80, 83)
    assert (creator.rules[0].group_id, creator.rules[0].pattern, creator.rules[0].title_pattern_id) == (3, None, -1)
    assert found(EXAMPLE) == []
    assert "bgcrmv2" not in repr(creator)


def test_rules_are_asked_in_the_order_of_their_numbers() -> None:
    creator = read(
        f"{C}.parameterGroupRule.10.paramGroupId=3\n{C}.parameterGroupRule.2.paramGroupId=5\n"
        f"{C}.parameterGroupRule.2.contractTitlePattern=^U\n{C}.parameterGroupRule.2.titlePatternId=7\n"
        f"{C}.parameterGroupRule.1.paramGroupId=0\n{C}.parameterGroupRule.3.paramGroupId=9\n"
        f"{C}.parameterGroupRule.3.contractTitlePattern=(\n"
    )
    assert [rule.number for rule in creator.rules] == [2, 10]
    firm, person = creator.rule("U-15"), creator.rule("15-U")
    assert firm is not None
    assert (firm.group_id, firm.title_pattern_id) == (5, 7)
    assert person is not None
    assert (person.group_id, person.title_pattern_id) == (3, -1)
    assert read("").rule("15") is None


def test_patterns_of_numbers_mean_what_they_mean_in_java() -> None:
    rule = f"{C}.parameterGroupRule.1"

    def fits(pattern: str, number: str) -> bool:
        (one,) = read(f"{rule}.paramGroupId=3\n{rule}.contractTitlePattern={pattern}\n").rules
        return one.fits(number)

    assert fits(r"^\p{L}+-", "Ю-15")
    assert not fits(r"^\p{L}+-", "15-Ю")
    assert fits(r"[\p{Lu}&&[^А]]\d++", "номер Ю15, новый"), "found anywhere in the number"
    assert not fits(r"\d", "١٥"), "digits are those of Java"
    assert not fits("(.*,){20}(x+x+)+y", "x," * 50), "who takes for ever is for another contract"
    told = found(f"{C}.confirmParameters=\n{rule}.paramGroupId=3\n{rule}.contractTitlePattern=(?P<name>x)\n")
    assert ("pattern", "parameterGroupRule.1.contractTitlePattern") in told, "Java knows no such group"


def test_distances_and_billings() -> None:
    creator = read(
        f"{C}.titleDistance=3\n{C}.titleDistance.74=-1\n{C}.titleDistance.12=x\n{C}.importBillingIds=tks\n"
        f"{C}.reviewSeveral=1\n{ACCOUNTS}"
    )
    assert (creator.distance(74), creator.distance(12), creator.distance(14)) == (-1, 3, 3)
    assert [server.billing_id for server in creator.scheduled] == ["tks"]
    assert creator.server("ds") is not None
    assert creator.server("other") is None
    assert creator.review_several


def test_one_bad_block_leaves_the_others() -> None:
    bad = f"{C}.confirmParameters=12\n{ACCOUNTS}{C}.server.1.paramMapping=12:9:10\n{C}.server.2.paramMapping=12:9\n"
    assert [server.billing_id for server in read(bad).servers] == ["tks"]
    assert found(bad) == [("mapping", "server.1.paramMapping")]


def test_mistakes_are_told_together() -> None:
    text = (
        f"{C}.confirmParameters=12,99\n{C}.server.1.billingId=ds\n{C}.server.1.user=u\n"
        f"{C}.server.1.paramMapping=12:9;115[1,2]:421[1]\n{C}.server.2.billingId=ds\n{C}.server.2.user=u\n"
        f"{C}.server.2.pswd=p\n{C}.server.2.paramMapping=12:9;customerTitle:4\n"
        f"{C}.parameterGroupRule.1.contractTitlePattern=(\n{C}.reviewSeveral=perhaps\n"
    )
    assert sorted(found(text)) == sorted(
        [
            ("parameter-unmapped", "confirmParameters"),
            ("required", "server.1.pswd"),
            ("mapping-lengths", "server.1.paramMapping"),
            ("creator-twice", "server.2.billingId"),
            ("creator-title", "server.2.paramMapping"),
            ("rule-ignored", "parameterGroupRule.1.paramGroupId"),
            ("pattern", "parameterGroupRule.1.contractTitlePattern"),
            ("boolean", "reviewSeveral"),
        ]
    )


def test_every_mistake_of_a_mapping_is_named() -> None:
    mapping = "12:9:1;14:5:5;115[1,2]:4[1];12:7;customerTitle:4;77"
    text = f"{C}.confirmParameters=12\n{ACCOUNTS}{C}.server.1.paramMapping={mapping}\n"
    assert [(problem.code, problem.params["value"]) for problem in check(SERVERS + text)] == [
        ("mapping", "12:9:1"),
        ("mapping", "14:5:5"),
        ("mapping-lengths", "115[1,2]:4[1]"),
        ("mapping", "77"),
        ("creator-title", "customerTitle:4"),
    ]
    assert [server.billing_id for server in read(text).servers] == ["tks"], "half a mapping would be worse than none"


def test_what_the_linter_accepts_is_used() -> None:
    mapping = "1234567890:2147483647;115[1234567890]:1[2]"
    text = f"{C}.confirmParameters=1234567890\n{ACCOUNTS}{C}.server.1.paramMapping={mapping}\n"
    assert found(text) == []
    server = read(text).server("ds")
    assert server is not None
    assert server.sources == {1234567890: (2147483647,), 115: (1,)}
    assert server.items == {115: {2: 1234567890}}


def test_without_confirmation_the_title_alone_finds_nobody_and_that_is_told() -> None:
    assert found(f"{C}.titleDistance=2") == [("confirm-empty", "confirmParameters")]
