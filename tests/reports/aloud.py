"""What a program that reads a PDF aloud says of a page: replacement text first, else each sign's own."""

import re

from pypdf.generic import ArrayObject, ContentStream, DictionaryObject


def read_aloud(page):
    """The text of a page in the order in which it was set. Source: ISO 32000-1, 14.9.4, ActualText."""
    fonts = {name: _signs(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}
    said, replaced, signs = [], [], {}
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        match operator:
            case b"Tf":
                signs = fonts[operands[0]]
            case b"BMC" | b"BDC":
                part = operands[1] if len(operands) > 1 else None
                text = part.get("/ActualText") if isinstance(part, DictionaryObject) else None
                said += [str(text)] if text is not None and not any(replaced) else []
                replaced.append(text is not None)
            case b"EMC":
                replaced.pop()
            case b"Tj" | b"TJ" if not any(replaced):
                parts = operands[0] if isinstance(operands[0], ArrayObject) else [operands[0]]
                said += [_decoded(part, signs) for part in parts if hasattr(part, "original_bytes")]
    return "".join(said)


def _decoded(text, signs):
    codes = text.original_bytes
    return "".join(signs.get(codes[at : at + 2].hex(), "") for at in range(0, len(codes), 2))


def _signs(font):
    """What each code of a font stands for. Source: Adobe, "ToUnicode Mapping File Tutorial"."""
    table = font["/ToUnicode"].get_object().get_data().decode("latin-1")
    found = {}
    for listed in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, sign in re.findall(r"<(\w+)>\s*<(\w+)>", listed):
            found[code.lower()] = bytes.fromhex(sign).decode("utf-16-be")
    return found
