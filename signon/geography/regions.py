"""Regions of the world by UN M49 as CLDR has them: Eastern Africa, Central America."""

from __future__ import annotations

import functools

from signon.geography import countries


@functools.cache
def of(country: str) -> str:
    """The M49 code of the subregion that a country (alpha-2) is in, "" for none."""
    import icu

    if not country:
        return ""
    around = icu.Region.getInstance(country).getContainingRegion(icu.URegionType.SUBCONTINENT)
    code: str = around.getRegionCode() if around else ""
    return code if code.isdigit() else ""


def name(region: str, language: str) -> str:
    """CLDR's name of a region, "" for ""."""
    return countries.name(region, language) if region else ""
