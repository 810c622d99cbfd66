"""Tells a PDF file that the first cell of each row of a table names the row.

Typst tags the head of a table but not the cells that head its rows: what does (``pdf.header-cell``) is behind
a switch that its Python package does not have (0.15.2). So the tags, which it writes as plain objects, are
changed here, and the table of objects at the end is written anew. It goes as soon as the switch comes.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

_CELL = b"<</Type/StructElem/S/TD/"
_ROW = re.compile(rb"<</Type/StructElem/S/TR/P (\d+) 0 R/.*?K\[([\d R]+)\]")
_HEAD, _BODY = b"<</Type/StructElem/S/THead/", b"<</Type/StructElem/S/TBody/"
_ROOT = b"<</Type/StructTreeRoot"
_NAMES = re.compile(rb"/IDTree<</Names\[(.*?)\]>>")
_NAME = re.compile(rb"\((\w+)\)(\d+) 0 R")
_ENTRY = 20


def with_row_headers(file: bytes) -> bytes:
    """The same file with the first cell of each row as its header, and every other cell pointing at it.

    Raises RuntimeError for a file that typst would not have written.
    """
    objects, end, trailer = _read(file)
    names = {}
    for cells in list(_rows(objects)):
        first, *others = cells
        name = b"R%d" % first
        names[name] = first
        objects[first] = _header(objects[first], name)
        for cell in others:
            objects[cell] = objects[cell].replace(b"/Headers[", b"/Headers[(%s)" % name, 1)
    for number, content in objects.items():
        if _ROOT in content and names:
            objects[number] = _named(content, names)
    return _written(file[: file.index(b"1 0 obj")], objects, end, trailer)


def _read(file: bytes) -> tuple[dict[int, bytes], int, bytes]:
    """The objects by number in the order of the file, how many numbers there are, and the trailer."""
    start = int(file[file.rindex(b"startxref") + 9 :].split()[0])
    head = re.match(rb"xref\n0 (\d+)\n", file[start : start + 30])
    if head is None:
        raise RuntimeError("typst wrote a file whose objects cannot be found")
    table, end = start + head.end(), int(head[1])
    places = sorted(
        (int(file[table + _ENTRY * number : table + _ENTRY * number + 10]), number)
        for number in range(1, end)
    )
    ends = [place for place, _ in places[1:]] + [start]
    objects = {number: file[place:stop] for (place, number), stop in zip(places, ends, strict=True)}
    return objects, end, file[table + _ENTRY * end : file.rindex(b"startxref")]


def _rows(objects: dict[int, bytes]) -> Iterator[list[int]]:
    """The cells of each row that needs a header: not those of a head, nor the one row below a head.

    A single row has nothing to be told apart from, and checkers take more heads than cells for a mistake.
    """
    bodies: dict[int, list[list[int]]] = defaultdict(list)
    for content in objects.values():
        if found := _ROW.search(content):
            bodies[int(found[1])].append([int(cell) for cell in found[2].split()[::3]])
    for parent, rows in bodies.items():
        is_alone = len(rows) == 1 and _BODY in objects[parent]
        if not is_alone and _HEAD not in objects[parent]:
            yield from rows


def _header(cell: bytes, name: bytes) -> bytes:
    found = cell.replace(_CELL, b"<</Type/StructElem/S/TH/ID(%s)/" % name, 1)
    return found.replace(b"/O/Table", b"/O/Table/Scope/Row", 1)


def _named(root: bytes, names: dict[bytes, int]) -> bytes:
    """The root of all tags with these names among those of its tree, in order, as readers look them up."""
    tree = _NAMES.search(root)
    if tree is not None:
        names = names | {name: int(number) for name, number in _NAME.findall(tree[1])}
    listed = b"".join(b"(%s)%d 0 R" % (name, names[name]) for name in sorted(names))
    written = b"/IDTree<</Names[%s]>>" % listed
    if tree is not None:
        return root.replace(tree[0], written)
    return root.replace(_ROOT, _ROOT + written, 1)


def _written(start: bytes, objects: dict[int, bytes], end: int, trailer: bytes) -> bytes:
    """A file of these objects."""
    found = [start]
    place = len(start)
    places = {}
    for number, content in objects.items():
        places[number] = place
        found.append(content)
        place += len(content)
    entries = b"".join(b"%010d 00000 n\r\n" % places[number] for number in range(1, end))
    found.append(b"xref\n0 %d\n0000000000 65535 f\r\n%s" % (end, entries))
    found.append(trailer + b"startxref\n%d\n%%%%EOF" % place)
    return b"".join(found)
