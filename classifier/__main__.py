"""`python -m classifier` is the same as `effektkedja`."""

from classifier.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
