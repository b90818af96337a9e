from syndication.models.key import Key
from syndication.models.package import Package
from syndication.models.webhook import State, Webhook

__all__ = ["Key", "Package", "State", "Webhook"]
