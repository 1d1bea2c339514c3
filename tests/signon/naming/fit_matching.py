"""Fits matching.POINTS to labelled pairs: logistic regression, weights held to their sign and drawn to today's.

    python -m tests.signon.naming.fit_matching [SET …]

prints the weights that the named sets (all, if none is named) ask for, to be copied into signon/matching.py by hand.
The reading that speaks most for one organization is chosen with the weights as they stand, then all is fitted anew.
"""

import csv
import math
import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

from signon.matching import POINTS, printed, readings

FILE = Path(__file__).parent.parent / "data/same_organization.csv"
# A ground may never speak for what it speaks against by its meaning; "start" may be anything.
FOR = {"overlap", "contained", "same country", "same place", "domain"}
FOR |= {"acronym", "translated acronym", "acronym alone", "initials alone", "leading word"}
UNSEEN_IN_LISTS = {"domain"}
STEPS, ROUNDS, PULL = 3000, 4, 0.001


def load(names: set[str]) -> list[tuple[list[dict[str, float]], float]]:
    """The readings of each labelled pair with its label."""
    found = []
    for row in csv.DictReader(FILE.open(encoding="utf-8")):
        if not names or row["set"] in names:
            a, b = printed(row["name_a"], row["country_a"]), printed(row["name_b"], row["country_b"])
            found.append((readings(a, b) or [{"start": 1.0}], float(row["same"])))
    return found


def points(weights: dict[str, float], features: dict[str, float]) -> float:
    """The logarithm of the odds."""
    return sum(weights[name] * value for name, value in features.items() if name in weights)


def fit(pairs: list[tuple[list[dict[str, float]], float]], weights: dict[str, float]) -> dict[str, float]:
    """Improve the weights by gradient descent, each step as long as that weight's past gradients allow."""
    start, seen = dict(weights), dict.fromkeys(weights, 1e-6)
    for _ in range(ROUNDS):
        chosen = [(max(each, key=lambda features: points(weights, features)), label) for each, label in pairs]
        for _ in range(STEPS // ROUNDS):
            slopes = {name: PULL * (value - start[name]) for name, value in weights.items()}
            for features, label in chosen:
                odds = max(-30.0, min(30.0, points(weights, features)))
                miss = 1 / (1 + math.exp(-odds)) - label
                for name, value in features.items():
                    if name in slopes:
                        slopes[name] += miss * value / len(chosen)
            for name, slope in slopes.items():
                if name not in UNSEEN_IN_LISTS:
                    seen[name] += slope * slope
                    weights[name] -= 0.3 * slope / math.sqrt(seen[name])
                    if name != "start":
                        weights[name] = max(0.0, weights[name]) if name in FOR else min(0.0, weights[name])
    return weights


if __name__ == "__main__":
    fitted = fit(load(set(sys.argv[1:])), dict(POINTS))
    for name, value in fitted.items():
        sys.stdout.write(f'    "{name}": {value:.1f},\n')
