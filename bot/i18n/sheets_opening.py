"""Opens a workbook that came from outside: small, whole and of words alone, or refused with a reason."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from bot.i18n.pofiles import CatalogueError

PACKED = 10_000_000  # bytes; all words of one language take about 200,000
UNPACKED = 50_000_000  # bytes
RATIO, SMALL = 100, 5_000_000  # how many times larger it may be unpacked, where that is more than SMALL bytes
PARTS = 500  # files within a workbook; ours have ten
DIRECTORY = 100_000  # bytes of the list of these files
CHUNK = 1_000_000  # bytes
END = b"PK\x05\x06"
END_OF_LARGE = b"PK\x06\x07"
END_FORM = "<4s4H2LH"
"""How a zip file ends. Source: PKWARE, APPNOTE 6.3.10, sections 4.3.15 and 4.3.16."""
OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How an .xls or a workbook with a password begins. Source: MS-CFB, section 2.2."""
CONTENT_TYPES = "[Content_Types].xml"
UNWANTED = {
    "vbaproject.bin": "macros",
    "xl/macrosheets/": "macros",
    "xl/externallinks/": "links to other files",
    "xl/connections.xml": "links to other files",
    "xl/querytables/": "links to other files",
    "xl/embeddings/": "embedded files",
    "xl/activex/": "programs",
    "xl/ctrlprops/": "programs",
    "customui/": "programs",
}
"""What a sheet of words has no need of, by a piece of its name."""
AS_XLSX = "save it as Excel workbook (.xlsx)"


class Parts:
    """The parts of one opened workbook; what is read is counted, whatever its directory says."""

    def __init__(self, name: str, archive: ZipFile) -> None:
        self.name = name
        self.elements = 0
        self._archive = archive
        self._left = UNPACKED

    def __contains__(self, part: str) -> bool:
        return part in self._archive.NameToInfo

    def chunks(self, part: str) -> Iterator[bytes]:
        """Yield the bytes of one part, piece by piece.

        Raises:
            CatalogueError: it is not there, damaged, or makes the workbook too large.
        """
        try:
            with self._archive.open(part) as content:
                while chunk := content.read(CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise refusal(self.name, _too_large())
                    yield chunk
        except KeyError:
            raise refusal(self.name, f"is no whole workbook: {part} is not there; {AS_XLSX}") from None
        except (BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError, zlib.error):
            raise refusal(self.name, f"is damaged at {part}; ask for it to be sent again") from None


def refusal(name: str, reason: str) -> CatalogueError:
    """Return the error that says why a workbook is not taken."""
    return CatalogueError(f"{name}: {shown(reason)}")


def shown(text: str) -> str:
    """Return words of a file from outside as a terminal may show them: without signs that steer it."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def content_of(file: Path) -> bytes:
    """Return the bytes of a file from outside.

    Raises:
        CatalogueError: it is no file, cannot be read, or is too large.
    """
    if not file.exists():
        raise refusal(str(file), "is not there; look at its name")
    if not file.is_file():
        raise refusal(str(file), "is no file; name the .xlsx file itself")
    try:
        with file.open("rb") as opened_file:
            content = opened_file.read(PACKED + 1)
    except OSError as error:
        raise refusal(str(file), f"cannot be read ({error.strerror})") from None
    if len(content) > PACKED:
        raise refusal(str(file), f"is larger than {PACKED // 1_000_000} MB; a sheet of words is far smaller")
    return content


@contextmanager
def opened(content: bytes, name: str) -> Iterator[Parts]:
    """Open a workbook, if it is one that can be read without harm.

    Raises:
        CatalogueError: the reason why it cannot.
    """
    if content.startswith(OLD_OR_LOCKED):
        raise refusal(name, f"is an old .xls file or has a password; {AS_XLSX} without a password")
    _check_directory(content, name)
    try:
        archive = ZipFile(BytesIO(content))
    except (BadZipFile, ValueError, struct.error, UnicodeDecodeError, NotImplementedError):
        raise refusal(name, f"is no workbook, or was cut off; {AS_XLSX}") from None
    with archive:
        _check_parts(archive, name, len(content))
        parts = Parts(name, archive)
        _check_kind(parts)
        yield parts


def _check_directory(content: bytes, name: str) -> None:
    """Look at the end of a zip file before its list of files is read: a long list would fill the memory."""
    size = struct.calcsize(END_FORM)
    at = len(content) - size
    if at < 0 or content[at : at + 4] != END or content[-2:] != b"\0\0":
        at = content.rfind(END, max(0, len(content) - 65_535 - size))  # a comment stands behind it
    if at < 0 or len(content) < at + size:
        raise refusal(name, f"is no workbook, or was cut off; {AS_XLSX}")
    *_rest, parts, length, _offset, _comment = struct.unpack_from(END_FORM, content, at)
    if parts > PARTS or length > DIRECTORY or content[at - 20 : at - 16] == END_OF_LARGE:
        raise refusal(name, f"holds more than {PARTS} parts; a sheet of words has about ten")


def _check_parts(archive: ZipFile, name: str, packed: int) -> None:
    """Look at what the parts are called, and how large they say they are."""
    for part in archive.infolist():
        said = next((said for piece, said in UNWANTED.items() if piece in part.filename.lower()), "")
        if said:
            raise refusal(name, f"holds {said} ({part.filename[:60]!r}), which is never opened; {AS_XLSX}")
        if part.flag_bits & 1:
            raise refusal(name, "has a password; save it without one")
        if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise refusal(name, f"is packed in an unusual way; {AS_XLSX}")
    unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > UNPACKED or (unpacked > SMALL and unpacked > RATIO * packed):
        raise refusal(name, _too_large())


def _check_kind(parts: Parts) -> None:
    """See that it is a workbook, and one without macros."""
    if CONTENT_TYPES not in parts:
        raise refusal(parts.name, f"is no Excel workbook; {AS_XLSX}")
    types = b"".join(parts.chunks(CONTENT_TYPES))
    if b"macroEnabled" in types:
        raise refusal(parts.name, f"is a workbook for macros (.xlsm); {AS_XLSX}")


def _too_large() -> str:
    return (
        f"unpacks to far more than a sheet of words has (at most {UNPACKED // 1_000_000} MB); it is refused"
    )
