"""The classification scheme: labels with stable ids, Swedish names, definitions, examples and colours."""

from classifier.taxonomy.scheme import Column, Field, Label, Scheme, load_scheme

__all__ = ["Column", "Field", "Label", "Scheme", "load_scheme"]
