from syndication.models.key import Key
from syndication.models.package import Package

__all__ = ["Key", "Package"]
