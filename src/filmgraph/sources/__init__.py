"""Readers: one package for each kind of source, all giving `base.Reading`s."""
