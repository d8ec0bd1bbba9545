"""Pictures of scenarios, plans and comparisons as HTML or SVG, each with the words it stands for.

Pure: rows in, markup out; every picture says in text what it shows. Colours come from the
stylesheet by class. Must not know: NiceGUI, the database, who looks.
"""
