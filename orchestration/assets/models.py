"""Models: the whole dbt project in one process, its tests among it."""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets

from orchestration.assets.home import hold_lock, pipeline
from orchestration.warehouse.build import (
    build_arguments,
    dbt_environment,
    dbt_folder,
    prepare_manifest,
    target_path,
)


class Translator(DagsterDbtTranslator):
    """Asset keys as people read them: the schema, then the table."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """`raw/<table>` for what intake loads, `<schema>/<name>` for models and context."""
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The layer."""
        return str(dbt_resource_props["schema"])


manifest = prepare_manifest(pipeline.settings, pipeline.keys)


@dbt_assets(
    manifest=manifest, name="dbt_models", dagster_dbt_translator=Translator(), pool="writer"
)
def dbt_models(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
    """Every model and test in one dbt process; a failed test fails the run, and nothing is published."""
    hold_lock(context.run_id)
    os.environ.update(dbt_environment(pipeline.settings, pipeline.keys))
    command = build_arguments(pipeline.settings)
    options = command[command.index("build") :]
    yield from dbt.cli(
        options, context=context, target_path=target_path(pipeline.settings)
    ).stream()


dbt_resource = DbtCliResource(
    project_dir=str(pipeline.settings.dbt_project),
    profiles_dir=str(pipeline.settings.dbt_project),
    dbt_executable=str(Path(sys.executable).with_name("dbt")),
    global_config_flags=["--no-use-colors", "--log-level-file", "none"],
)
dbt_folder(pipeline.settings).mkdir(mode=0o700, exist_ok=True)
