"""A demonstration: an invented oblast in June 2020, whose people act by themselves while the visitor watches.

They act through the ordinary commands, at the demo's own time, and may be stopped and started again at any moment.
"""
