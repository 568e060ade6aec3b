"""The demo store: a seller of used car parts, so that a newcomer can try the main job at once.

Its goods and papers are files beside this one. Verb: `seed`.
"""

from core.onboarding.demo.seed import seed

__all__ = ["seed"]
