"""Match Down's PyTorch trainer: trains the model of a scheme and leaves everything that a run has in its folder.

Started as ``python -m matchdown_trainer`` with ``MATCHDOWN_SCHEME`` and ``MATCHDOWN_RUN_DIR`` set (see ``settings.py``). Needs
PyTorch 1.13 or newer and NumPy, and nothing else.
"""
