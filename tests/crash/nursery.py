"""A program that has imported Porte-voix once, with points in it, and forks one run of it after another."""

import gc
import importlib
import json
import os
import selectors
import signal
import sys
import traceback
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from math import inf
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, ClassVar

from tests.crash.defects import DEFECTS
from tests.crash.points import Board, watch
from tests.crash.sites import MODULES, Site, with_points

LATE = ("scipy.optimize", "scipy.sparse", "uvicorn.lifespan.on", "uvicorn.protocols.http.h11_impl")
"""What a run imports only when it needs it."""
LOOK_EVERY, TIDY_EVERY = 0.4, 0.4  # seconds; instead of 10 and 30
FLUSH_AT = 4  # people; instead of 10, so that there are several flushes


class Pointed(SourceFileLoader):
    """Loads a module with points around its sites, and a defect planted in it if there is one."""

    sites: ClassVar[list[Site]] = []
    defect = ""

    def get_code(self, fullname: str) -> CodeType:
        source = self.get_data(self.path).decode()
        if (defect := DEFECTS.get(self.defect)) is not None and defect.module == fullname:
            assert source.count(defect.sound) == 1, f"{self.defect} cannot be planted any more"
            source = source.replace(defect.sound, defect.broken)
        tree, found = with_points(fullname, source, len(self.sites))
        self.sites.extend(found)
        return compile(tree, self.path, "exec", dont_inherit=True)


class Pointing:
    """Finds the modules that get points."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in MODULES:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = Pointed(name, spec.origin)
        return spec


class Nursery:
    """Takes orders from standard input, one JSON line each, and answers on standard output."""

    def __init__(self) -> None:
        self._ears = selectors.DefaultSelector()
        self._ears.register(0, selectors.EVENT_READ)
        self._pids: dict[int, int] = {}
        self._orders = b""

    def work(self) -> None:
        """Fork and report until standard input ends; then nothing that was forked lives on."""
        while True:
            for key, _ in self._ears.select():
                if key.fd != 0:
                    self._bury(key.data, key.fd)
                    continue
                heard = os.read(0, 65_536)
                if not heard:
                    return self._end()
                *orders, self._orders = (self._orders + heard).split(b"\n")
                for order in orders:
                    self._obey(json.loads(order))

    def _obey(self, order: dict[str, Any]) -> None:
        if "signal" in order:
            if (pid := self._pids.get(order["run"])) is not None:  # not buried yet: the id is still its own
                os.kill(pid, order["signal"])
            return
        here, there = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(here)
            _live(order)
        os.close(there)  # the other end closes when the run dies
        self._pids[order["run"]] = pid
        self._ears.register(here, selectors.EVENT_READ, order["run"])

    def _bury(self, run: int, fd: int) -> None:
        self._ears.unregister(fd)
        os.close(fd)
        _, status = os.waitpid(self._pids.pop(run), 0)
        _tell({"run": run, "status": os.waitstatus_to_exitcode(status)})

    def _end(self) -> None:
        for pid in self._pids.values():
            os.kill(pid, signal.SIGKILL)


def _live(order: dict[str, Any]) -> None:
    """Be the program, in a process of its own, until it ends."""
    status = 70
    try:
        for fd, name in ((0, os.devnull), (1, order["said"]), (2, order["said"])):
            os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), fd)
        for name in [name for name in os.environ if name.startswith("PORTEVOIX_")]:
            del os.environ[name]
        os.environ.update(order["settings"])
        os.chdir(order["folder"])
        from bot.__main__ import main

        main(order["words"])
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _hurry() -> None:
    """Let nothing wait that only waits for the clock: pace of delivery, look of the scheduler, flush."""
    import bot.pacing
    import bot.scheduler
    import bot.tidying

    bot.pacing.TELEGRAM_RATES = bot.pacing.Rates(inf, inf)
    for module, name, quick in (
        (bot.scheduler, "LOOK_EVERY", LOOK_EVERY),
        (bot.scheduler, "TIDY_EVERY", TIDY_EVERY),
        (bot.tidying, "FLUSH_AT", FLUSH_AT),
    ):
        assert hasattr(module, name)
        setattr(module, name, quick)


def _tell(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def main(board: str, defect: str = "") -> None:
    """Import and read everything, say which sites there are, then work."""
    Pointed.defect = defect
    sys.meta_path.insert(0, Pointing())
    for name in ("bot.__main__", "bot.serving", *MODULES, *LATE):
        importlib.import_module(name)
    from tests.crash.catalogues import read_once  # now that the modules it imports have their points

    _hurry()
    watch(Board(Path(board)))
    with read_once():
        gc.collect()
        gc.freeze()
        _tell({"sites": [site.name for site in Pointed.sites]})
        Nursery().work()


if __name__ == "__main__":
    main(*sys.argv[1:])
