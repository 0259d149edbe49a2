"""`cics`: the same work as the scheduler's, from a terminal.

Exit codes: 0 done, 1 refused with a reason, 2 wrong usage. Heavy imports stand inside the commands,
so that `cics --help` answers at once. Each file of this folder holds the commands of one theme.
"""

from __future__ import annotations

import typer

from orchestration.cli import extracts, figures, quarantine, running, upkeep
from orchestration.cli.common import refuse

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for commands in (running, extracts, figures):
    app.add_typer(commands.app)
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(upkeep.keys_app, name="keys")
app.add_typer(upkeep.bench_app, name="bench")


def main() -> None:
    """Entry point: known refusals become one clear line and exit code 1."""
    try:
        app()
    except Exception as error:
        if not isinstance(error, _refusals()):
            raise
        refuse(str(error))


def _refusals() -> tuple[type[Exception], ...]:
    """Errors whose message is meant for the person at the terminal; imported when one came up."""
    from orchestration.contracts.model import ContractError
    from orchestration.keys import MissingKeyError
    from orchestration.lock import WriterBusyError
    from orchestration.partnership.load import PartnershipError
    from orchestration.run import FailedBuildError
    from orchestration.warehouse.build import BuildError
    from orchestration.warehouse.definitions import DefinitionError
    from orchestration.warehouse.snapshot import NoSnapshotError

    return (
        BuildError,
        ContractError,
        DefinitionError,
        FailedBuildError,
        MissingKeyError,
        NoSnapshotError,
        PartnershipError,
        WriterBusyError,
    )


if __name__ == "__main__":
    main()
