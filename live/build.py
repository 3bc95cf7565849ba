"""Builds the plan of a run from its settings."""

from __future__ import annotations

from dataclasses import replace

from . import producers, questions, sources
from .plan import Plan, Section
from .settings import Settings


def plan(settings: Settings) -> Plan:
    all_ = (
        sources.account(settings),
        *sources.load_balancers(settings),
        sources.source_bucket(settings),
        sources.key(settings),
        *producers.sections(settings),
        *questions.sections(settings),
    )
    return Plan(chosen(all_, settings.only))


def names(settings: Settings) -> list[str]:
    """Returns the names of all sections, for `--only`."""
    return [section.name for section in plan(replace(settings, only=())).sections]


def chosen(all_: tuple[Section, ...], only: tuple[str, ...]) -> tuple[Section, ...]:
    """Returns the sections with these names and those that they need."""
    if not only:
        return all_
    by_name = {section.name: section for section in all_}
    wanted: set[str] = set()
    new = [name for name in only if name in by_name]
    while new:
        name = new.pop()
        if name not in wanted:
            wanted.add(name)
            new.extend(by_name[name].needs)
    return tuple(section for section in all_ if section.name in wanted)


def later(settings: Settings) -> Plan:
    return Plan(producers.later(settings))
