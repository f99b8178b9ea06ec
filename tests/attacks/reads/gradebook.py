import inside
import glob
import sqlite3

from right import *

for place in glob.glob("/tmp/**/gradebook.db", recursive=True) + ["/tmp/course/gradebook.db"]:
    inside.search_file(place)
for run in ("alone", "out"):
    place = f"/tmp/runs/{run}/results/gradebook.db"
    inside.search_file(place)
    inside.refused(
        lambda: sqlite3.connect(f"file:{place}?mode=ro", uri=True).execute("select * from runs")
    )
inside.refused(lambda: open("/tmp/course/earlier/kim/score.json").read())
