"""Validation as SQL: a contract becomes expressions over the text columns of a file.

Pure: nothing here runs a statement. A text value that is blank counts as absent. Every expression
is built from the contract's own names, never from what a file holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from orchestration.contracts.model import (
    Catalogue,
    Column,
    ColumnType,
    Contract,
    RowRule,
    RuleKind,
)
from orchestration.duck import quote

FIRST_PLAUSIBLE, LAST_PLAUSIBLE = "1900-01-01", "2099-12-31"
TYPE_RULES = {
    ColumnType.DATE: ("bad_date", "is not a date: yyyy-mm-dd or dd/mm/yyyy"),
    ColumnType.DATETIME: ("bad_date", "is not a date and time: yyyy-mm-ddThh:mm:ss"),
    ColumnType.TIME: ("bad_time", "is not a time: hh:mm or hh:mm:ss"),
    ColumnType.INTEGER: ("bad_integer", "is not a whole number"),
    ColumnType.DECIMAL: ("bad_number", "is not a number"),
    ColumnType.NHS_NUMBER: (
        "bad_nhs_number",
        "is not ten digits; a spreadsheet may have changed it",
    ),
}


FLAG_VALUES = ("Y", "N", "U", "X", "Z", "0", "1", "true", "false", "yes", "no")


@dataclass(frozen=True)
class Span:
    """First and last day of the reporting period, as SQL: a batch may hold files of several."""

    start: str
    end: str


@dataclass(frozen=True)
class Check:
    """One row rule: rows where `condition` holds are held back under `rule_id`."""

    rule_id: str
    column_name: str
    condition: str
    message: str


def text_name(column: Column) -> str:
    """The text column a value is read into, before it is typed."""
    return f'"t_{column.name}"'


def typed(column: Column) -> str:
    """SQL for the typed value of a column; null where the text is no valid value."""
    text = text_name(column)
    match column.type:
        case ColumnType.DATE:
            return f"try_cast({_iso_day(text)} AS DATE)"
        case ColumnType.DATETIME:
            return f"try_cast({_iso_day(text)} || substr({text}, 11) AS TIMESTAMP)"
        case ColumnType.TIME:
            return f"try_cast(CASE WHEN length({text}) = 5 THEN {text} || ':00' ELSE {text} END AS TIME)"
        case ColumnType.INTEGER:
            return f"CASE WHEN regexp_full_match({text}, '[-+]?[0-9]+') THEN try_cast({text} AS BIGINT) END"
        case ColumnType.DECIMAL:
            return f"CASE WHEN regexp_full_match({text}, '[-+]?[0-9]+([.][0-9]+)?') THEN try_cast({text} AS DOUBLE) END"
        case ColumnType.NHS_NUMBER:
            digits = f"replace(replace({text}, ' ', ''), '-', '')"
            return f"CASE WHEN regexp_full_match({digits}, '[0-9]{{10}}') THEN {digits} END"
        case _:
            return text


def _iso_day(text: str) -> str:
    """The day a text begins with as yyyy-mm-dd, from that or dd/mm/yyyy; never month first."""
    slashed = f"{text}[7:10] || '-' || {text}[4:5] || '-' || {text}[1:2]"
    return f"CASE {text}[3] WHEN '/' THEN {slashed} ELSE CASE {text}[5] WHEN '-' THEN {text}[1:10] END END"


def _is_no_date(text: str, value: str) -> str:
    """True for a text that is no plausible day: a time behind it other than midnight counts as none."""
    midnight = "('', ' 00:00:00', 'T00:00:00', ' 00:00', ' 00:00:00.000')"
    plausible = f"{value} BETWEEN DATE {quote(FIRST_PLAUSIBLE)} AND DATE {quote(LAST_PLAUSIBLE)}"
    return (
        f"({text} IS NOT NULL AND NOT coalesce({plausible} AND {text}[11:] IN {midnight}, false))"
    )


def checks(contract: Contract, span: Span, *, has_nul: bool, has_formula: bool) -> list[Check]:
    """Every rule a row of the contract can break alone. `c` names are typed, `t_` names are text.

    The two scans over all text for NUL bytes and formula cells run only when the file's bytes
    hold such a mark at all: they cost a fifth of a large load otherwise.
    """
    found: list[Check] = []
    for column in contract.columns:
        text, value = text_name(column), f'"{column.name}"'
        if column in contract.mandatory:
            found.append(
                Check("mandatory_blank", column.name, f"{text} IS NULL", "must not be blank")
            )
        if column.type in TYPE_RULES:
            rule, message = TYPE_RULES[column.type]
            is_bad = f"{text} IS NOT NULL AND {value} IS NULL"
            if column.type is ColumnType.DATE:
                is_bad = _is_no_date(text, value)
            found.append(Check(rule, column.name, is_bad, message))
        if has_nul:
            found.append(
                Check("nul_byte", column.name, f"contains({text}, chr(0))", "holds a NUL byte")
            )
        if has_formula and column.type in (ColumnType.TEXT, ColumnType.CODE, ColumnType.FLAG):
            formula = f"(starts_with({text}, '=') OR starts_with({text}, '@'))"
            found.append(Check("formula_cell", column.name, formula, "holds a spreadsheet formula"))
    found += [_row_check(rule, span) for rule in contract.rules]
    return found


def _row_check(rule: RowRule, span: Span) -> Check:
    value = f'"{rule.column}"'
    match rule.kind:
        case RuleKind.NOT_BEFORE:
            condition = f'{value} < "{rule.other}"'
        case RuleKind.NOT_AFTER_PERIOD:
            condition = f"{value}::DATE > {span.end}"
        case RuleKind.IN_PERIOD:
            condition = f"({value} < {span.start} OR {value}::DATE > {span.end})"
    return Check(rule.id, rule.column, condition, rule.message)


def any_broken(found: list[Check]) -> str:
    """SQL that is true where a row breaks any rule, never null."""
    return f"coalesce({' OR '.join(f'({check.condition})' for check in found) or 'false'}, false)"


def unknown_codes(
    contract: Contract, catalogue: Catalogue, span: Span
) -> list[tuple[Column, str, str]]:
    """(column, condition, message) for each coded column: values its list does not hold.

    A dated code is held when it was valid on the first day of the period.
    """
    found = []
    message = "holds codes the list does not have; they were kept"
    for column in contract.columns:
        if column.type is ColumnType.FLAG:
            known = ", ".join(quote(v.lower()) for v in FLAG_VALUES)
            found.append((column, f'lower("{column.name}") NOT IN ({known})', message))
            continue
        codes = catalogue.codes(contract, column)
        if codes is None:
            continue
        always = [quote(c.code) for c in codes.codes if c.valid_from is None and c.valid_to is None]
        conditions = [f'"{column.name}" IS NOT NULL']
        if always:
            conditions = [f'"{column.name}" NOT IN ({", ".join(always)})']
        for code in codes.codes:
            if code.valid_from is not None or code.valid_to is not None:
                first, last = code.valid_from or date.min, code.valid_to or date.max
                held = f"{span.start} BETWEEN DATE {quote(str(first))} AND DATE {quote(str(last))}"
                conditions.append(f'NOT ("{column.name}" = {quote(code.code)} AND {held})')
        found.append((column, " AND ".join(conditions), message))
    return found


def wrong_check_digit(column: str) -> str:
    """SQL: ten digits whose modulus-11 check fails (NHS Data Dictionary, NHS NUMBER)."""
    total = " + ".join(f'"{column}"[{n}]::INT * {11 - n}' for n in range(1, 10))
    return f'(11 - ({total}) % 11) % 11 <> "{column}"[10]::INT'
