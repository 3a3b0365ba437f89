"""Steps of the wizard: their classes, keys and order, and what keeps one from being used."""

import pytest

from flask_bgbilling.config.properties import parse
from flask_bgbilling.config.wizard import problems, wizard_steps

WHOLE = """
wizard.step.1.class=ShowInetSessionStep
wizard.step.1.inetModuleId=7
wizard.createStep.{@inc:step}.title=Договор
wizard.createStep.{@step}.class=CreateContractsStep
wizard.createStep.{@step}.showContractTitle=0
wizard.createStep.{@step}.contractType.2.title=Телефон
wizard.createStep.{@step}.contractType.2.billing=ds
wizard.createStep.{@step}.contractType.1.title=Интернет
wizard.createStep.{@step}.contractType.1.billing=bitel
wizard.createStep.{@step}.contractType.1.patternId=3
wizard.createStep.{@step}.contractType.1.tariffList=3:Домашний 300
wizard.createStep.{@inc:step}.class=ru.bgcrm.plugin.bgbilling.model.process.wizard.FillParamsStep
wizard.createStep.{@step}.parameterIds=3,4;6,3
wizard.createStep.{@step}.checkParamIds=4
wizard.createStep.{@inc:step}.class=SetContractTariffStep
wizard.createStep.{@inc:step}.class=ShowContractsByAddrParamStep
wizard.createStep.{@step}.addressParamId=5
wizard.createStep.{@step}.billing.2.id=ds
wizard.createStep.{@step}.billing.1.billingId=bitel
"""


def test_obligatory_steps_come_first() -> None:
    steps = wizard_steps(parse(WHOLE))
    assert [(step.key, step.kind) for step in steps] == [
        ("create-1", "contracts"),
        ("create-2", "parameters"),
        ("create-3", "tariff"),
        ("create-4", "address"),
        ("step-1", "sessions"),
    ]
    contracts, parameters, _, address, sessions = steps
    assert [(one.number, one.title, one.billing_id) for one in contracts.types] == [
        (1, "Интернет", "bitel"),
        (2, "Телефон", "ds"),
    ]
    assert contracts.types[0].pattern_id == 3
    assert not contracts.show_numbers
    assert (parameters.parameter_ids, parameters.checked_ids) == ((3, 4, 6), (4,))
    assert (address.address_parameter_id, address.billing_ids) == (5, ("bitel", "ds"))
    assert (sessions.module_id, sessions.obligatory) == (7, False)
    assert list(problems(parse(WHOLE))) == []


def test_the_old_prefix_is_read() -> None:
    old = parse(
        "createWizard.createStep.1.class=SetContractTariffStep\ncreateWizard.step.2.class=SetContractTariffStep"
    )
    assert [step.key for step in wizard_steps(old)] == ["create-1", "step-2"]


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ("wizard.step.1.title=x", "class-none", "wizard.step.1.class"),
        ("wizard.step.1.class=FindContractStep", "class-none", "wizard.step.1.class"),
        ("wizard.step.1.class=ShowInetServiceStep", "required", "wizard.step.1.inetModuleId"),
        (
            "wizard.step.1.class=ShowInetServiceStep\nwizard.step.1.inetModuleId=x",
            "required",
            "wizard.step.1.inetModuleId",
        ),
        ("wizard.step.1.class=FillContractParamsStep", "required", "wizard.step.1.parameterIds"),
        ("wizard.step.1.class=ShowContractsByAddrParamStep", "required", "wizard.step.1.addressParamId"),
        ("wizard.createStep.1.class=CreateContractsStep", "required", "wizard.createStep.1.contractType"),
    ],
)
def test_a_step_that_cannot_be_used_is_left_out_and_told(text: str, code: str, key: str) -> None:
    properties = parse(f"{text}\nwizard.step.9.class=SetContractTariffStep")
    assert [step.key for step in wizard_steps(properties)] == ["step-9"]
    (problem,) = problems(properties)
    assert (problem.code, problem.key) == (code, key)
