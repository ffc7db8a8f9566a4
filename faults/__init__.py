"""The site as it is served, while things break around it: `make faults`. What is asserted here is that nothing is lost
and that everything heals by itself.

Each test starts its own servers, on ports and in a folder of its own. `FAULTS=long` does everything as often as a
release deserves; without it a few minutes tell whether something is wrong.
"""
