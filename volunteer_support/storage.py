"""How static files are stored."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleAwareStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Also renames what a JavaScript module imports, so that an update never mixes old modules with new ones."""

    support_js_module_import_aggregation = True
