from syndication.models.key import Key

__all__ = ["Key"]
