"""What the labels of a file mean by the scheme's ``label_type``."""

from __future__ import annotations

from typing import List, NoReturn, Optional, Sequence

import numpy as np

from ..errors import InputError
from ..scheme import DataSection
from ..text import number_text, t
from .folder import name_order
from .samples import Labels, RawData


def interpret_labels(file: object, data: RawData, section: DataSection, known: Optional[List[str]] = None) -> Labels:
    """``known`` are the classes of the training data, for a validation set of its own. Throws ``InputError``."""
    reader = _Reader(file, data, section)
    if section.label_type != "classification":
        return reader.values()
    if data.labels.text is not None:
        return reader.text_classes(data.labels.text, known)
    assert data.labels.numbers is not None
    return reader.number_classes(data.labels.numbers, known)


class _Reader:
    def __init__(self, file: object, data: RawData, section: DataSection) -> None:
        self.file, self.data, self.section = file, data, section

    def text_classes(self, values: Sequence[str], known: Optional[List[str]]) -> Labels:
        names = known if known is not None else sorted(set(values), key=name_order)
        if len(names) != self.section.label_dim:
            problem = t(
                "Classes in the data: {0} ({1}); data.label_dim is {2}.",
                len(names),
                _preview(names),
                self.section.label_dim,
            )
            self.fail(None, problem, t("Set data.label_dim to {0}, or check the labels.", len(names)))
        numbers = {name: index for index, name in enumerate(names)}
        unknown = next((sample for sample, name in enumerate(values) if name not in numbers), None)
        if unknown is not None:
            problem = t('The class "{0}" is not one of the training data ({1}).', values[unknown], _preview(names))
            self.fail(unknown, problem, t("Check the labels of the validation data."))
        return Labels(np.array([numbers[name] for name in values], np.int64), list(names))

    def number_classes(self, labels: np.ndarray, known: Optional[List[str]]) -> Labels:
        """One-hot rows; numbers from 0; or, where they are exactly ``label_dim`` other numbers, these in ascending order."""
        numbers = labels[:, 0] if labels.shape[1] == 1 else self._from_one_hot(labels)
        broken = np.flatnonzero(numbers != np.floor(numbers))
        if len(broken):
            problem = t("The label {0} is no whole number.", number_text(numbers[broken[0]]))
            self.fail(int(broken[0]), problem, t('For other values set data.label_type to "regression".'))
        label_dim = self.section.label_dim
        is_plain = bool(np.all((numbers >= 0) & (numbers < label_dim)))
        distinct = np.arange(label_dim) if is_plain else np.unique(numbers)
        if known is None and len(distinct) != label_dim:
            self._fail_range(numbers)
        names = [number_text(value) for value in distinct]
        return self.text_classes([number_text(value) for value in numbers], known if known is not None else names)

    def values(self) -> Labels:
        labels, label_dim = self.data.labels, self.section.label_dim
        if labels.numbers is None:
            self.fail(None, t("The labels are text."), t('Set data.label_type to "classification", or save numbers.'))
        values = labels.numbers
        self._check_columns(values)
        is_binary = self.section.label_type == "multi_label"
        bad = np.flatnonzero(~((values == 0) | (values == 1) if is_binary else np.isfinite(values)))
        if len(bad):
            binary = t("Every label of a multi-label task is 0 or 1.")
            expected = binary if is_binary else t("Every target has to be a finite number.")
            self.fail(int(bad[0]) // label_dim, t("The label is {0}.", number_text(values.flat[bad[0]])), expected)
        return Labels(values.astype(np.float32))

    def _from_one_hot(self, labels: np.ndarray) -> np.ndarray:
        self._check_columns(labels)
        is_one_hot = np.all((labels == 0) | (labels == 1), axis=1) & (labels.sum(axis=1) == 1)
        bad = np.flatnonzero(~is_one_hot)
        if len(bad):
            step = t('For several labels per sample set data.label_type to "multi_label".')
            self.fail(int(bad[0]), t("The label row has not exactly one 1."), step)
        return labels.argmax(axis=1).astype(np.float64)

    def _check_columns(self, labels: np.ndarray) -> None:
        if labels.shape[1] != self.section.label_dim:
            problem = t("Labels per sample: {0}; data.label_dim is {1}.", labels.shape[1], self.section.label_dim)
            self.fail(None, problem, t("Change data.label_dim."))

    def _fail_range(self, numbers: np.ndarray) -> NoReturn:
        label_dim = self.section.label_dim
        sample = int(np.flatnonzero((numbers < 0) | (numbers >= label_dim))[0])
        value = number_text(numbers[sample])
        problem = t(
            "The label is {0}; with data.label_dim {1} the labels are 0 to {2}.", value, label_dim, label_dim - 1
        )
        self.fail(sample, problem, t("Change data.label_dim, or check the labels."))

    def fail(self, sample: Optional[int], problem: str, next_step: str) -> NoReturn:
        raise InputError(self.file, problem, next_step, None if sample is None else self.data.place(sample))


def _preview(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + ", ..." if len(names) > 8 else ", ".join(names)
