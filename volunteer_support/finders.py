"""Serves the few front-end files that installed packages bring, and no other file of theirs."""

from importlib.resources import files

from django.contrib.staticfiles.finders import AppDirectoriesFinder, BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage

PACKAGED = {
    "django_include_bootstrap": (
        "static",
        "vendor",
        ["css/bootstrap-reboot.min.css", "css/bootstrap-reboot.min.css.map"],
    ),
}


# The extensions of htmx import it by a bare name that nothing here provides; we use none of them.
UNUSED = ["django_htmx/ext/*"]


class UsedAppFilesFinder(AppDirectoriesFinder):
    """Finds the static files of installed apps, but for UNUSED."""

    def list(self, ignore_patterns):
        """Yield (name, storage) for collectstatic."""
        return super().list([*(ignore_patterns or []), *UNUSED])


class PackagedFilesFinder(BaseFinder):
    """Finds PACKAGED: package -> (folder inside it, prefix in our urls, files)."""

    def __init__(self, app_names=None, *args, **kwargs):
        self.storages = []
        for package, (folder, prefix, names) in PACKAGED.items():
            storage = FileSystemStorage(location=str(files(package).joinpath(folder)))
            storage.prefix = prefix
            self.storages.append((storage, names))
        super().__init__(*args, **kwargs)

    def find(self, path, find_all=False, **kwargs):
        """Return the absolute path of a packaged file, or [] (the finder protocol's "not here")."""
        for storage, names in self.storages:
            name = path.removeprefix(storage.prefix + "/")
            if name != path and name in names:
                found = storage.path(name)
                return [found] if find_all else found
        return []

    def list(self, ignore_patterns):
        """Yield (name, storage) for collectstatic."""
        for storage, names in self.storages:
            for name in names:
                if not matches_patterns(name, ignore_patterns):
                    yield name, storage
