"""Doubles: warnings of pictures that are there twice where they must not be, a line a group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from facelab.contract.photos import Photos
from facelab.gallery.duplicates import Small, first_same


def doubles(photos: Photos, small: Mapping[str, Small]) -> list[str]:
    """Return a line for each group of copies: of a probe that is learned from, of two people.

    ``small``: thumbnails by file.
    """
    sets = photos.labels["set"]
    labels = photos.labels[(sets == "gallery") | sets.str.startswith("probes")]
    pictures = [small[file] for file in labels["file"]]
    people = pd.factorize(labels["person"])[0]
    asked: NDArray[np.bool_] = labels["set"].str.startswith("probes").to_numpy(bool)

    def learnt(some: slice) -> NDArray[np.bool_]:
        return np.asarray(asked[some, None] & ~asked & (people[some, None] == people))

    def of_others(some: slice) -> NDArray[np.bool_]:
        return np.asarray(people[some, None] != people)

    return [
        *_learnt(labels, first_same(pictures, learnt)),
        *_of_several(labels, first_same(pictures, of_others)),
    ]


def _learnt(labels: pd.DataFrame, same: NDArray[np.intp]) -> Iterator[str]:
    """Yield a line for each person with probes that are nearly photos to learn from."""
    for person, own in labels[same >= 0].groupby("person", sort=False):
        file = own["file"].iloc[0]
        learnt = labels["file"].iloc[same[labels.index.get_loc(own.index[0])]]
        if len(own) == 1:
            yield f"{file}: a probe that is nearly {learnt}, which is learned from"
        else:
            yield (
                f"{person}: {len(own)} probes are nearly photos that are learned from, as {file} "
                f"and {learnt}; take them away"
            )


def _of_several(labels: pd.DataFrame, same: NDArray[np.intp]) -> Iterator[str]:
    """Yield a line for each group of people of whom the same pictures are there."""
    copies = np.flatnonzero(same >= 0)
    if not copies.size:
        return
    # only here: every run and every command would wait for SciPy's sparse matrices
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(copies)), (copies, same[copies])), 2 * (len(same),))
    group = connected_components(links, directed=False)[1]
    copied = labels.iloc[copies].assign(group=group[copies])
    groups: dict[tuple[str, ...], list[pd.DataFrame]] = {}
    for _, own in copied.groupby("group", sort=False):
        groups.setdefault(tuple(sorted(own["person"].unique())), []).append(own)
    for people, found in groups.items():
        one, other = found[0].drop_duplicates("person").iloc[:2].to_dict("records")
        if len(found) == 1 and len(people) == 2:
            yield (
                f"{one['file']} and {other['file']}: the same picture as {one['person']} and as "
                f"{other['person']}; take one away"
            )
        else:
            yield (
                f"{', '.join(people[:-1])} and {people[-1]}: {len(found)} pictures are there under "
                f"each of these names, as {one['file']} and {other['file']}; take them away where "
                "they are wrong"
            )
