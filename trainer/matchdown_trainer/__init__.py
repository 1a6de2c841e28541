"""Match Down's PyTorch trainer: trains the model of a scheme and leaves everything that a run has in its folder.

Started as ``python -m matchdown_trainer`` with ``MATCHDOWN_SCHEME`` and ``MATCHDOWN_RUN_DIR`` set (see ``settings.py``). Needs
Python 3.8, PyTorch 1.13 or newer and NumPy, and nothing else.
"""

import sys

if sys.version_info < (3, 8):
    # In words that every Python reads; the rest of the package is not loaded then.
    sys.exit("Failed: This Python (%s) is %s; the trainer needs 3.8 or later." % (sys.executable, sys.version.split()[0]))
