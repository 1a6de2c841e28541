"""``.csv`` and ``.csv.gz`` files: a header row, one sample per row."""

from __future__ import annotations

import csv
import gzip
import math
import re
import sys
import zlib
from array import array
from pathlib import Path
from typing import IO, Iterator, List, Sequence, Tuple

import numpy as np

from ..errors import InputError
from ..scheme import DataSection
from ..text import shape_text, t
from .arrange import arrange_samples
from .samples import ArraySamples, RawData, RawLabels


def read_csv(file: Path, section: DataSection) -> RawData:
    """
    RFC 4180 quoting, any line end; the separator is a comma, or a semicolon or tab when the header has no comma. All columns but
    the label's are the sample's values, in the scheme's layout. Throws ``InputError``.
    """
    rows = _rows(file)
    header = next(rows, None)
    if header is None:
        raise InputError(file, t("The file is empty."), t("A header row and one row per sample are needed."))
    names, _ = header
    features, labels = _columns(file, names, section)
    # Four bytes a number and eight a line, however long the file is.
    samples, lines = array("f"), array("q")
    texts: List[str] = []
    for fields, line in rows:
        if len(fields) != len(names):
            problem = t("The row has {0} fields; the header has {1}.", len(fields), len(names))
            step = t("Mend the row; a field with a separator in it needs quotes.")
            raise InputError(file, problem, step, t("line {0}", line))
        samples.extend(_numbers(file, fields, line, names, features))
        texts.extend(sys.intern(fields[column].strip()) for column in labels)
        lines.append(line)
    values = np.frombuffer(samples, np.float32).reshape(len(lines), len(features))
    arranged = arrange_samples(values, section.sample_shape)
    assert arranged is not None
    raw = _labels(file, texts, lines, [names[column] for column in labels], section)
    ids = [str(index) for index in range(len(lines))]
    return RawData(ArraySamples(arranged), raw, ids, lambda i: t("line {0}", lines[i]))


def _rows(file: Path) -> Iterator[Tuple[List[str], int]]:
    """Fields, and the line on which they start, counted from 1; empty lines are skipped."""
    try:
        with _open(file) as stream:
            first = stream.readline()
            stream.seek(0)
            unquoted = re.sub(r'"[^"]*"', "", first)
            separator = next((each for each in ",;\t" if each in unquoted), ",")
            reader = csv.reader(stream, delimiter=separator, strict=True)
            line = 1
            for fields in reader:
                if fields:
                    yield fields, line
                line = reader.line_num + 1
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        is_short = isinstance(error, EOFError)
        problem = t("The compressed data ends too early.") if is_short else t("The compressed data is damaged.")
        raise InputError(file, problem, t("Copy or download the file again.")) from None
    except csv.Error as error:
        step = t("Add the missing quotation mark.")
        raise InputError(file, t("The row cannot be read ({0}).", error), step, t("line {0}", line)) from None


def _open(file: Path) -> IO[str]:
    with open(file, "rb") as stream:
        is_compressed = stream.read(2) == b"\x1f\x8b"
    opener = gzip.open if is_compressed else open
    return opener(file, "rt", encoding="utf-8-sig", errors="replace", newline="")  # type: ignore[return-value]


def _columns(file: Path, names: List[str], section: DataSection) -> Tuple[List[int], List[int]]:
    """One label column for classification; for other tasks as many as ``label_dim``, the last or from the named one on."""
    count = 1 if section.label_type == "classification" else section.label_dim
    first = len(names) - count
    if section.label_column is not None:
        first = names.index(section.label_column) if section.label_column in names else -1
    if first < 0 or first + count > len(names):
        missing = t('There is no label column "{0}".', section.label_column)
        problem = t("There are fewer columns than labels.") if section.label_column is None else missing
        step = t("The header has: {0}. Set data.label_column to one of them.", ", ".join(names[:20]))
        raise InputError(file, problem, step, t("line {0}", 1))
    labels = list(range(first, first + count))
    features = [column for column in range(len(names)) if column not in labels]
    needed = int(np.prod(section.sample_shape))
    if len(features) != needed:
        problem = t(
            "Columns beside the label: {0}; the scheme needs {1} ({2}).",
            len(features),
            needed,
            shape_text(section.sample_shape),
        )
        step = t("Change data.input_size, or remove the columns that are no input.")
        raise InputError(file, problem, step, t("line {0}", 1))
    return features, labels


def _labels(file: Path, texts: List[str], lines: Sequence[int], names: List[str], section: DataSection) -> RawLabels:
    if section.label_type == "classification" and not all(map(_is_number, texts)):
        return RawLabels(text=texts)
    columns = len(names)
    numbers = [_number(file, text, lines[index // columns], names[index % columns]) for index, text in enumerate(texts)]
    return RawLabels(numbers=np.array(numbers, np.float64).reshape(len(lines), columns))


def _numbers(file: Path, fields: List[str], line: int, names: List[str], columns: List[int]) -> List[float]:
    """All at once where nothing is wrong with any of them."""
    texts = [fields[column] for column in columns]
    try:
        values = [float(text) for text in texts]
        if math.isfinite(sum(values)) and "_" not in "".join(texts):
            return values
    except ValueError:
        pass
    return [_number(file, fields[column], line, names[column]) for column in columns]


def _is_number(text: str) -> bool:
    try:
        return np.isfinite(float(text)) and "_" not in text
    except ValueError:
        return False


def _number(file: Path, text: str, line: int, column: str) -> float:
    if _is_number(text):
        return float(text)
    empty = t('Column "{0}" is empty.', column)
    problem = empty if not text.strip() else t('"{0}" in column "{1}" is no finite number.', text[:40], column)
    step = t("Fill it in, remove the row, or encode the column as numbers.")
    raise InputError(file, problem, step, t("line {0}", line))
