"""Cyrillic capitals that look like Latin ones, by which codes are typed on a Russian keyboard."""

LOOK_ALIKES = str.maketrans("АВЕЁКМНОРСТУХІЅЈ", "ABEEKMHOPCTYXISJ")
